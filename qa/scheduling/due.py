"""Publishes what is due and takes down what has expired."""

import logging
import random
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Min, Model, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from wagtail.models import DraftStateMixin, Page, Revision

from qa.models import ScheduleTrouble
from qa.publishing.signal_handlers import followed_once
from site_config.after_commit import atomic_change

logger = logging.getLogger(__name__)

#: What is later than this is published however many runs are at work.
OUT_OF_TURN = timedelta(seconds=30)
_TURNS = 0x71A  # the advisory locks of this column; any number that nothing else in the database uses


@dataclass
class Outcome:
    """What one run did, as titles."""

    published: list[str] = field(default_factory=list)
    expired: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)  # both ends of the window had passed: not published
    failed: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)  # failed before; their pause is not over

    @property
    def complaint(self) -> str:
        """What an operator has to hear, ``""`` if all went well."""
        counts = [(self.failed, "failed"), (self.missed, "missed their window"), (self.waiting, "failed before")]
        return ", ".join(f"{len(titles)} {what}" for titles, what in counts if titles)


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


def publish_due(now: datetime | None = None, stopping: Callable[[], bool] = lambda: False) -> Outcome:
    """Unpublish what expired and publish what is due at ``now`` (aware; the present by default), in order of time.

    Each object has a transaction of its own and is checked again under a lock, so that several runs at once publish
    it once. An error rolls back that object alone, is logged, and is tried again after a growing pause. ``stopping``
    is asked between two objects. Raises ``OperationalError`` when the database is away: what was not done stays due.
    """
    now = now or timezone.now()
    outcome = Outcome()
    paused = _paused(now)
    todo = _shuffled(due_changes(now))
    while todo and not stopping():
        change = todo.popleft()
        if paused.get(change.subject) == change.due_at:
            outcome.waiting.append(change.title)
        elif _pending([change]):
            if not _attempt(change, now, outcome):
                break
        else:  # another run is at work as well, and has probably done more than this one
            todo = _pending(todo)
    return outcome


def _shuffled(changes: list[Change]) -> deque[Change]:
    """Put what is due at one moment into an order of this run's own: several runs then meet at few objects.

    What belongs to one object keeps its order, and what expires still goes before what is published.
    """
    places: dict[tuple[Any, str], float] = defaultdict(random.random)
    return deque(
        sorted(
            changes,
            key=lambda change: (
                change.due_at,
                change.revision_id is not None,
                places[change.model, change.object_id],
                change.order,
            ),
        )
    )


def due_changes(now: datetime) -> list[Change]:
    """Return every change whose time has come at ``now``, in order."""
    changes = [
        Change(found.expire_at, model, str(found.pk), _title(found))
        for model in models_with_drafts()
        for found in model._default_manager.filter(live=True, expire_at__lte=now)
    ]
    revisions = Revision.objects.filter(approved_go_live_at__lte=now).defer("content")
    for revision in revisions:
        model = ContentType.objects.get_for_id(revision.base_content_type_id).model_class()
        due_at = revision.approved_go_live_at
        changes.append(Change(due_at, model, revision.object_id, revision.object_str, revision.pk))
    return sorted(changes, key=lambda change: change.order)


def _title(found: Model) -> str:
    """Return what an object is called; one that cannot say so must not keep the others from their time."""
    try:
        return str(found)
    except Exception:  # noqa: BLE001 - a model's own code
        return f"{found._meta.verbose_name} {found.pk}"


def next_moment(now: datetime) -> datetime | None:
    """Return when ``publish_due`` has something to do: a moment that may have passed, ``None`` if nothing is scheduled.

    Without trouble it is one query on an index, and one for each model that can expire.
    """
    first = _first_moment()
    if first is None or first > now or not (paused := _paused(now)):
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


def models_with_drafts() -> Iterator[type[Model]]:
    """Yield ``Page`` and every other model that can be scheduled."""
    return models_of(DraftStateMixin)


def models_of(kind: type) -> Iterator[type[Model]]:
    """Yield the models of a kind, but none whose rows another one of them has: ``Page``, and not its types."""
    for model in apps.get_models():
        if issubclass(model, kind) and not any(issubclass(parent, kind) for parent in model._meta.parents):
            yield model


def _paused(now: datetime) -> dict[str, datetime]:
    """Return what failed and has to wait, with the time that was set for it: a new time is a new chance."""
    return dict(ScheduleTrouble.objects.filter(next_try__gt=now).values_list("subject", "due_at"))


def _pending(changes: Iterable[Change]) -> deque[Change]:
    """Look without a lock, which is cheap, which of the changes no other run has made meanwhile."""
    changes = deque(changes)
    revisions = Revision.objects.filter(approved_go_live_at__isnull=False)
    left = set(
        revisions.filter(pk__in=[change.revision_id for change in changes if change.revision_id]).values_list(
            "pk", flat=True
        )
    )
    return deque(change for change in changes if change.revision_id in left or _is_live(change))


def _is_live(change: Change) -> bool:
    return not change.revision_id and change.model._base_manager.filter(pk=change.object_id, live=True).exists()


def _attempt(change: Change, now: datetime, outcome: Outcome) -> bool:
    """Make one change in a transaction; an error must not reach the next one. Tell whether to go on with the others."""
    done: list[tuple[list[str], str]] = []
    try:
        with atomic_change():
            if not _has_turn(change):
                return False
            _under_lock(change, now, outcome, done)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 - logged there; also a constraint that is checked at the commit
        done.clear()  # nothing was written: what follows the commit raises nothing
        _remember_failure(change, error, now, outcome)
    for titles, message in done:
        titles.append(change.title)
        logger.info(message, change.title)
    return True


def _has_turn(change: Change) -> bool:
    """Tell whether this run may publish now, or enough others do: on PostgreSQL two at a time, until the commit.

    More of them do not publish more: on two processors eight need twice the processor's time for each page. What is
    late all the same is published out of turn, should a run that is cut off hold its lock.
    """
    if connection.vendor != "postgresql" or timezone.now() - change.due_at > OUT_OF_TURN:
        return True
    with connection.cursor() as cursor:
        lock = "pg_try_advisory_xact_lock(%s, %s)"
        cursor.execute(f"SELECT CASE WHEN {lock} THEN true ELSE {lock} END", [_TURNS, 1, _TURNS, 2])
        return cursor.fetchone()[0]


def _under_lock(change: Change, now: datetime, outcome: Outcome, done: list) -> None:
    found = _lock(change)
    if found is None:
        return
    trouble = ScheduleTrouble.objects.filter(subject=change.subject, due_at=change.due_at).first()
    if trouble and trouble.next_try and trouble.next_try > now:
        return  # another run failed while this one was on its way
    try:
        with transaction.atomic():
            result = _publish(change, found, now, outcome) if change.revision_id else _expire(found, now, outcome)
    except Exception as error:  # noqa: BLE001 - logged there, with its traceback
        _remember_failure(change, error, now, outcome)
        return
    if trouble and trouble.next_try:
        trouble.delete()
    if result is not None:
        done.append(result)


def _lock(change: Change) -> Model | None:
    """Return the object with its row locked; ``None`` while another run or the desk works on it, or if it is gone.

    SQLite's transactions are immediate here (``site_config.env.sqlite``), which is a lock already.
    """
    if change.model is not None:
        with suppress(ValueError, ValidationError):  # no key of this model: its rows were numbered anew
            rows = change.model._base_manager.filter(pk=change.object_id)
            found = _locked(rows).first()
            if found is not None or rows.exists():
                return found
    _drop_schedule(change, "is gone")
    return None


def _drop_schedule(change: Change, why: str) -> None:
    Revision.objects.filter(pk=change.revision_id).update(approved_go_live_at=None)
    logger.warning("“%s” %s; its schedule is dropped.", change.title, why)


def _locked(rows: QuerySet) -> QuerySet:
    if connection.features.has_select_for_update_skip_locked:
        # no_key: rows that refer to the page, as a reader's or an editor's session, may still be written.
        return rows.select_for_update(skip_locked=True, of=("self",), no_key=True)
    return rows


def _expire(found: Model, now: datetime, outcome: Outcome) -> tuple[list[str], str] | None:
    if not (found.live and found.expire_at and found.expire_at <= now):
        return None
    schedules = dict(_schedules(found).values_list("pk", "approved_go_live_at"))
    found = found.specific if isinstance(found, Page) else found
    found.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    _restore(schedules)  # unpublishing drops them, but nobody has asked for that
    return outcome.expired, "Taken down on schedule: %s"


def _publish(change: Change, found: Model, now: datetime, outcome: Outcome) -> tuple[list[str], str] | None:
    revision = _locked(Revision.objects.filter(pk=change.revision_id, approved_go_live_at__lte=now)).first()
    if revision is None:
        return None
    if getattr(found, "alias_of_id", None):
        _drop_schedule(change, "is published with the page that it is an alias of")
        return None
    expire_at = parse_datetime(revision.content.get("expire_at") or "")
    if expire_at is not None and expire_at <= now:
        # Publishing it would show readers, for a moment, what the editor wanted gone by now.
        revision.approved_go_live_at = None
        revision.save(update_fields=["approved_go_live_at"])
        _remember(change, now, "It had expired before its time came.").save()
        logger.error("“%s” was not published: it had expired before its time came.", change.title)
        outcome.missed.append(change.title)
        return None
    later = _schedules(found).filter(
        Q(approved_go_live_at__gt=revision.approved_go_live_at)
        | Q(approved_go_live_at=revision.approved_go_live_at, pk__gt=revision.pk)
    )
    kept = dict(later.values_list("pk", "approved_go_live_at"))
    _leave_to_the_page(found, revision)
    with followed_once(found):
        revision.publish(log_action="wagtail.publish.scheduled")
    _restore(kept)  # publishing drops the schedules of all revisions, also of those whose time is still to come
    return outcome.published, "Published on schedule: %s"


def _leave_to_the_page(found: Model, revision: Revision) -> None:
    """Drop from the revision, in memory, what ``Page.with_content_json`` takes from the page whatever it says.

    Each is a foreign key that modelcluster would otherwise look up first, the latest revision with all of its text.
    """
    if isinstance(found, Page):
        for name in ("content_type", "locale", "owner", "locked_by", "latest_revision", "alias_of"):
            revision.content.pop(name, None)


def _schedules(found: Model) -> QuerySet:
    return Revision.objects.for_instance(found).filter(approved_go_live_at__isnull=False)


def _restore(schedules: dict[int, datetime]) -> None:
    for pk, moment in schedules.items():
        Revision.objects.filter(pk=pk).update(approved_go_live_at=moment)


def _remember_failure(change: Change, error: Exception, now: datetime, outcome: Outcome) -> None:
    trouble = _remember(change, now, "")
    trouble.failed_again(" ".join(f"{type(error).__name__}: {error}".split())[:1000], now)
    trouble.save()
    outcome.failed.append(change.title)
    pause = (trouble.next_try - now).total_seconds()
    logger.error(
        "The scheduled change of “%s” failed (%s); it is tried again in %g seconds.",
        *(change.title, trouble.last_error, pause),
        exc_info=error,
    )


def _remember(change: Change, now: datetime, message: str) -> ScheduleTrouble:
    """Return what is known about this change's trouble, unsaved; a new time for the same change starts afresh."""
    known = ScheduleTrouble.objects.filter(subject=change.subject).first()
    if known and known.due_at == change.due_at:
        known.last_error = message
        return known
    return ScheduleTrouble(
        pk=known.pk if known else None,
        subject=change.subject,
        model=change.model._meta.label_lower,
        object_id=change.object_id,
        title=change.title,
        due_at=change.due_at,
        since=now,
        last_error=message,
    )


def tidy(now: datetime) -> None:
    """Forget the trouble that is over: the change was made or called off, by whomever."""
    troubles = list(ScheduleTrouble.objects.all())
    due = {(change.subject, change.due_at) for change in due_changes(now)} if troubles else set()
    for trouble in troubles:
        tried_again = trouble.next_try is not None
        if (trouble.subject, trouble.due_at) not in due if tried_again else _is_settled(trouble):
            trouble.delete()


def _is_settled(missed: ScheduleTrouble) -> bool:
    """Tell whether somebody has seen to a missed window: the object is scheduled, changed since, or gone."""
    try:
        found: Any = apps.get_model(missed.model)._base_manager.filter(pk=missed.object_id).first()
    except LookupError:  # its app is no longer installed
        return True
    if found is None or _schedules(found).exists():
        return True
    return Revision.objects.for_instance(found).filter(created_at__gt=missed.since).exists()
