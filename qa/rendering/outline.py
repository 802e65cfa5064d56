"""Outline of one page: ids, each given out once, headings and footnotes."""

from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.text import slugify


class Entry(NamedTuple):
    """A place in a page that readers can go to: its anchor, its words, its level (2 to 6), and what it is."""

    anchor: str
    text: str
    level: int
    kind: str = "heading"


class Outline:
    """The ids of one page, each given out once, and the headings among them in reading order.

    Ids that the site's own templates use are taken from the start.
    """

    RESERVED = frozenset(
        {"main", "letter", "question", "topics", "updates", "follow-ups", "related", "contents", "top"}
    )

    def __init__(self) -> None:
        self._taken = dict.fromkeys(self.RESERVED, 1)  # id: the last number that was put behind it
        self.entries: list[Entry] = []
        self.footnotes: list[SafeString] | None = None  # the notes of all texts from here on, if they are gathered
        self.footnote_count = 0
        self._texts = 0

    def add(self, text: str, level: int, kind: str = "heading") -> str:
        """Note a heading; return its id."""
        anchor = self.claim(text)
        self.entries.append(Entry(anchor, text, level, kind))
        return anchor

    def gather_footnotes(self) -> None:
        """Keep the notes of the texts that follow, for one list at the end, numbered from 1 to the last."""
        self.footnotes = []

    def gather(self, notes: SafeString, count: int) -> None:
        """Take note of the footnotes of a text."""
        self.footnotes = [*(self.footnotes or ()), notes]
        self.footnote_count += count

    def next_text(self) -> str:
        """Return a name for one more text, of which the ids of its footnotes are made (``fn-T1-2``).

        No heading gets such an id, whatever its words are: theirs have small letters only.
        """
        self._texts += 1
        return f"T{self._texts}"

    def claim(self, text: str) -> str:
        """Return an id made of ``text`` that nothing else on the page has."""
        base = slugify(text, allow_unicode=True)[:60].strip("-_") or "section"
        anchor, number = base, self._taken.get(base, 1)
        while anchor in self._taken:
            number += 1
            anchor = f"{base}-{number}"
        self._taken[anchor] = 1
        self._taken[base] = number  # the next one goes on from here: a thousand equal headings stay linear
        return anchor
