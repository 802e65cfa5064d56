"""Signal handlers that inspect an answer when it is published: where its links lead, and what readers would miss.

What is found is kept beside the question (``Inspection``), in the transaction that publishes it: the desk's reports
read it, ``manage.py check_links`` asks the addresses of other sites. Whether the question is visible is not kept:
reports start from ``published()``.
"""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import Any, NamedTuple

from django.apps import apps as current_apps
from django.apps.registry import Apps
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.signals import post_migrate, post_save
from django.utils import translation
from wagtail.blocks import Block, PageChooserBlock, URLBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock

from qa.blocks.walking import walk
from qa.models import Inspection, QuestionPage
from qa.rendering.answers import render_unsettled, short_answer
from qa.rendering.markdown import Lead, leads
from site_config.after_commit import may_fail

logger = logging.getLogger(__name__)

#: To be raised when this module comes to find something else: answers are then looked through anew by ``migrate``.
VERSION = 2
_ID = re.compile(r'\sid="([^"]+)"')
_READ = frozenset({"live", "question", "answer", "summary"})
_AT_ONCE = 100  # questions


class Found(NamedTuple):
    """A link or picture, and whether it is a picture of which readers who cannot see it learn nothing."""

    address: str
    is_bare: bool = False


def connect(app: Any) -> None:
    """Connect the receivers; called once when the app is ready."""
    post_save.connect(page_saved, sender=QuestionPage, dispatch_uid="qa.inspect.page_saved")
    post_migrate.connect(complete, sender=app, dispatch_uid="qa.inspect.complete")


@may_fail()
def page_saved(
    sender: type[QuestionPage], instance: QuestionPage, raw: bool = False, update_fields: Any = None, **kwargs: Any
) -> None:
    """Look through what is saved for readers; a draft is saved with ``update_fields``, or is not live."""
    if instance.live and not raw and (update_fields is None or not _READ.isdisjoint(update_fields)):
        inspect([instance])


def inspect(pages: Iterable[QuestionPage]) -> None:
    """Look through these questions and keep what is found: one query."""
    found = [_inspection(page) for page in pages]
    fields = [field.name for field in Inspection._meta.concrete_fields if not field.primary_key]
    Inspection.objects.bulk_create(found, update_conflicts=True, unique_fields=["page"], update_fields=fields)


def not_inspected() -> QuerySet[QuestionPage]:
    """Return the live questions that were never looked through, or not by this code."""
    return QuestionPage.objects.online().filter(Q(inspection=None) | ~Q(inspection__version=VERSION))


def complete(apps: Apps = current_apps, verbosity: int = 0, **kwargs: Any) -> None:
    """Look through what never was: after ``migrate``, a receiver of ``post_migrate``, or before links are checked.

    ``apps`` holds the models as the database has them: where that is an older state than the code's, nothing is done.
    """
    for model in (QuestionPage, Inspection):
        try:
            stored = apps.get_model(model._meta.label)._meta.local_concrete_fields
        except LookupError:
            return
        if {field.column for field in stored} != {field.column for field in model._meta.local_concrete_fields}:
            return
    missing = list(not_inspected().order_by("pk").values_list("pk", flat=True))
    if missing and verbosity:
        print(f"  Looking through {len(missing)} answers for the desk's reports")  # noqa: T201 - as migrate itself does
    for start in range(0, len(missing), _AT_ONCE):
        some = QuestionPage.objects.filter(pk__in=missing[start : start + _AT_ONCE])
        try:
            with transaction.atomic():
                inspect(some)
        except Exception:
            logger.exception("Answers could not be looked through for the desk's reports.")


def _inspection(page: QuestionPage) -> Inspection:
    found = [(finding, "question") for finding in _found_by(leads(page.question))]
    # What is stored: of a page, picture or file that was deleted, only that has the number.
    for part in walk(page.answer.stream_block, page.answer.raw_data):
        place = f"answer.{part.path[0]}" if part.path and isinstance(part.path[0], str) else "answer"
        found += [(finding, place) for finding in _findings(part.block, part.value)]
    links = {(finding.address, place): None for finding, place in found if finding.address}
    return Inspection(
        page_id=page.pk,
        version=VERSION,
        links=[list(link) for link in links],
        anchors=_anchors(page),
        bare_pictures=list(dict.fromkeys(place for finding, place in found if finding.is_bare)),
        has_short_answer=bool(page.summary.strip() or short_answer(page.answer, 1)),
    )


def _anchors(page: QuestionPage) -> list[str]:
    """Return the ids in what readers get; the search entry needs the same rendering, which is kept."""
    with translation.override(settings.LANGUAGE_CODE):
        rendered = render_unsettled(page.answer, page.question)
    return [unescape(found) for found in _ID.findall(f"{rendered.question_html}{rendered.html}")]


def _findings(block: Block, stored: Any) -> Iterator[Found]:
    """Yield the links and pictures that the stored value of a block has of its own, in reading order."""
    if hasattr(block, "stored_leads"):
        yield from _found_by(block.stored_leads(stored))
    elif isinstance(block, ImageBlock):
        yield from _picture(stored)
    elif isinstance(block, URLBlock):
        yield Found(stored or "")
    elif isinstance(block, PageChooserBlock | DocumentChooserBlock):
        kind = "page" if isinstance(block, PageChooserBlock) else "document"
        yield Found(f"{kind}:{stored}" if stored else "")


def _found_by(found: Iterable[Lead]) -> Iterator[Found]:
    for lead in found:
        yield Found(lead.address, lead.is_picture and lead.address.startswith("image:") and not lead.words)


def _picture(stored: Any) -> Iterator[Found]:
    picture = stored if isinstance(stored, Mapping) else {"image": stored}
    if picture.get("image"):
        has_text = picture.get("decorative") or (picture.get("alt_text") or "").strip()
        yield Found(f"image:{picture['image']}", not has_text)
