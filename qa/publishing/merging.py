"""Merge of two topics: questions, drafts and addresses go over, and nothing keeps the old one."""

from collections.abc import Iterator

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django_tasks import task
from wagtail.log_actions import log
from wagtail.models import ReferenceIndex
from wagtail.search.backends import get_search_backend

from qa.models import QuestionIndexPage, QuestionPage, QuestionTopic, Topic
from qa.publishing import revision_rewrites
from qa.publishing.bin.keeping import deleted_for_good
from qa.publishing.slug_redirects import redirect_slug
from qa.search import entries
from qa.tasks.queue import QUEUE, later

_AT_ONCE = 100  # questions
MERGED = "qa.merge_topic"  # the name in the log


@transaction.atomic
def merge(source: Topic, target: Topic, user: AbstractBaseUser | None = None) -> int:
    """File everything of ``source`` under ``target`` and delete ``source``; return the number of its questions.

    Every version of every question goes over, old ones too, so that neither a draft nor going back to an earlier
    version brings the old topic up again. Readers who come by its address or its feed are redirected (301). Raises
    ``ValueError`` for a topic that is to be merged into itself.
    """
    if source.pk == target.pk:
        raise ValueError("A topic cannot be merged into itself.")
    for column in QuestionIndexPage.objects.order_by("pk"):
        column.hold()  # first, as an import does, which has the column when it comes to need a topic
    topics = Topic.objects.select_for_update().in_bulk([source.pk, target.pk])  # nobody else merges them meanwhile
    source, target = topics[source.pk], topics[target.pk]
    filed = QuestionTopic.objects.filter(topic=source)
    questions = sorted(set(filed.values_list("page_id", flat=True)))
    twice = _leave_the_first(source, target)
    filed.update(topic=target)
    revision_rewrites.replace(source, target)
    _move_references(source, target, twice)
    redirect_slug(Topic, source.slug, target.slug)
    data = {"name": source.name, "slug": source.slug, "questions": len(questions)}
    log(instance=target, action=MERGED, user=user, data=data)
    with deleted_for_good():
        source.delete()
    entries.refresh(questions)
    for some in _batches(questions):
        later(index_for_the_desk, some)
    return len(questions)


def _leave_the_first(source: Topic, target: Topic) -> list[int]:
    """Of questions under both topics keep the first row, so that a main topic stays the main one; return them."""
    both = QuestionTopic.objects.filter(topic=target).values("page_id")
    twice = sorted(set(QuestionTopic.objects.filter(topic=source, page__in=both).values_list("page_id", flat=True)))
    for some in _batches(twice):
        seen: set[int] = set()
        later = []
        rows = QuestionTopic.objects.filter(page__in=some, topic__in=[source, target])
        for pk, page in rows.order_by("page_id", "sort_order", "pk").values_list("pk", "page_id"):
            if page in seen:
                later.append(pk)
            seen.add(page)
        QuestionTopic.objects.filter(pk__in=later).delete()
    return twice


def _move_references(source: Topic, target: Topic, changed: list[int]) -> None:
    kind = ContentType.objects.get_for_model(Topic)
    for page in QuestionPage.objects.filter(pk__in=changed).iterator(chunk_size=_AT_ONCE):
        ReferenceIndex.create_or_update_for_object(page)
    old = ReferenceIndex.objects.filter(to_content_type=kind, to_object_id=str(source.pk))
    old.update(to_object_id=str(target.pk))


@task(backend=QUEUE)
def index_for_the_desk(questions: list[int]) -> None:
    """Let the desk's search find the questions by their new topic."""
    index = get_search_backend().get_index_for_model(QuestionPage)
    index.add_items(QuestionPage, list(QuestionPage.objects.filter(pk__in=questions)))


def _batches(numbers: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(numbers), _AT_ONCE):
        yield numbers[start : start + _AT_ONCE]
