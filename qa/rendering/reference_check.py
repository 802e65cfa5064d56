"""Validation of the references in a text: which ones readers cannot follow, and why.

``qa.rendering.references`` shows such a reference as plain text, so nothing breaks; but nobody would notice either.
What can never lead anywhere (nothing is there, or not everybody may see it) is refused when the answer is published. A
question that is a draft or scheduled is only mentioned: two answers may link to each other, and one of them goes first.
Its link appears by itself as soon as it is published.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.query import PageQuerySet

from qa.querysets import public_files, public_pages
from qa.registered_models import question_page
from qa.rendering.markdown import REFERENCE
from qa.rendering.references import primary_keys

_UNCHECKED: ContextVar[bool] = ContextVar("references_unchecked", default=False)


class State(NamedTuple):
    """What is known of something that a reference names and that exists."""

    title: str
    visible: bool
    private: bool = False  # if it is not visible: because not everybody may see it, else because it is a draft
    question: bool = False


class Finding(NamedTuple):
    """What is wrong with a reference, and whether it keeps the answer from being published."""

    message: str
    refused: bool


@contextmanager
def references_unchecked() -> Iterator[None]:
    """Let texts pass whatever they refer to, for as long as the ``with`` block lasts."""
    token = _UNCHECKED.set(True)
    try:
        yield
    finally:
        _UNCHECKED.reset(token)


def refuse_wrong_references(addresses: Iterable[str]) -> None:
    """Raise ``ValidationError`` with a message for each address that an answer cannot be published with."""
    if _UNCHECKED.get():
        return
    refused = [finding.message for finding in examine(addresses) if finding.refused]
    if refused:
        raise ValidationError([ValidationError(message, code="reference") for message in refused])


def examine(addresses: Iterable[str]) -> list[Finding]:
    """Return what is wrong with each address that is no reference, or one to something that readers cannot see.

    At most three queries for each kind, however many addresses there are.
    """
    return list(examine_each(addresses).values())


def examine_each(addresses: Iterable[str]) -> dict[str, Finding]:
    """Return the same by address, each once."""
    addresses = list(addresses)
    wanted: dict[str, set[str]] = {}
    for kind, key in filter(None, map(_parsed, addresses)):
        wanted.setdefault(kind, set()).add(key)
    states = {(kind, key): state for kind in wanted for key, state in _STATES[kind](wanted[kind]).items()}
    return {address: finding for address in addresses if (finding := _finding(address, states))}


def _parsed(address: str) -> tuple[str, str] | None:
    """Return the kind and the key of a reference, numbers without leading zeros; ``None`` if it can be none."""
    match = REFERENCE.match(address)
    if not match or match[1] == "letter":
        return match and (match[1], match[2])
    return next(((match[1], str(number)) for number in primary_keys([match[2]])), None)


def _finding(address: str, states: dict[tuple[str, str], State]) -> Finding | None:
    """Return what is wrong with a reference, ``None`` if nothing is."""
    reference = _parsed(address)
    state = states.get(reference) if reference else None
    if reference is None:
        template = gettext("%(reference)s is not a reference: those are page:, document: or image: with a number.")
    elif state is None:
        template = gettext("%(reference)s does not exist.")
    elif state.visible:
        return None
    elif state.private:
        template = gettext("%(reference)s is private: “%(title)s”.")
    elif state.question:
        template = gettext("%(reference)s is not published: “%(title)s”. Its link appears as soon as it is.")
    else:
        template = gettext("%(reference)s is not published: “%(title)s”.")
    message = template % {"reference": address, "title": state.title if state else ""}
    return Finding(message, refused=not (state and state.question and not state.private))


def _pages(keys: set[str]) -> dict[str, State]:
    pages = Page.objects.filter(pk__in=primary_keys(keys))
    return {str(page.pk): state for page, state in _with_states(pages)}


def _letters(keys: set[str]) -> dict[str, State]:
    questions = question_page.model.objects.filter_letter_ids(keys).defer_streamfields()
    return {page.letter_id: state for page, state in _with_states(questions)}


def _with_states(pages: PageQuerySet) -> Iterator[tuple[Page, State]]:
    found = list(pages)
    public = set(public_pages(Page.objects.filter(pk__in=[page.pk for page in found])).values_list("pk", flat=True))
    for page in found:
        open_to_all = page.pk in public
        is_question = issubclass(page.specific_class or Page, question_page.model)
        yield page, State(page.title, page.live and open_to_all, private=not open_to_all, question=is_question)


def _documents(keys: set[str]) -> dict[str, State]:
    documents = get_document_model().objects.filter(pk__in=primary_keys(keys))
    visible = set(public_files(documents).values_list("pk", flat=True))
    return {str(found.pk): State(found.title, found.pk in visible, private=True) for found in documents}


def _images(keys: set[str]) -> dict[str, State]:
    images = get_image_model().objects.filter(pk__in=primary_keys(keys))
    visible = set(public_files(images).values_list("pk", flat=True))
    return {str(pk): State(title, pk in visible, private=True) for pk, title in images.values_list("pk", "title")}


_STATES = {"page": _pages, "letter": _letters, "document": _documents, "image": _images}
