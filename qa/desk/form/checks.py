"""Content checks: what an editor may have overlooked in a question (``GET questions/ID/checks/``).

Wagtail's own checker looks at the preview in the browser. What is checked here is known from the form's data, such as
the language of a code block, and is found without a preview, in the newest draft, after each save.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.blocks import StreamValue
from wagtail.images.blocks import ImageBlock
from wagtail.images.models import AbstractImage

from qa.blocks.walking import Part, walk
from qa.models import QuestionPage
from qa.rendering.answers import short_answer
from qa.rendering.outline import Outline

#: A sentence with more words is hard to follow (the column's own rule; GOV.UK's style guide splits at 25).
LONGEST_SENTENCE = 40
_SENTENCE_END = re.compile(r"(?<=[.!?…:;])[\"'”’»)]*\s+")
_TEXT = frozenset({"p", "li", "dt", "dd", "td", "th", "figcaption", "blockquote", "h2", "h3", "h4", "h5", "h6", "div"})
_HEADING = re.compile(r"h[2-6]$")


class Finding(NamedTuple):
    """One thing to look at: a sentence for the editor, and the id of the element of the form that it is about."""

    message: str
    place: str


def urls() -> list[URLPattern]:
    """Return the address that the form asks when it was opened or saved."""
    return [path("questions/<int:page_id>/checks/", checks, name="question_checks")]


@require_safe
def checks(request: HttpRequest, page_id: int) -> HttpResponse:
    """Return the findings of the newest draft of a question as HTML."""
    page = get_object_or_404(QuestionPage, id=page_id)  # "pk" is page_ptr, which overflows
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    return render(request, "qa/desk/checks.html", {"findings": findings(page.get_latest_revision_as_object())})


def findings(page: QuestionPage) -> list[Finding]:
    """Return what should be looked at before the question is published, in the order of the form; no query is made."""
    return [*_of_the_fields(page), *_of_the_answer(page.answer)]


def _of_the_fields(page: QuestionPage) -> Iterator[Finding]:
    if page.asked_on and page.asked_on > timezone.localdate():
        yield Finding(_("The question was asked in the future: check the date."), "id_asked_on")
    if not page.summary.strip() and not short_answer(page.answer, 1):
        message = _("There is no short answer: lists and search engines show the first words of the letter.")
        yield Finding(message, "id_summary")
    if not page.review_after:
        yield Finding(_("There is no review date: nobody will be reminded to check the answer."), "id_review_after")


def _of_the_answer(answer: StreamValue) -> Iterator[Finding]:
    level = 1  # of the heading before; the page's own is the question
    said = _("here, click here, this, this link, link, read more, more")
    vague = {words.strip().casefold() for words in said.split(",")}
    for block in answer:
        place = f"block-{block.id}-section"
        parts = list(walk(block.block, block.value))
        yield from (Finding(message, place) for part in parts for message in _of_the_data(part))
        reader = _Reader()
        reader.feed(str(block.render({"outline": Outline()})))
        reader.close()
        for heading in reader.headings:
            if heading > level + 1:
                message = _("A heading skips a level: a subsection needs a section above it.")
                yield Finding(message, place)
            level = heading
        of_fields = _pictures_of_fields(parts)
        yield from (
            Finding(_no_alternative(), place) for source in reader.without_alternative if source not in of_fields
        )
        for words in reader.links:
            if words.casefold().strip(" .…»→") in vague:
                message = _("The link “%(words)s” does not say where it leads: link the words that do.")
                yield Finding(message % {"words": words}, place)
        for text in reader.texts:
            for sentence in _SENTENCE_END.split(text):
                words = sentence.split()
                if len(words) > LONGEST_SENTENCE:
                    message = _("A sentence has %(number)s words; make two of it: “%(start)s …”")
                    yield Finding(message % {"number": len(words), "start": " ".join(words[:6])}, place)


def _no_alternative() -> str:
    return _("A picture has no alternative text: readers who cannot see it get nothing.")


def _of_the_data(part: Part) -> Iterator[str]:
    """Yield what a block or a field knows of its own value, and what is known of any picture of the library."""
    if hasattr(part.block, "oversights"):
        yield from part.block.oversights(part.value)
    elif isinstance(part.block, ImageBlock) and part.value and _says_nothing(part.value):
        yield _no_alternative()


def _says_nothing(picture: AbstractImage) -> bool:
    return not picture.decorative and not (picture.contextual_alt_text or "").strip()


def _pictures_of_fields(parts: list[Part]) -> set[str]:
    """Return the pictures, as references, that were chosen in a field which asks whether they are decorative."""
    return {f"image:{part.value.pk}" for part in parts if isinstance(part.block, ImageBlock) and part.value}


class _Reader(HTMLParser):
    """Collects headings, links, pictures and running text of a rendered block; code samples are none."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.headings: list[int] = []
        self.links: list[str] = []
        self.without_alternative: list[str] = []
        self.texts: list[str] = [""]
        self._link: str | None = None
        self._code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if _HEADING.match(tag):
            self.headings.append(int(tag[1]))
        elif tag == "a":
            self._link = ""
        elif tag == "img" and not (dict(attrs).get("alt") or "").strip():
            self.without_alternative.append(dict(attrs).get("data-reference") or "")
        elif tag == "pre":
            self._code += 1
        if tag in _TEXT:
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._link is not None:
            self.links.append(" ".join(self._link.split()))
            self._link = None
        elif tag == "pre":
            self._code -= 1
        if tag in _TEXT:
            self.texts.append("")

    def handle_data(self, data: str) -> None:
        if self._code:
            return
        self.texts[-1] += data
        if self._link is not None:
            self._link += data
