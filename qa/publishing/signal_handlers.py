"""Signal handlers that run when a question is published, whoever published it: editor, import or clock."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.db.models import Model
from django_tasks import task
from wagtail.models import Page, ReferenceIndex
from wagtail.search.index import insert_or_update_object
from wagtail.signals import page_published

from qa.models import QuestionPage
from qa.models.save_context import indexed_later
from qa.publishing import (
    content_version,
    drafts,
    gone_addresses,
    opened_versions,
    outer_caches,
    revision_rewrites,
    slug_redirects,
)
from qa.publishing.bin import keeping
from qa.publishing.warming import warm
from qa.tasks.queue import QUEUE, later
from site_config.after_commit import may_fail


def connect() -> None:
    """Connect the receivers of this room, in the order in which they run; called once when the app is ready."""
    page_published.connect(question_published, sender=QuestionPage, dispatch_uid="qa.question_published")
    keeping.connect()
    slug_redirects.connect()
    gone_addresses.connect()
    content_version.connect()
    opened_versions.connect()
    drafts.connect()
    outer_caches.connect()
    revision_rewrites.connect()


def follow_later(sender: type[QuestionPage], instance: QuestionPage, **kwargs: Any) -> None:
    """Queue everything that follows a publication."""
    later(follow_publication_again, instance.pk)


@may_fail(instead=follow_later)
def question_published(sender: type[QuestionPage], instance: QuestionPage, **kwargs: Any) -> None:
    """Update the reference index once the question's topics are stored, and queue what readers need not wait for.

    Wagtail does both in ``post_save``, before the child relations of a page are written, so that a changed topic would
    only be found, and one that was taken out could only be deleted, after the next publication.
    """
    ReferenceIndex.create_or_update_for_object(instance)
    if instance.live:  # the signal is also sent when a publication is only scheduled
        later(follow_publication, instance.pk)


@task(backend=QUEUE)
def follow_publication(pk: int) -> None:
    """Index a published question for the desk, and make ready what its first reader would wait for."""
    if question := QuestionPage.objects.filter(pk=pk).first():
        insert_or_update_object(question)
        warm(pk)


@task(backend=QUEUE)
def follow_publication_again(pk: int) -> None:
    """Do what ``question_published`` could not, and what it would have queued."""
    if question := QuestionPage.objects.filter(pk=pk).first():
        ReferenceIndex.create_or_update_for_object(question)
        insert_or_update_object(question)
        warm(pk)


@contextmanager
def followed_once(obj: Model) -> Iterator[None]:
    """Publish in the ``with`` block what ``question_published`` follows, without Wagtail doing the same before it.

    Each of its two indexes costs as much as a third of the publication.
    """
    page_type = obj.cached_content_type.model_class() if isinstance(obj, Page) else None
    with indexed_later() if page_type is QuestionPage else nullcontext():
        yield
