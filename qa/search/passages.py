"""Text extraction for the search: an answer as plain passages with their anchors."""

from collections.abc import Iterable
from html.parser import HTMLParser
from typing import NamedTuple

from wagtail.blocks import StreamValue

from qa.rendering.answers import render_unsettled

#: The attribute of an element whose words are the site's, such as the kind of a box; the blocks' templates set it.
_UNSEARCHED = "data-unsearched"
_INLINE = frozenset(
    {"a", "abbr", "bdi", "cite", "code", "em", "i", "b", "kbd", "mark", "s", "span", "strong", "sub", "sup", "time"}
)
#: What is no part of the sentences around it: a quotation never runs on from one into the other.
_APART = frozenset({"pre", "table", "caption", "figcaption", "h2", "h3", "h4", "h5", "h6"})
_CELLS = frozenset({"td", "th"})
_FILE_NAME = "code-name"  # the class of the line above a listing
_VOID = frozenset({"br", "hr", "img", "input", "wbr", "source", "col"})


class Passage(NamedTuple):
    """Words that can be quoted together: the nearest anchor above them, its words, the text, and whether it is code.

    Listings, tables, captions and headings without an anchor are passages of their own.
    """

    anchor: str
    heading: str
    text: str
    is_code: bool = False


def passages(answer: StreamValue, question: str = "") -> list[Passage]:
    """Return the passages of an answer in reading order.

    Those above the first heading have no anchor. Headings and objections begin a new one.
    """
    rendered = render_unsettled(answer, question)
    return _read(str(rendered.html), (entry.anchor for entry in rendered.contents))


def letter_passages(answer: StreamValue, question: str) -> list[Passage]:
    """Return the passages of the reader's own letter; they have no anchors."""
    return _read(str(render_unsettled(answer, question).question_html), ())


def _read(html: str, anchors: Iterable[str]) -> list[Passage]:
    reader = _Reader(anchors)
    reader.feed(html)
    reader.close()
    read = (Passage(raw.anchor, _tidy(raw.heading), _tidy(raw.text), raw.is_code) for raw in reader.passages)
    return [passage for passage in read if passage.heading or passage.text]


def _tidy(text: str) -> str:
    return " ".join(text.split()).removesuffix(" ·")


def _is_card(tag: str, attributes: dict[str, str | None]) -> bool:
    """Return whether an element stands for a document or another question: its words depend on what is public now."""
    return "data-reference" in attributes and tag != "a"


class _Reader(HTMLParser):
    """Collects the text of rendered HTML; it was made by our own templates, so every element is closed."""

    def __init__(self, anchors: Iterable[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._anchors = set(anchors)
        self._open: list[str] = []
        self._heading_ends = self._skipped_ends = self._apart_ends = 0  # how many elements are open where it began
        self.passages = [Passage("", "", "")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._space(tag)
        if tag in _VOID:
            return
        self._open.append(tag)
        attributes = dict(attrs)
        classes = set((attributes.get("class") or "").split())
        if attributes.get("id") in self._anchors:
            self.passages.append(Passage(attributes["id"], "", ""))
            self._heading_ends = len(self._open)
        elif not self._skipped_ends and (_UNSEARCHED in attributes or _is_card(tag, attributes)):
            self._skipped_ends = len(self._open)
        elif tag in _APART or _FILE_NAME in classes:
            self._divide(is_code=tag == "pre" or _FILE_NAME in classes)
            self._apart_ends = len(self._open)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or tag not in self._open:
            return
        while self._open.pop() != tag:
            pass
        if len(self._open) < self._heading_ends:
            self._heading_ends = 0
        if len(self._open) < self._skipped_ends:
            self._skipped_ends = 0
        if len(self._open) < self._apart_ends:
            self._apart_ends = 0
            self._divide()
        self.handle_data(" · ") if tag in _CELLS else self._space(tag)

    def handle_data(self, data: str) -> None:
        if not self._skipped_ends:
            current = self.passages[-1]
            name, text = ("heading", current.heading) if self._heading_ends else ("text", current.text)
            self.passages[-1] = current._replace(**{name: text + data})

    def _divide(self, *, is_code: bool = False) -> None:
        """Begin another passage below the same heading."""
        here = self.passages[-1]
        if here.text.strip():
            self.passages.append(here)
        self.passages[-1] = here._replace(text="", is_code=is_code)

    def _space(self, tag: str) -> None:
        if tag not in _INLINE:
            self.handle_data(" ")
