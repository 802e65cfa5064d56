"""Source code as highlighted HTML, made on the server (no JavaScript, no inline style)."""

import re
import time
from html import unescape

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from pygments import format as pygments_format
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer

from qa.rendering.languages import lexer_of, longest

# Seconds of processor time, several times what honest code of the greatest length takes. Most lexers have rules that
# look through the rest of the text at each place; between two places there is time to stop.
_LONGEST_TIME = 0.25
# Classes are prefixed, so that no token class can meet a class of the site; the letter's style sheet has the colours.
_FORMATTER = HtmlFormatter(nowrap=True, classprefix="hl-")
_TAG = re.compile(r"<[^>]*>")
_RANGE = re.compile(r"\s*(\d{1,6})(?:\s*-\s*(\d{1,6}))?\s*", re.ASCII)


def highlight(code: str, language: str) -> SafeString:
    """Return ``code`` as escaped HTML whose text is ``code``, with colours if ``languages`` has any for it."""
    lexer = lexer_of(language) if len(code) <= longest(language) else None
    html = coloured(code, lexer) if lexer else None
    return escape(code) if html is None else html


def coloured(code: str, lexer: Lexer) -> SafeString | None:
    """Return ``code`` as a lexer colours it, ``None`` if it does not keep the text as it is or takes too long.

    Lexers that read line by line (sessions of a shell) drop a last line that has no end: each gets one. They are given
    the text itself, because ``Lexer.get_tokens`` takes away line ends, carriage returns and byte order marks.
    """
    tokens = []
    stop = time.thread_time() + _LONGEST_TIME
    for _index, kind, value in lexer.get_tokens_unprocessed(f"{code}\n"):
        tokens.append((kind, value))
        if time.thread_time() > stop:
            return None
    html = pygments_format(tokens, _FORMATTER).removesuffix("\n")
    if unescape(_TAG.sub("", html)) != code:
        return None
    return mark_safe(html)  # noqa: S308 - Pygments escapes every token


def highlight_by_line(code: str, language: str, marked: list[range]) -> SafeString:
    """Return highlighted ``code`` with an element around each line, those in ``marked`` with a class of their own.

    Line ends stay inside the lines, so that the text of it all is still the code. Line numbers are counted by CSS.
    """
    # Pygments closes and opens its spans at each line end, so that a string of several lines can be cut there.
    html = highlight(code, language)
    lines = html.removesuffix("\n").split("\n")
    ends = ["\n"] * (len(lines) - 1) + ["\n" if html.endswith("\n") else ""]
    return mark_safe(  # noqa: S308 - escaped above
        "".join(
            f'<span class="{_line_class(number, marked)}">{line}{end}</span>'
            for number, (line, end) in enumerate(zip(lines, ends, strict=True), start=1)
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
