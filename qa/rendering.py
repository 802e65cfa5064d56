"""An answer as readers get it. Takes StreamField values and texts, knows no page."""

from collections.abc import Iterator
from html import unescape
from typing import Any

from django.utils.html import strip_tags
from django.utils.text import Truncator
from wagtail.blocks import StreamValue

from qa.markdown import Anchors, to_html, to_text
from qa.references import ReferenceResolver


def rendering_context(answer: StreamValue, question: str) -> dict[str, Any]:
    """Return what the blocks of one page share while they render.

    ``anchors`` keeps every id of the page unique; ``resolve`` has looked up the references of all texts at once;
    ``question_html`` is the reader's own letter, rendered with both.
    """
    anchors = Anchors()
    resolve = ReferenceResolver([question, *_strings(answer.raw_data)])
    return {
        "anchors": anchors,
        "resolve": resolve,
        "question_html": to_html(question, anchors=anchors, resolve=resolve, top_level=3) if question else "",
    }


def first_words(answer: StreamValue, limit: int) -> str:
    """Return up to ``limit`` words of the answer's running text, without a query and without reading all of it."""
    words: list[str] = []
    for block in answer.raw_data:
        text = block["value"] if isinstance(block["value"], str) else ""
        words += (to_text(text) if block["type"] == "markdown" else unescape(strip_tags(text))).split()
        if len(words) > limit:
            break
    return Truncator(" ".join(words)).words(limit, truncate="…")


def _strings(value: Any) -> Iterator[str]:
    """Yield every string inside nested raw block data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, (list, tuple)) or hasattr(value, "__iter__"):
        for item in value:
            yield from _strings(item)
