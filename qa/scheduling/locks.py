"""Locks under which scheduled changes are made, so that several runs at once make each of them once."""

import logging
from contextlib import suppress
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Model, QuerySet
from django.utils import timezone
from wagtail.models import Revision

from qa.scheduling.due import Change

logger = logging.getLogger(__name__)
#: A change that is later than this is published however many runs are at work.
OUT_OF_TURN = timedelta(seconds=30)
_TURNS = 0x71A  # the advisory locks of this column; any number that nothing else in the database uses


def has_turn(change: Change) -> bool:
    """Return whether one of the two advisory locks could be taken, which are held until the commit (PostgreSQL only).

    More than two runs do not publish more: on two processors eight need twice the processor time for each page. What is
    late all the same is published without a lock, in case a run that was cut off still holds one.
    """
    if connection.vendor != "postgresql" or timezone.now() - change.due_at > OUT_OF_TURN:
        return True
    with connection.cursor() as cursor:
        lock = "pg_try_advisory_xact_lock(%s, %s)"
        cursor.execute(f"SELECT CASE WHEN {lock} THEN true ELSE {lock} END", [_TURNS, 1, _TURNS, 2])
        return cursor.fetchone()[0]


def lock_object(change: Change) -> Model | None:
    """Return the object with its row locked; ``None`` while another run or the desk works on it, or if it is gone.

    SQLite's transactions are immediate here (``site_config.env.sqlite``), which is a lock already.
    """
    if change.model is not None:
        with suppress(ValueError, ValidationError):  # no key of this model: its primary keys were regenerated
            rows = change.model._base_manager.filter(pk=change.object_id)
            obj = locked(rows).first()
            if obj is not None or rows.exists():
                return obj
    drop_schedule(change, "is gone")
    return None


def drop_schedule(change: Change, why: str) -> None:
    """Take the time of publication from a revision that will never be published, and log why."""
    Revision.objects.filter(pk=change.revision_id).update(approved_go_live_at=None)
    logger.warning("“%s” %s; its schedule is dropped.", change.title, why)


def locked(rows: QuerySet) -> QuerySet:
    """Return rows that are locked when they are read; those that somebody else has locked are left out."""
    if connection.features.has_select_for_update_skip_locked:
        # no_key: rows that refer to the page, as a reader's or an editor's session, may still be written.
        return rows.select_for_update(skip_locked=True, of=("self",), no_key=True)
    return rows
