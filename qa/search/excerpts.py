"""Excerpts: the passage of an answer that a result quotes, with the words that were looked for."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings

from qa.search.words import indexed

_LENGTH = 260  # characters
_BEFORE = 70  # of them above the first word that was looked for
#: What a listing is worth beside prose: a word stands in it many times and explains nothing there.
_CODE = 0.5
_MOST_MATCHES = 100  # in one passage; more of them say nothing more about where to cut
#: English endings, the longer ones first: a rough stem is enough to see which words to mark.
_ENDINGS = (
    *("ations", "ation", "ments", "ment", "ness", "ings", "ing", "ions", "ion", "ates", "ated", "ate", "ers"),
    *("ies", "ied", "er", "ed", "es", "ly", "al", "e", "s", "y"),
)
_ACCENT = re.compile(r"[^\W\x00-\x7f]")
_ACCENTED = re.compile(r"[^\W_]*[^\W\x00-\x7f][^\W_]*")


class Piece(NamedTuple):
    """Some text, marked if it was looked for."""

    text: str
    marked: bool


class Excerpt(NamedTuple):
    """What a result quotes: the heading above it with its anchor (both may be empty), and the text in pieces."""

    anchor: str
    heading: str
    pieces: list[Piece]


def excerpt(passages: Iterable[Sequence[Any]], wanted: Mapping[str, float]) -> Excerpt:
    """Return the best passage for the wanted words, whose values say how much each of them tells.

    Passages are those of ``SearchEntry``. Prose is preferred to code. Without any of the words it is the beginning of
    the first passage, unmarked.
    """
    stems = {_stem(word): weight for word, weight in wanted.items()}
    candidates = _candidates(stems)
    best, best_value = None, 0.0
    for passage in sorted(passages, key=_is_code):
        anchor, heading, text = passage[:3]
        matches = _matches(text, stems, candidates)
        in_heading = {stem for _start, _end, stem in _matches(heading, stems, candidates)}
        value, start, end = _best_window(matches, in_heading, stems)
        value *= _CODE if _is_code(passage) else 1
        if best is None or value > best_value:
            best, best_value = (anchor, heading, text, matches, start, end), value
    if best is None:
        return Excerpt("", "", [])
    anchor, heading, text, matches, start, end = best
    return Excerpt(anchor, heading, _cut(text, matches, start, end))


def _is_code(passage: Sequence[Any]) -> bool:
    return any(passage[3:])


def _stem(word: str) -> str:
    if settings.LANGUAGE_CODE.split("-")[0] != "en":
        return word[: max(4, len(word) - 2)]
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=10_000)
def _stems(word: str) -> tuple[str, ...]:
    return tuple(_stem(part) for part in indexed(word).split())


def _candidates(stems: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds words that may be wanted ones by their first letters, also inside CamelCase and snake_case."""
    starts = "|".join(sorted({re.escape(stem[:4]) for stem in stems}))
    return re.compile(rf"(?:\b|(?<=_)|(?<=[a-z])(?=[A-Z]))(?i:{starts})[^\W_]*") if starts else None


def _matches(text: str, stems: Mapping[str, float], candidates: re.Pattern[str] | None) -> list[tuple[int, int, str]]:
    """Return where wanted words stand in a text: start, end and stem."""
    if candidates is None:
        return []
    words = candidates.finditer(text)
    if _ACCENT.search(text):  # rare, and a word with accents may begin with any of them
        words = sorted([*words, *_ACCENTED.finditer(text)], key=lambda match: match.start())
    matches: list[tuple[int, int, str]] = []
    for match in words:
        stem = next((stem for stem in _stems(match[0]) if stem in stems), None)
        if stem is not None and (not matches or match.start() >= matches[-1][1]):
            matches.append((match.start(), match.end(), stem))
            if len(matches) == _MOST_MATCHES:
                break
    return matches


def _best_window(
    matches: list[tuple[int, int, str]], in_heading: set[str], stems: Mapping[str, float]
) -> tuple[float, int, int]:
    """Return what the best stretch of a text is worth, and where its matches begin and end."""
    best = (sum(stems[stem] for stem in in_heading) * 0.9, 0, 0)
    for number, (start, _end, _stem) in enumerate(matches):
        window = [match for match in matches[number : number + 40] if match[1] <= start + _LENGTH - _BEFORE]
        distinct = {stem for _start, _end, stem in window}
        # Several words beat one said several times; the heading above counts, too.
        value = sum(stems[stem] for stem in distinct | in_heading) + 0.01 * len(window)
        if value > best[0]:
            best = (value, start, window[-1][1] if window else start)
    return best


def _cut(text: str, matches: list[tuple[int, int, str]], start: int, end: int) -> list[Piece]:
    begin = max(0, start - _BEFORE) if end > _LENGTH - _BEFORE else 0
    if begin:
        begin = text.find(" ", begin, start) + 1 or start
    finish = min(len(text), begin + _LENGTH)
    if finish < len(text):
        finish = max(text.rfind(" ", begin, finish), min(end, finish)) if " " in text[begin:finish] else finish
    pieces = [Piece("…", False)] if begin else []
    place = begin
    for match_start, match_end, _stem in matches:
        if begin <= match_start and match_end <= finish:
            pieces += [Piece(text[place:match_start], False), Piece(text[match_start:match_end], True)]
            place = match_end
    pieces.append(Piece(text[place:finish] + (" …" if finish < len(text) else ""), False))
    return [piece for piece in pieces if piece.text]
