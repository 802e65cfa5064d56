"""Publisher of what is due, and unpublisher of what has expired: each object once, however many runs there are."""

import logging
import random
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from wagtail.models import Page, Revision

from qa.models import ScheduleTrouble
from qa.publishing.signal_handlers import followed_once
from qa.scheduling.due import Change, due_changes, paused_changes, schedules_of
from qa.scheduling.locks import drop_schedule, has_turn, lock_object, locked
from qa.scheduling.troubles import remember_failure, trouble_of
from site_config.after_commit import atomic_change

logger = logging.getLogger(__name__)


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


def publish_due(now: datetime | None = None, stopping: Callable[[], bool] = lambda: False) -> Outcome:
    """Unpublish what expired and publish what is due at ``now`` (aware; the present by default), in order of time.

    Each object has a transaction of its own and is checked again under a lock, so that several runs at once publish
    it once. An error rolls back that object alone, is logged, and is tried again after a growing pause. ``stopping``
    is asked between two objects. Raises ``OperationalError`` when the database is away: what was not done stays due.
    """
    now = now or timezone.now()
    outcome = Outcome()
    paused = paused_changes(now)
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
    """Make one change in a transaction; an error must not reach the next one. Return whether to go on."""
    done: list[tuple[list[str], str]] = []
    try:
        with atomic_change():
            if not has_turn(change):
                return False
            _under_lock(change, now, outcome, done)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 - logged there; also a constraint that is checked at the commit
        done.clear()  # nothing was written: what follows the commit raises nothing
        remember_failure(change, error, now)
        outcome.failed.append(change.title)
    for titles, message in done:
        titles.append(change.title)
        logger.info(message, change.title)
    return True


def _under_lock(change: Change, now: datetime, outcome: Outcome, done: list) -> None:
    obj = lock_object(change)
    if obj is None:
        return
    trouble = ScheduleTrouble.objects.filter(subject=change.subject, due_at=change.due_at).first()
    if trouble and trouble.next_try and trouble.next_try > now:
        return  # another run failed while this one was on its way
    try:
        with transaction.atomic():
            result = _publish(change, obj, now, outcome) if change.revision_id else _expire(obj, now, outcome)
    except Exception as error:  # noqa: BLE001 - logged there, with its traceback
        remember_failure(change, error, now)
        outcome.failed.append(change.title)
        return
    if trouble and trouble.next_try:
        trouble.delete()
    if result is not None:
        done.append(result)


def _expire(obj: Model, now: datetime, outcome: Outcome) -> tuple[list[str], str] | None:
    if not (obj.live and obj.expire_at and obj.expire_at <= now):
        return None
    schedules = dict(schedules_of(obj).values_list("pk", "approved_go_live_at"))
    obj = obj.specific if isinstance(obj, Page) else obj
    obj.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    _restore(schedules)  # unpublishing drops them, but nobody has asked for that
    return outcome.expired, "Taken down on schedule: %s"


def _publish(change: Change, obj: Model, now: datetime, outcome: Outcome) -> tuple[list[str], str] | None:
    revision = locked(Revision.objects.filter(pk=change.revision_id, approved_go_live_at__lte=now)).first()
    if revision is None:
        return None
    if getattr(obj, "alias_of_id", None):
        drop_schedule(change, "is published with the page that it is an alias of")
        return None
    expire_at = parse_datetime(revision.content.get("expire_at") or "")
    if expire_at is not None and expire_at <= now:
        # Publishing it would show readers, for a moment, what the editor wanted gone by now.
        revision.approved_go_live_at = None
        revision.save(update_fields=["approved_go_live_at"])
        trouble_of(change, now, "It had expired before its time came.").save()
        logger.error("“%s” was not published: it had expired before its time came.", change.title)
        outcome.missed.append(change.title)
        return None
    later = schedules_of(obj).filter(
        Q(approved_go_live_at__gt=revision.approved_go_live_at)
        | Q(approved_go_live_at=revision.approved_go_live_at, pk__gt=revision.pk)
    )
    kept = dict(later.values_list("pk", "approved_go_live_at"))
    _leave_to_the_page(obj, revision)
    with followed_once(obj):
        revision.publish(log_action="wagtail.publish.scheduled")
    _restore(kept)  # publishing drops the schedules of all revisions, also of those whose time is still to come
    return outcome.published, "Published on schedule: %s"


def _leave_to_the_page(obj: Model, revision: Revision) -> None:
    """Drop from the revision, in memory, what ``Page.with_content_json`` takes from the page whatever it says.

    Each is a foreign key that modelcluster would otherwise look up first, the latest revision with all of its text.
    """
    if isinstance(obj, Page):
        for name in ("content_type", "locale", "owner", "locked_by", "latest_revision", "alias_of"):
            revision.content.pop(name, None)


def _restore(schedules: dict[int, datetime]) -> None:
    for pk, moment in schedules.items():
        Revision.objects.filter(pk=pk).update(approved_go_live_at=moment)
