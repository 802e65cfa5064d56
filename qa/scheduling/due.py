"""Queries for the scheduled changes that are due, and for when the next one will be."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.contrib.contenttypes.models import ContentType
from django.db.models import Min, Model, QuerySet
from wagtail.models import Revision

from qa.models import ScheduleTrouble
from qa.publishing.draft_models import models_with_drafts


@dataclass(frozen=True)
class Change:
    """One scheduled change: a revision to publish, or an object to take down if there is no revision."""

    due_at: datetime
    model: type[Model] | None  # None: its app is no longer installed
    object_id: str
    title: str
    revision_id: int | None = None

    @cached_property
    def subject(self) -> str:
        """Name the change, the same one at every run."""
        what = f"{self.model._meta.label_lower if self.model else None} {self.object_id}"
        return f"publish {what} revision {self.revision_id}" if self.revision_id else f"expire {what}"

    @property
    def order(self) -> tuple[datetime, int]:
        """By time; of one moment what expires first, then revisions in the order they were made."""
        return self.due_at, self.revision_id or 0


def due_changes(now: datetime) -> list[Change]:
    """Return every change whose time has come at ``now``, in order."""
    changes = [
        Change(obj.expire_at, model, str(obj.pk), _title(obj))
        for model in models_with_drafts()
        for obj in model._default_manager.filter(live=True, expire_at__lte=now)
    ]
    revisions = Revision.objects.filter(approved_go_live_at__lte=now).defer("content")
    for revision in revisions:
        model = ContentType.objects.get_for_id(revision.base_content_type_id).model_class()
        due_at = revision.approved_go_live_at
        changes.append(Change(due_at, model, revision.object_id, revision.object_str, revision.pk))
    return sorted(changes, key=lambda change: change.order)


def _title(obj: Model) -> str:
    """Return what an object is called; one that cannot say so must not keep the others from their time."""
    try:
        return str(obj)
    except Exception:  # noqa: BLE001 - a model's own code
        return f"{obj._meta.verbose_name} {obj.pk}"


def next_moment(now: datetime) -> datetime | None:
    """Return when ``publish_due`` has something to do: a moment that may have passed, ``None`` if nothing is scheduled.

    Without trouble it is one query on an index, and one for each model that can expire.
    """
    first = _first_moment()
    if first is None or first > now or not (paused := paused_changes(now)):
        return first
    moments = [change.due_at for change in due_changes(now) if paused.get(change.subject) != change.due_at]
    moments += ScheduleTrouble.objects.filter(next_try__gt=now).values_list("next_try", flat=True)
    return min((moment for moment in (*moments, _first_moment(after=now)) if moment is not None), default=None)


def _first_moment(after: datetime | None = None) -> datetime | None:
    lookup, value = ("gt", after) if after else ("isnull", False)
    scheduled = Revision.objects.filter(**{f"approved_go_live_at__{lookup}": value}).order_by("approved_go_live_at")
    moments = [scheduled.values_list("approved_go_live_at", flat=True).first()]
    for model in models_with_drafts():
        expiring = model._default_manager.filter(live=True, **{f"expire_at__{lookup}": value}).order_by()
        moments.append(expiring.aggregate(first=Min("expire_at"))["first"])
    return min((moment for moment in moments if moment is not None), default=None)


def paused_changes(now: datetime) -> dict[str, datetime]:
    """Return what failed and has to wait, with the time that was set for it: a new time is a new chance."""
    return dict(ScheduleTrouble.objects.filter(next_try__gt=now).values_list("subject", "due_at"))


def schedules_of(obj: Model) -> QuerySet:
    """Return the revisions of an object that are scheduled to be published, also those whose time has passed."""
    return Revision.objects.for_instance(obj).filter(approved_go_live_at__isnull=False)
