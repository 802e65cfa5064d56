"""Filter of raw HTML in Markdown: a few tags work, comments stay hidden, everything else is text."""

import re
from html import unescape
from typing import NamedTuple

from django.utils.html import escape

RAW_TAGS = frozenset({"kbd", "sub", "sup", "abbr", "mark", "details", "summary"})
_ATTRIBUTES = r"""(?:\s+[a-z_:][\w:.-]*(?:\s*=\s*(?:[^\s"'=<>`]+|'[^']*'|"[^"]*"))?)*"""
_RAW_TAG = re.compile(rf"<(/?)({'|'.join(sorted(RAW_TAGS))})({_ATTRIBUTES})\s*/?>", re.IGNORECASE)
_TITLE = re.compile(r"""\stitle\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
# As CommonMark has it; one that is never closed hides what is left of its block.
_COMMENT = re.compile(r"<!--(?:-?>|.*?(?:-->|\Z))", re.DOTALL)


# What other systems hide with a tag or its attributes; here it is text like every tag that is not allowed.
_HIDING = re.compile(
    r"<(?:template|script|style|noscript)\b"
    r"|<[a-z][^<>]{0,300}\s(?:hidden\b|style\s*=[^<>]{0,300}?(?:display\s*:\s*none|visibility\s*:\s*hidden))",
    re.IGNORECASE,
)


_SHOWN_OF_IT = 60  # characters, so that its author knows what is meant


class Hidden(NamedTuple):
    """Something that its author wanted to hide: its line in the text, from 0 on, what becomes of it, its beginning.

    A ``comment`` is hidden; one that is ``unclosed`` hides what is left of its block, and one that is ``broken`` hides
    nothing, because it begins inside a paragraph that ends before it; what is ``shown`` stood in a tag that hides
    nothing here.
    """

    line: int
    outcome: str
    beginning: str


def allowed_html(html: str) -> str:
    """Escape raw HTML except the allowed tags; text that merely looks like a tag (``x<y and y>z``) survives.

    Comments are left out. Processing instructions, declarations, CDATA and what stands in ``<script>`` are text: who
    writes ``<?php … ?>`` or ``<!DOCTYPE html>`` without marking it as code wants it to be read.
    """
    html = _COMMENT.sub("", html)
    parts, end = [], 0
    for match in _RAW_TAG.finditer(html):
        closing, name, attributes = match.groups()
        parts.append(escape(unescape(html[end : match.start()])))
        title = _TITLE.search(attributes) if name.lower() == "abbr" and not closing else None
        attribute = f' title="{escape(unescape(title[1] or title[2] or ""))}"' if title else ""
        parts.append(f"<{closing}{name}{attribute}>")
        end = match.end()
    parts.append(escape(unescape(html[end:])))
    return "".join(parts)


def words_of(html: str) -> str:
    """Return what readers see of raw HTML, without the allowed tags."""
    return unescape(_RAW_TAG.sub(" ", _COMMENT.sub(" ", html)))


def hidden_in(html: str) -> list[Hidden]:
    """Return what raw HTML hides or wants to hide, with lines counted from its first one."""
    found = [
        _hidden(html, match, "comment" if match[0].endswith("->") else "unclosed") for match in _COMMENT.finditer(html)
    ]
    rest = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), html)
    found += [_hidden(rest, match, "shown") for match in _HIDING.finditer(rest)]
    return sorted(found)


def broken_in(text: str) -> list[Hidden]:
    """Return the comment that begins in the text of a paragraph and does not end in it."""
    _before, mark, behind = text.partition("<!--")  # a text has no line ends: each is a token of its own
    return [Hidden(0, "broken", " ".join((mark + behind)[:_SHOWN_OF_IT].split()))] if mark else []


def _hidden(html: str, match: re.Match[str], outcome: str) -> Hidden:
    text = html[match.start() :] if outcome == "shown" else match[0]
    return Hidden(html.count("\n", 0, match.start()), outcome, " ".join(text[:_SHOWN_OF_IT].split()))
