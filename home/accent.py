"""The accent colour, the one colour of the site that an editor chooses: its check and its style sheet.

The other colours are fixed in ``static/css/site.css``; those that an accent must stand out from are repeated here,
and a test compares the two files.
"""

from functools import cache
from hashlib import blake2s

from coloraide import Color
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

DEFAULT_ACCENT = "#8f3a24"
#: The grounds that text in the accent colour stands on: the page and its shaded boxes, in both schemes.
LIGHT_GROUNDS = ("#fffdf8", "#f7f2e8")
DARK_GROUNDS = ("#16181d", "#1e2128")
#: Text up to 24 px needs 4.5:1 (WCAG 2.2, 1.4.3 Contrast).
LEAST_CONTRAST = 4.5
_CONTRAST_IN_DARK = 7  # nobody chose this shade, so it need not be a close call (1.4.6 Contrast, enhanced)
_SOFT_IN_LIGHT, _SOFT_IN_DARK = 0.11, 0.1  # how much accent is in the ground of featured boxes and marked lines

six_digits = RegexValidator(r"\A#[0-9a-f]{6}\Z", _("Give the colour as # and six digits from 0 to 9 and a to f."))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two CSS colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    return Color(one).contrast(other)


def check_accent(color: str) -> None:
    """Refuse a colour that cannot be read as text on the light page.

    Raises ``ValidationError`` with the ratio it has and the nearest darker colour that would do.
    """
    six_digits(color)
    worst = _worst_contrast(color, _grounds(color, LIGHT_GROUNDS, _SOFT_IN_LIGHT))
    if worst < LEAST_CONTRAST:
        raise ValidationError(
            _(
                "Readers could not read this colour: its contrast with the page is %(ratio)s to 1, at least %(least)s "
                "is needed. %(instead)s would do."
            ),
            code="contrast",
            params={
                "ratio": f"{int(worst * 10) / 10:.1f}",  # cut, not rounded: 4.49 must not read as enough
                "least": LEAST_CONTRAST,
                "instead": readable_on_light(color),
            },
        )


def readable_on_light(color: str) -> str:
    """Return the colour, or the least darkened shade of it that can be read on the light page, as ``#rrggbb``."""
    return shade(color, LIGHT_GROUNDS, LEAST_CONTRAST, step=-0.01, soft=_SOFT_IN_LIGHT)


def readable_on_dark(color: str) -> str:
    """Return the colour, or the least lightened shade of it that can be read on the dark page, as ``#rrggbb``."""
    return shade(color, DARK_GROUNDS, _CONTRAST_IN_DARK, step=0.01, soft=_SOFT_IN_DARK)


@cache
def stylesheet(color: str) -> str:
    """Return the CSS that replaces the accent of ``site.css``, in both schemes and in the scheme a reader chose."""
    dark = readable_on_dark(color)
    in_light = f"--accent:{color};--accent-soft:{_soft(color, LIGHT_GROUNDS[0], _SOFT_IN_LIGHT)}"
    in_dark = f"--accent:{dark};--accent-soft:{_soft(dark, DARK_GROUNDS[0], _SOFT_IN_DARK)}"
    return (
        f":root{{{in_light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{in_dark}}}}}\n"
        f"@media screen{{:root[data-theme=dark]{{{in_dark}}}}}\n"
        "@media print{:root{--accent:#000;--accent-soft:#fff}}\n"
    )


def version(stylesheet: str) -> str:
    """Return a hash of a style sheet for its address, so that browsers may cache it without expiry."""
    return blake2s(stylesheet.encode(), digest_size=4).hexdigest()


def shade(color: str, grounds: tuple[str, ...], least: float, *, step: float, soft: float = 0) -> str:
    """Return the first of ever darker (or lighter) shades of one hue with the least contrast to all grounds.

    ``step`` is what is added to the lightness (OKLCH, 0 to 1). With ``soft`` above 0 the first ground with so much of
    the shade in it is a ground, too.
    """
    tone = Color(color).convert("oklch")
    found = color
    while _worst_contrast(found, _grounds(found, grounds, soft)) < least and 0 <= tone["lightness"] <= 1:
        tone["lightness"] += step
        found = tone.clone().fit("srgb").convert("srgb").to_string(hex=True)
    return found


def _grounds(color: str, grounds: tuple[str, ...], soft: float) -> tuple[str, ...]:
    return (*grounds, _soft(color, grounds[0], soft))


def _worst_contrast(color: str, grounds: tuple[str, ...]) -> float:
    return min(contrast(color, ground) for ground in grounds)


def _soft(color: str, paper: str, share: float) -> str:
    """Return the paper with a share (0 to 1) of the colour in it."""
    return Color(paper).mix(color, share, space="srgb").to_string(hex=True)
