"""Scheduler loop, which publishes on time."""

import threading
from datetime import datetime

from django.utils import timezone

from qa.models import BinnedItem, ContentChange, SchedulerHeartbeat
from qa.models.records.schedule import HEARTBEAT_INTERVAL
from qa.publishing.opened_versions import forget_opened_versions
from qa.scheduling import alarm
from qa.scheduling.due import next_moment
from qa.scheduling.publisher import publish_due
from qa.scheduling.troubles import tidy
from qa.search.visitors import forget_visitors
from qa.tasks.loop import run_until_stopped

#: How often the next due moment is looked up (seconds): a schedule that is set meanwhile is noticed within it.
POLL = 1.0


def run() -> None:
    """Publish what is due, each at its time, until SIGTERM or SIGINT; to be called in the main thread.

    A signal stops it before the next object.
    """
    run_until_stopped("Scheduler", step)


def step(stop: threading.Event) -> float:
    """Publish what is due now; return how many seconds to sleep until the next look."""
    now = timezone.now()
    due = next_moment(now)
    if due is not None and due <= now:
        publish_due(now, stop.is_set)
    if SchedulerHeartbeat.beat(timezone.now(), every=HEARTBEAT_INTERVAL):
        look_after(now)
    # What another run has locked stays due: without a pause this loop would spin on it.
    return POLL if due is None or due <= now else min(POLL, max(0.0, (due - timezone.now()).total_seconds()))


def run_once() -> str:
    """Publish what is due, for cron; return what an operator has to hear, ``""`` if all went well."""
    now = timezone.now()
    outcome = publish_due(now)
    SchedulerHeartbeat.beat(now)
    look_after(now).join()
    return outcome.complaint


def look_after(now: datetime) -> threading.Thread:
    """Forget what is over (trouble, yesterday's visitors, forms of long ago, the bin), and tell of trouble.

    Returns the thread that sends the mail.

    It is a thread because a mail server that does not answer must not keep an answer from being published on time.
    """
    tidy(now)
    ContentChange.add_up()
    forget_visitors(now)
    forget_opened_versions(now)
    BinnedItem.empty(now)
    return alarm.tell_administrators(now)
