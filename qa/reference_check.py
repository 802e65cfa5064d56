"""Tells editors which references of a text readers could not follow, and why.

``qa.references`` shows such a reference as plain text, so nothing breaks; but nobody would notice either.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.query import PageQuerySet

from qa.markdown import REFERENCE, reference_addresses
from qa.querysets import public_documents, published_pages
from qa.references import primary_keys

_UNCHECKED: ContextVar[bool] = ContextVar("references_unchecked", default=False)


class State(NamedTuple):
    """What is known of something that a reference names and that exists."""

    title: str
    visible: bool
    private: bool = False  # if it is not visible: because not everybody may see it, else because it is a draft


@contextmanager
def references_unchecked() -> Iterator[None]:
    """Let texts pass whatever they refer to, for as long as the ``with`` block lasts."""
    token = _UNCHECKED.set(True)
    try:
        yield
    finally:
        _UNCHECKED.reset(token)


def refuse_wrong_references(source: str) -> None:
    """Raise ``ValidationError`` with a message for each reference of a Markdown text that readers could not follow."""
    if not _UNCHECKED.get() and (messages := wrong_references(reference_addresses(source))):
        raise ValidationError([ValidationError(message, code="reference") for message in messages])


def wrong_references(addresses: Iterable[str]) -> list[str]:
    """Return a message for each address that is no reference, or one to something missing, unpublished or private.

    At most three queries for each kind, however many addresses there are.
    """
    addresses = list(addresses)
    wanted: dict[str, set[str]] = {}
    for kind, key in filter(None, map(_parsed, addresses)):
        wanted.setdefault(kind, set()).add(key)
    states = {(kind, key): state for kind in wanted for key, state in _STATES[kind](wanted[kind]).items()}
    return [message for address in addresses if (message := _message(address, states))]


def _parsed(address: str) -> tuple[str, str] | None:
    """Return the kind and the key of a reference, numbers without leading zeros; ``None`` if it can be none."""
    match = REFERENCE.match(address)
    if not match or match[1] == "letter":
        return match and (match[1], match[2])
    return next(((match[1], str(number)) for number in primary_keys([match[2]])), None)


def _message(address: str, states: dict[tuple[str, str], State]) -> str:
    """Return what is wrong with a reference, ``""`` if nothing is."""
    reference = _parsed(address)
    if reference is None:
        template = gettext("%(reference)s is not a reference: those are page:, document: or image: with a number.")
    elif reference not in states:
        template = gettext("%(reference)s does not exist.")
    elif states[reference].visible:
        return ""
    elif states[reference].private:
        template = gettext("%(reference)s is private: “%(title)s”.")
    else:
        template = gettext("%(reference)s is not published: “%(title)s”.")
    title = states[reference].title if reference in states else ""
    return template % {"reference": address, "title": title}


def _pages(keys: set[str]) -> dict[str, State]:
    pages = Page.objects.filter(pk__in=primary_keys(keys))
    return {str(page.pk): state for page, state in _with_states(pages)}


def _letters(keys: set[str]) -> dict[str, State]:
    questions = apps.get_model("qa", "QuestionPage").objects.filter_letter_ids(keys).defer_streamfields()
    return {page.letter_id: state for page, state in _with_states(questions)}


def _with_states(pages: PageQuerySet) -> Iterator[tuple[Page, State]]:
    found = list(pages)
    visible = set(published_pages(Page.objects.filter(pk__in=[page.pk for page in found])).values_list("pk", flat=True))
    for page in found:
        yield page, State(page.title, visible=page.pk in visible, private=page.live)


def _documents(keys: set[str]) -> dict[str, State]:
    documents = get_document_model().objects.filter(pk__in=primary_keys(keys))
    visible = set(public_documents(documents).values_list("pk", flat=True))
    return {str(found.pk): State(found.title, found.pk in visible, private=True) for found in documents}


def _images(keys: set[str]) -> dict[str, State]:
    images = get_image_model().objects.filter(pk__in=primary_keys(keys))
    return {str(pk): State("", visible=True) for pk in images.values_list("pk", flat=True)}


_STATES = {"page": _pages, "letter": _letters, "document": _documents, "image": _images}
