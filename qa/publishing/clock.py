"""The loop that publishes on time."""

import logging
import signal
import threading
from datetime import datetime, timedelta
from types import FrameType

from django.db import DatabaseError, InterfaceError, close_old_connections, connections
from django.utils import timezone

from qa.models import SchedulerHeartbeat
from qa.publishing import alarm
from qa.publishing.due import next_moment, publish_due, tidy

logger = logging.getLogger(__name__)

#: How often the next due moment is looked up (seconds): a schedule that is set meanwhile is noticed within it.
POLL = 1.0
#: How often the heartbeat is written, trouble that is over is forgotten and administrators are told of what is not.
HEARTBEAT = timedelta(seconds=15)
_LONGEST_RECONNECT = 5.0  # seconds between two attempts to reach a database that is away


def run_until_stopped() -> None:
    """Publish what is due, each at its time, until SIGTERM or SIGINT; to be called in the main thread.

    A database that is away is reported and tried again: the process must not need a hand to come back. A signal stops
    it before the next object; a second one also while it waits for the database.
    """
    stop = threading.Event()

    def stop_soon(number: int, frame: FrameType | None) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop_soon)
    logger.info("Scheduler started.")
    away = 0
    while not stop.is_set():
        close_old_connections()
        try:
            pause = step(stop)
        except (DatabaseError, InterfaceError) as error:  # also tables that are not migrated yet
            connections.close_all()
            away += 1
            pause = min(float(away), _LONGEST_RECONNECT)
            logger.warning(
                "The database does not answer (%s); trying again in %g seconds.", " ".join(str(error).split()), pause
            )
        else:
            if away:
                logger.info("The database answers again.")
            away = 0
        stop.wait(pause)
    close_old_connections()
    logger.info("Scheduler stopped.")


def step(stop: threading.Event) -> float:
    """Publish what is due now; return how many seconds to sleep until the next look."""
    now = timezone.now()
    due = next_moment(now)
    if due is not None and due <= now:
        publish_due(now, stop.is_set)
    if SchedulerHeartbeat.beat(timezone.now(), every=HEARTBEAT):
        look_after(now)
    # What could not be done because another run holds its lock is due still: it is not asked for without a pause.
    return POLL if due is None or due <= now else min(POLL, max(0.0, (due - timezone.now()).total_seconds()))


def run_once() -> str:
    """Publish what is due, for cron; return what an operator has to hear, ``""`` if all went well."""
    now = timezone.now()
    outcome = publish_due(now)
    SchedulerHeartbeat.beat(now)
    look_after(now).join()
    return outcome.complaint


def look_after(now: datetime) -> threading.Thread:
    """Forget trouble that is over and tell administrators of what is not; return the thread that sends the mail.

    It is a thread because a mail server that does not answer must not keep an answer from being published on time.
    """
    tidy(now)
    return alarm.tell_administrators(now)
