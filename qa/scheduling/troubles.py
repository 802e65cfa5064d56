"""Records of scheduled changes that failed: kept, and forgotten when the trouble is over."""

import logging
from datetime import datetime
from typing import Any

from django.apps import apps
from wagtail.models import Revision

from qa.models import ScheduleTrouble
from qa.scheduling.due import Change, due_changes, schedules_of

logger = logging.getLogger(__name__)


def remember_failure(change: Change, error: Exception, now: datetime) -> None:
    """Record and log that a change failed, and when it is tried again."""
    trouble = trouble_of(change, now, "")
    trouble.failed_again(" ".join(f"{type(error).__name__}: {error}".split())[:1000], now)
    trouble.save()
    pause = (trouble.next_try - now).total_seconds()
    logger.error(
        "The scheduled change of “%s” failed (%s); it is tried again in %g seconds.",
        *(change.title, trouble.last_error, pause),
        exc_info=error,
    )


def trouble_of(change: Change, now: datetime, message: str) -> ScheduleTrouble:
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
    """Delete the records of trouble that is over: somebody made the change or called it off."""
    troubles = list(ScheduleTrouble.objects.all())
    due = {(change.subject, change.due_at) for change in due_changes(now)} if troubles else set()
    for trouble in troubles:
        tried_again = trouble.next_try is not None
        if (trouble.subject, trouble.due_at) not in due if tried_again else _is_settled(trouble):
            trouble.delete()


def _is_settled(missed: ScheduleTrouble) -> bool:
    """Return whether a missed window has been dealt with: the object is scheduled, changed since, or gone."""
    try:
        obj: Any = apps.get_model(missed.model)._base_manager.filter(pk=missed.object_id).first()
    except LookupError:  # its app is no longer installed
        return True
    if obj is None or schedules_of(obj).exists():
        return True
    return Revision.objects.for_instance(obj).filter(created_at__gt=missed.since).exists()
