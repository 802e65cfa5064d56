"""The site's accent colour at the desk: the shades that Wagtail's admin is painted with, each of them readable.

Wagtail's two themes are made of a few custom properties (docs.wagtail.org: "Customising admin templates", colours).
Its menu, labels and icons are the "primary" ones, buttons and links the "secondary" ones; light and dark theme use
different shades of the same names, so that one rule serves both.
"""

from functools import cache

from coloraide import Color

from home.accent import LEAST_CONTRAST, shade

#: The lightest grounds of Wagtail's dark theme that links stand on (``grey-500`` to ``grey-800``).
DARK_GROUNDS = ("#333333", "#262626", "#222222", "#1d1d1d")
#: The darkest grounds of its light theme: page, header (``grey-50``), panels of information (``info-50``).
LIGHT_GROUNDS = ("#ffffff", "#f6f6f8", "#e2f5fc")
_HOVERED, _PRESSED = -0.05, -0.09  # how much darker, in OKLCH lightness (0 to 1)


def shades(color: str) -> dict[str, str]:
    """Return Wagtail's custom properties, by name, as ``#rrggbb``, for an accent colour of that form."""
    tint = _tone(color, 0.965, 0.015)
    button = shade(color, (*LIGHT_GROUNDS, tint), LEAST_CONTRAST, step=-0.01)
    return {
        "--w-color-primary": _tone(color, 0.27, 0.06),
        "--w-color-primary-200": _tone(color, 0.21, 0.05),
        "--w-color-secondary": button,
        "--w-color-secondary-50": tint,
        "--w-color-secondary-75": _tone(color, 0.87, 0.05),
        "--w-color-secondary-100": shade(color, DARK_GROUNDS, LEAST_CONTRAST, step=0.01),
        "--w-color-secondary-400": _darker(button, _HOVERED),
        "--w-color-secondary-600": _darker(button, _PRESSED),
    }


@cache
def stylesheet(color: str) -> str:
    """Return the CSS that paints Wagtail's admin in the shades of an accent colour."""
    return f":root{{{';'.join(f'{name}:{value}' for name, value in shades(color).items())}}}\n"


def _tone(color: str, lightness: float, chroma: float) -> str:
    """Return the hue of a colour at this lightness (0 to 1) and at most this chroma (OKLCH)."""
    tone = Color(color).convert("oklch")
    tone["lightness"] = lightness
    tone["chroma"] = min(tone["chroma"], chroma)
    return tone.fit("srgb").convert("srgb").to_string(hex=True)


def _darker(color: str, by: float) -> str:
    tone = Color(color).convert("oklch")
    tone["lightness"] = max(0, tone["lightness"] + by)
    return tone.fit("srgb").convert("srgb").to_string(hex=True)
