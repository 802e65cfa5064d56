"""An answer as plain passages with their anchors, for the search that leads to the right place in it."""

from collections.abc import Iterable
from html.parser import HTMLParser
from typing import NamedTuple

from wagtail.blocks import StreamValue

from qa.rendering import render_unsettled

#: Whose words are the site's (the kind of a box), or depend on what else is public now (documents, other questions).
_SKIPPED = frozenset({"callout-kind", "in-short-kind", "document", "related-question"})
_INLINE = frozenset(
    {"a", "abbr", "bdi", "cite", "code", "em", "i", "b", "kbd", "mark", "s", "span", "strong", "sub", "sup", "time"}
)
_VOID = frozenset({"br", "hr", "img", "input", "wbr", "source", "col"})


class Passage(NamedTuple):
    """The words between two anchors of an answer: the nearest anchor above them, its words, and the text below it."""

    anchor: str
    heading: str
    text: str


def passages(answer: StreamValue, question: str = "") -> list[Passage]:
    """Return the passages of an answer in reading order.

    The first one has no anchor: it stands above the first heading. Headings and objections begin a new one.
    """
    rendered = render_unsettled(answer, question)
    reader = _Reader(entry.anchor for entry in rendered.contents)
    reader.feed(str(rendered.html))
    reader.close()
    return [Passage(anchor, *map(_tidy, texts)) for anchor, *texts in reader.found if any(map(_tidy, texts))]


def letter_text(answer: StreamValue, question: str) -> str:
    """Return the words of the reader's own letter."""
    reader = _Reader(())
    reader.feed(str(render_unsettled(answer, question).question_html))
    reader.close()
    return _tidy(reader.found[0][2])


def _tidy(text: str) -> str:
    return " ".join(text.split())


class _Reader(HTMLParser):
    """Collects the text of rendered HTML; it was made by our own templates, so every element is closed."""

    def __init__(self, anchors: Iterable[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._anchors = set(anchors)
        self._open: list[str] = []
        self._heading_ends = self._skipped_ends = 0  # how many elements are open where it began
        self.found: list[list[str]] = [["", "", ""]]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._space(tag)
        if tag in _VOID:
            return
        self._open.append(tag)
        attributes = dict(attrs)
        if attributes.get("id") in self._anchors:
            self.found.append([attributes["id"], "", ""])
            self._heading_ends = len(self._open)
        elif not self._skipped_ends and _SKIPPED & set((attributes.get("class") or "").split()):
            self._skipped_ends = len(self._open)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or tag not in self._open:
            return
        while self._open.pop() != tag:
            pass
        if len(self._open) < self._heading_ends:
            self._heading_ends = 0
        if len(self._open) < self._skipped_ends:
            self._skipped_ends = 0
        self._space(tag)

    def handle_data(self, data: str) -> None:
        if not self._skipped_ends:
            self.found[-1][1 if self._heading_ends else 2] += data

    def _space(self, tag: str) -> None:
        if tag not in _INLINE:
            self.handle_data(" ")
