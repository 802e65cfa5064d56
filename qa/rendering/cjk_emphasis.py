"""Emphasis beside Chinese, Japanese and Korean punctuation, as a plugin of markdown-it-py.

CommonMark takes ``**`` for the end of strong emphasis only if a word is before it or none behind it; languages without
spaces have ``**具体：**与``, where neither is so. The rules here are the "CommonMark CJK-friendly Amendments" by tats-u
(https://github.com/tats-u/markdown-cjk-friendly, specification.md), which markdown-it, remark and Markdig have, too;
nothing changes where no such character stands beside the mark. ``mdit-py-cjk-friendly`` on PyPI is no choice: it wants
markdown-it-py below 4 and leaves out Korean and variation selectors.
"""

from typing import Any

import regex
from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token

_CJK = regex.compile(r"(?V1)[[\p{EA=W}\p{EA=F}\p{EA=H}--\p{Emoji_Presentation}]\p{Script=Hangul}]")
_IDEOGRAPHIC_SELECTORS = range(0xE0100, 0xE01F0)
_SELECTORS = range(0xFE00, 0xFE0F)  # which choose a form of the character before them, and no emoji
_FULL_WIDTH = "\ufe01"  # behind these quotation marks: their full-width form, which only Chinese and Japanese have
_QUOTATION_MARKS = frozenset("‘’“”")


class _State(StateInline):
    """The state of the inline parser, with another idea of which marks open and close emphasis."""

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803 - markdown-it-py's names
        marker, end = self.src[start], start
        while end < self.posMax and self.src[end] == marker:
            end += 1
        before = self.src[start - 1] if start else " "
        after = self.src[end] if end < self.posMax else " "
        base = self.src[start - 2] if start > 1 and ord(before) in _SELECTORS else before

        punctuation_before, punctuation_after = _is_punctuation(base), _is_punctuation(after)
        cjk_before = _is_cjk(base) or ord(before) in _IDEOGRAPHIC_SELECTORS
        full_width = before == _FULL_WIDTH and base in _QUOTATION_MARKS
        other_before = punctuation_before and not _is_cjk(base) and not full_width
        other_after = punctuation_after and not _is_cjk(after)
        space_before, space_after = isWhiteSpace(ord(before)), isWhiteSpace(ord(after))

        left = not space_after and (not other_after or space_before or other_before or cjk_before)
        right = not space_before and (not other_before or space_after or other_after or _is_cjk(after))
        return Scanned(
            left and (canSplitWord or not right or punctuation_before),
            right and (canSplitWord or not left or punctuation_after),
            end - start,
        )


class _Parser(ParserInline):
    """Another inline parser with the same rules, which keeps our state."""

    def __init__(self, other: ParserInline) -> None:
        self.__dict__.update(other.__dict__)

    def parse(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> list[Token]:
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def cjk_emphasis_plugin(md: MarkdownIt) -> None:
    """Let ``md`` see emphasis beside Chinese, Japanese and Korean punctuation."""
    md.inline = _Parser(md.inline)


def _is_punctuation(character: str) -> bool:
    return isMdAsciiPunct(ord(character)) or isPunctChar(character)


def _is_cjk(character: str) -> bool:
    return bool(_CJK.match(character))
