"""Publishes what is due and takes down what has expired."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from wagtail.models import DraftStateMixin, Page, Revision

logger = logging.getLogger(__name__)


@dataclass
class Outcome:
    """What one run did, as titles."""

    published: list[str] = field(default_factory=list)
    expired: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)  # both ends of the window had passed: not published
    failed: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.published or self.expired or self.missed or self.failed)


def publish_due(now: datetime | None = None) -> Outcome:
    """Unpublish what expired and publish what is due at ``now`` (aware; the present by default).

    Each object has a transaction of its own and is checked again under a lock, so that several runs at once publish
    it once. An error rolls back that object alone, is logged, and the object is due again at the next run.
    """
    now = now or timezone.now()
    outcome = Outcome()
    for model in _models_with_drafts():
        for pk in model.objects.filter(live=True, expire_at__lte=now).values_list("pk", flat=True):
            _attempt(outcome, lambda model=model, pk=pk: _expire(model, pk, now, outcome))
    due = Revision.objects.filter(approved_go_live_at__lte=now).order_by("approved_go_live_at", "pk")
    for pk in due.values_list("pk", flat=True):
        _attempt(outcome, lambda pk=pk: _publish(pk, now, outcome))
    return outcome


def _models_with_drafts() -> list[type[Model]]:
    """Return ``Page`` and every other model that can be scheduled."""
    others = [m for m in apps.get_models() if issubclass(m, DraftStateMixin) and not issubclass(m, Page)]
    return [Page, *others]


def _attempt(outcome: Outcome, work: Callable[[], None]) -> None:
    """Run ``work`` in a transaction; an error must not reach the next object."""
    try:
        with transaction.atomic():
            work()
    except Exception as error:
        logger.exception("A scheduled change failed; it is tried again at the next run.")
        outcome.failed.append(str(error) or type(error).__name__)


def _expire(model: type[Model], pk: Any, now: datetime, outcome: Outcome) -> None:
    found = _locked(model.objects.filter(pk=pk, live=True, expire_at__lte=now)).first()
    if found is not None:
        found = found.specific if isinstance(found, Page) else found
        found.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
        outcome.expired.append(str(found))


def _publish(pk: int, now: datetime, outcome: Outcome) -> None:
    revision = _locked(Revision.objects.filter(pk=pk, approved_go_live_at__lte=now)).first()
    if revision is None:
        return
    expire_at = parse_datetime(revision.content.get("expire_at") or "")
    if expire_at is not None and expire_at <= now:
        # Publishing it would show readers, for a moment, what the editor wanted gone by now.
        revision.approved_go_live_at = None
        revision.save(update_fields=["approved_go_live_at"])
        outcome.missed.append(revision.object_str)
        logger.error("%s was not published: it had expired before its time came.", revision.object_str)
        return
    revision.publish(log_action="wagtail.publish.scheduled")
    outcome.published.append(revision.object_str)


def _locked(rows: QuerySet) -> QuerySet:
    """Lock the rows, skipping those that another run works on; SQLite's immediate transaction is a lock already."""
    if connection.features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True, of=("self",))
    return rows
