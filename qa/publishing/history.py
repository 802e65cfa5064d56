"""Purge of old revisions and log rows, and the live revision that every live page must have."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core import checks
from django.db import DatabaseError, transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.db.models.deletion import ProtectedError
from wagtail.models import DraftStateMixin, Page, PageLogEntry, Revision, RevisionMixin, TaskState, WorkflowState

from qa.publishing.draft_models import models_of, models_with_drafts

_AT_ONCE = 500  # rows of one transaction: a publication must not wait for the whole purge


def purgeable_revisions(before: datetime) -> QuerySet[Revision]:
    """Return the revisions made before a moment that nobody needs.

    Never one that is live, the latest of its object, scheduled, or in a review that is not over. Wagtail's own
    ``purge_revisions`` removes live ones (wagtail/wagtail#13869); such a page goes offline when an update is scheduled.
    """
    newer = Revision.objects.filter(
        Q(created_at__gt=OuterRef("created_at")) | Q(created_at=OuterRef("created_at"), pk__gt=OuterRef("pk")),
        base_content_type=OuterRef("base_content_type"),
        object_id=OuterRef("object_id"),
    )
    in_review = TaskState.objects.filter(
        revision=OuterRef("pk"),
        workflow_state__status__in=[WorkflowState.STATUS_IN_PROGRESS, WorkflowState.STATUS_NEEDS_CHANGES],
    )
    old = Revision.objects.filter(created_at__lt=before, approved_go_live_at=None)
    old = old.filter(Exists(newer)).exclude(Exists(in_review))
    for model in models_of(RevisionMixin):
        pointers = ["latest_revision", *(["live_revision"] if issubclass(model, DraftStateMixin) else [])]
        for name in pointers:
            old = old.exclude(Exists(model._base_manager.filter(**{name: OuterRef("pk")})))
    return old.order_by("pk")


def purgeable_log_rows(before: datetime) -> QuerySet[PageLogEntry]:
    """Return the rows of saves before a moment whose revision was saved over: of each revision the last row stays.

    Autosave writes one row every few seconds, all for one revision.
    """
    edits = PageLogEntry.objects.filter(action="wagtail.edit", revision__isnull=False)
    later = edits.filter(page=OuterRef("page"), revision=OuterRef("revision"), pk__gt=OuterRef("pk"))
    return edits.filter(timestamp__lt=before).filter(Exists(later)).order_by("pk")


def purge(now: datetime, keep: timedelta, progress: Callable[[list], Iterable] = iter) -> tuple[int, int]:
    """Remove what is older than ``keep``; return how many revisions and how many log rows.

    It may be stopped at any time and run beside editors: each batch is queried again in its own transaction.
    ``progress`` wraps the iteration over batches (tqdm).
    """
    before = now - keep
    revisions = log_rows = 0
    for some in progress(list(_batches(purgeable_revisions(before)))):
        with transaction.atomic():
            for revision in purgeable_revisions(before).filter(pk__in=some).defer("content"):
                revisions += _delete(revision)
    for some in progress(list(_batches(purgeable_log_rows(before)))):
        log_rows += PageLogEntry.objects.filter(pk__in=some).delete()[0]
    return revisions, log_rows


def _batches(rows: QuerySet) -> Iterator[list[Any]]:
    ids = list(rows.values_list("pk", flat=True))
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]


def _delete(revision: Revision) -> bool:
    try:
        with transaction.atomic():
            revision.delete()  # not the queryset's: this one moves comments to the next revision
    except ProtectedError:
        return False
    return True


# Live pages without live revision


def without_live_revision(model: type[Model] = Page) -> QuerySet:
    """Return the live objects that would go offline when an update of them is scheduled."""
    objects = model._default_manager.filter(live=True, live_revision=None)
    # The root of the tree is never edited, and an alias is published with its original.
    return objects.filter(depth__gt=1, alias_of=None).order_by("path") if model is Page else objects.order_by("pk")


def give_live_revision(obj: Model) -> None:
    """Make a revision of what readers see of a live object that has none, older than any draft of it."""
    stored = type(obj)._base_manager.get(pk=obj.pk)
    stored = stored.specific if isinstance(stored, Page) else stored
    if not stored.live or stored.live_revision_id is not None or getattr(stored, "alias_of_id", None):
        return
    with transaction.atomic():
        first = Revision.objects.for_instance(stored).order_by("created_at").first()
        shown_since = stored.last_published_at or stored.first_published_at
        moments = [moment for moment in (shown_since, first and first.created_at - timedelta(microseconds=1)) if moment]
        revision = Revision.objects.create(
            content_type=ContentType.objects.get_for_model(stored, for_concrete_model=False),
            base_content_type=stored.get_base_content_type(),
            object_id=str(stored.pk),
            created_at=min(moments, default=None),
            object_str=str(stored),
            content=stored.serializable_data(),
        )
        pointers = {"live_revision": revision}
        if stored.latest_revision_id is None:
            pointers["latest_revision"] = revision
        base = Page if isinstance(stored, Page) else type(stored)
        base._base_manager.filter(pk=stored.pk).update(**pointers)
    for name, value in pointers.items():
        setattr(obj, name, value)


@checks.register(checks.Tags.database)
def check_live_revisions(databases: Iterable[str] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Name how many live objects have no live revision (``manage.py check --database default``, and ``migrate``)."""
    if not databases or "default" not in databases:
        return []
    try:
        numbers = [(model, without_live_revision(model).count()) for model in models_with_drafts()]
    except DatabaseError:  # before the first migration there is nothing to look at
        return []
    return [
        checks.Warning(
            f"{number} live {model._meta.verbose_name if number == 1 else model._meta.verbose_name_plural} "
            "without live revision: what has none goes offline when an update of it is scheduled.",
            hint="Run manage.py repair_live_revisions.",
            id="qa.W001",
        )
        for model, number in numbers
        if number
    ]
