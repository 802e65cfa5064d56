"""Source code as highlighted HTML, made on the server (no JavaScript, no inline style)."""

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


def highlight(code: str, language: str) -> SafeString:
    """Return ``code`` as escaped HTML spans, plain when ``language`` is empty, unknown or the code is huge."""
    if language and len(code) <= _LONGEST_HIGHLIGHTED:
        try:
            lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
        except ClassNotFound:
            return escape(code)
        return mark_safe(pygments_highlight(code, lexer, _FORMATTER))  # noqa: S308 - Pygments escapes every token
    return escape(code)


def is_language(name: str) -> bool:
    """Tell whether ``name`` is a language that can be highlighted (any alias of a Pygments lexer)."""
    try:
        get_lexer_by_name(name)
    except ClassNotFound:
        return False
    return True
