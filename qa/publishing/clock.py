"""The loop that publishes on time."""

import logging
import signal
import threading

from django.db import OperationalError, close_old_connections

from qa.publishing.due import Outcome, publish_due

logger = logging.getLogger(__name__)


def run_until_stopped(interval: float) -> None:
    """Publish what is due every ``interval`` seconds until SIGTERM or SIGINT; to be called in the main thread.

    A database that is away is reported and tried again: the process must not need a hand to come back.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    logger.info("Scheduler started: looks for due publications every %g seconds.", interval)
    while not stop.is_set():
        close_old_connections()
        try:
            report(publish_due())
        except OperationalError as error:
            logger.warning("The database does not answer (%s); trying again.", " ".join(str(error).split()))
        stop.wait(interval)
    logger.info("Scheduler stopped.")


def report(outcome: Outcome) -> None:
    """Log what one run did, one line a title; a run that did nothing says nothing."""
    for title in outcome.published:
        logger.info("Published on schedule: %s", title)
    for title in outcome.expired:
        logger.info("Taken down on schedule: %s", title)
