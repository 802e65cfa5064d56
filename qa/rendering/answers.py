"""Renderer of whole answers, with a cache. Takes StreamField values and texts, knows no page."""

import hashlib
import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.cache import cache as store
from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language
from wagtail.blocks import StreamValue

from qa.rendering.markdown import to_html
from qa.rendering.outline import Entry, Outline
from qa.rendering.references import settle

#: Silent reading of English non-fiction, words per minute (Brysbaert 2019, doi:10.1016/j.jml.2019.104047).
WORDS_PER_MINUTE = 238
_PLAYER = re.compile(r'\sdata-player="(https://[^/"]+)/')
_KEPT_FOR = 30 * 24 * 3600  # seconds; whatever changes an answer changes its key, so this only bounds the store


@dataclass(frozen=True)
class RenderedAnswer:
    """An answer's HTML and what can be known about it without rendering it again."""

    html: SafeString
    question_html: SafeString
    contents: tuple[Entry, ...]
    plain_text: str

    @property
    def word_count(self) -> int:
        return len(self.plain_text.split())

    @property
    def reading_minutes(self) -> int:
        return reading_minutes(self.word_count)

    @property
    def pushbacks(self) -> int:
        """How many objections the answer meets."""
        return sum(entry.kind == "pushback" for entry in self.contents)

    @property
    def player_hosts(self) -> set[str]:
        """The hosts whose players a reader may start in the answer."""
        return set(_PLAYER.findall(self.html))


def render(answer: StreamValue, question: str = "") -> RenderedAnswer:
    """Return an answer, and the reader's own letter above it, as HTML whose ids are unique on their page.

    Markdown, templates and code colours run only the first time: the result is kept under a key made of the content,
    the language and the code that renders it. Where links lead is looked up each time.
    """
    return render_all([(answer, question)])[0]


def render_all(letters: Iterable[tuple[StreamValue, str]]) -> list[RenderedAnswer]:
    """Render several answers, each with its question; where their links lead costs the same queries as for one."""
    rendered = [render_unsettled(answer, question) for answer, question in letters]
    divider = "<!-- the next part begins -->"
    parts = settle(divider.join(part for letter in rendered for part in (letter.question_html, letter.html)))
    settled = [mark_safe(part) for part in parts.split(divider)]  # noqa: S308 - settled HTML
    return [
        replace(letter, question_html=question, html=html)
        for letter, question, html in zip(rendered, settled[::2], settled[1::2], strict=False)
    ]


def render_unsettled(answer: StreamValue, question: str = "") -> RenderedAnswer:
    """Return the same without looking up where links lead: what ``qa.rendering.references`` settles is still marked."""
    key = f"answer:{_version()}:{get_language()}:{_digest(answer, question)}"
    rendered = store.get(key)
    if rendered is None:
        rendered = _render(answer, question)
        store.set(key, rendered, _KEPT_FOR)
    return rendered


def count_words(answer: StreamValue) -> int:
    """Return how many words an answer has, without rendering it."""
    return len(_plain_text(answer).split())


def reading_minutes(words: int) -> int:
    """Return how many whole minutes reading takes, at least one."""
    return max(1, math.ceil(words / WORDS_PER_MINUTE))


def short_answer(answer: StreamValue, limit: int) -> str:
    """Return the words of the short answer block, at most ``limit``, without a query; ``""`` if there is none."""
    return Truncator(answer.stream_block.words_of_short_answer(answer)).words(limit, truncate="…")


def first_words(answer: StreamValue, limit: int) -> str:
    """Return up to ``limit`` words of the answer's running text, without a query and without reading all of it."""
    words: list[str] = []
    for text in answer.stream_block.running_texts(answer):
        words += text.split()
        if len(words) > limit:
            break
    return Truncator(" ".join(words)).words(limit, truncate="…")


def _render(answer: StreamValue, question: str) -> RenderedAnswer:
    outline = Outline()
    letter = to_html(question, outline=outline, top_level=3) if question else mark_safe("")
    of_the_letter = len(outline.entries)
    outline.gather_footnotes()  # a note below each block would stand in the middle of the letter
    html = answer.stream_block.render(answer, context={"outline": outline})
    if outline.footnotes:
        html += render_to_string("qa/blocks/footnotes.html", {"notes": outline.footnotes})
    contents = tuple(outline.entries[of_the_letter:])
    return RenderedAnswer(mark_safe(html), letter, contents, _plain_text(answer))  # noqa: S308


def _plain_text(answer: StreamValue) -> str:
    return " ".join(map(str, answer.stream_block.get_searchable_content(answer)))


def _digest(answer: StreamValue, question: str) -> str:
    content = json.dumps([question, answer.get_prep_value()], cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


#: The modules of this package, besides the blocks, that turn content into HTML.
@cache
def _version() -> str:
    """Return a digest of everything that turns content into HTML: what an older release has kept is not shown."""
    here = Path(__file__).parent
    sources: Iterable[Path] = [
        *sorted(here.glob("*.py")),
        *sorted((here.parent / "blocks").glob("*.py")),
        *sorted((settings.BASE_DIR / "templates" / "qa" / "blocks").glob("*.html")),
        *sorted((settings.BASE_DIR / "locale").rglob("*.mo")),
    ]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
