"""Loop of a long-running process: repeats a step until a signal, also when the database goes away and comes back."""

import logging
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from site_config.stopping import GRACE

logger = logging.getLogger(__name__)

_LONGEST_RECONNECT = 5.0  # seconds between two attempts to reach a database that is away


def run_until_stopped(
    name: str, step: Callable[[threading.Event], float], on_stop: Callable[[], None] = lambda: None
) -> None:
    """Call ``step`` until SIGTERM or SIGINT; to be called in the main thread.

    ``step`` gets the event that is set by the signal and returns how many seconds to wait until its next call;
    ``on_stop`` is called by the signal. A step that goes on for longer than ``GRACE`` is broken off by ``SystemExit``,
    which rolls its transaction back; a second signal ends the process where it is. A database that is away is reported
    and tried again, so that nobody has to restart the process. ``name`` is what the log calls it.
    """
    stop = threading.Event()

    def stop_soon(number: int, frame: FrameType | None) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)
        signal.alarm(GRACE)
        on_stop()

    signal.signal(signal.SIGALRM, _break_off)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop_soon)
    logger.info("%s started.", name)
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
    signal.alarm(0)
    close_old_connections()
    logger.info("%s stopped.", name)


def _break_off(number: int, frame: FrameType | None) -> None:
    sys.exit(1)
