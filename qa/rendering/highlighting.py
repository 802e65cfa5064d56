"""Source code as highlighted HTML, made on the server (no JavaScript, no inline style)."""

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from pygments import highlight as pygments_highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

# Classes are prefixed, so that no token class can meet a class of the site; static/css/code.css has the colours.
_FORMATTER = HtmlFormatter(nowrap=True, classprefix="hl-")
# Above this the lexers' regular expressions cost more than colours are worth (bytes of source text).
_LONGEST_HIGHLIGHTED = 100_000
_RANGE = re.compile(r"\s*(\d{1,6})(?:\s*-\s*(\d{1,6}))?\s*", re.ASCII)


def highlight(code: str, language: str) -> SafeString:
    """Return ``code`` as escaped HTML spans, plain when ``language`` is empty, unknown or the code is huge."""
    if language and len(code) <= _LONGEST_HIGHLIGHTED:
        try:
            lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
        except ClassNotFound:
            return escape(code)
        return mark_safe(pygments_highlight(code, lexer, _FORMATTER))  # noqa: S308 - Pygments escapes every token
    return escape(code)


def highlight_by_line(code: str, language: str, marked: list[range]) -> SafeString:
    """Return highlighted ``code`` with an element around each line, those in ``marked`` with a class of their own.

    Line ends stay inside the lines, so that the text of it all is still the code. Line numbers are counted by CSS.
    """
    # Pygments closes and opens its spans at each line end, so that a string of several lines can be cut there.
    lines = str(highlight(code, language)).removesuffix("\n").split("\n")
    return mark_safe(  # noqa: S308 - escaped above
        "".join(
            f'<span class="{_line_class(number, marked)}">{line}{"" if number == len(lines) else chr(10)}</span>'
            for number, line in enumerate(lines, start=1)
        )
    )


def line_ranges(text: str) -> list[range]:
    """Return the lines that "2,4-6" names, counted from 1; raises ``ValueError`` for anything else but nothing."""
    ranges = []
    for part in text.split(",") if text.strip() else ():
        found = _RANGE.fullmatch(part)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if not 1 <= first <= last:
            raise ValueError(part.strip())
        ranges.append(range(first, last + 1))
    return ranges


def _line_class(number: int, marked: list[range]) -> str:
    return "line marked" if any(number in lines for lines in marked) else "line"


#: What most letters need; offered to editors, who may write any other.
USUAL_LANGUAGES = ("bash", "css", "diff", "html", "ini", "javascript", "json", "python", "sql", "text", "toml", "yaml")


def is_language(name: str) -> bool:
    """Tell whether ``name`` is a language that can be highlighted (any alias of a Pygments lexer)."""
    try:
        get_lexer_by_name(name)
    except ClassNotFound:
        return False
    return True
