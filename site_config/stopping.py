"""Signal handling of ``manage.py``: SIGINT (Ctrl+C) and SIGTERM end a command between two of its steps.

A command that works through many things goes over them with ``steps``: the one under way is finished first, unless
that takes longer than ``GRACE`` or the signal comes twice. Then, and everywhere else, ``Stopped`` is raised on the
spot, which rolls back the transaction under way. (The scheduler and the worker, which run until they are stopped, have
a loop of their own: ``qa/tasks/loop.py``.)
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import TypeVar

#: How long a step may go on after the signal (seconds): supervisors kill after 5 or more.
GRACE = 3
_IMPATIENCE = 1.0  # seconds after the end has begun in which a signal is one more stroke of the same hand
_SIGNALS = (signal.SIGINT, signal.SIGTERM)

Step = TypeVar("Step")


class Stopped(KeyboardInterrupt):
    """A signal has stopped the command; it says how far the command had come, for whoever waits at the terminal.

    It is a ``KeyboardInterrupt`` because drivers and libraries know how to clean up after one, and because no
    ``except Exception`` may swallow it.
    """

    def __init__(self, number: int, so_far: str = "") -> None:
        super().__init__(number)
        self.number = number
        self.so_far = so_far

    @property
    def exit_code(self) -> int:
        """Return what shells expect of a command that a signal has ended."""
        return 128 + self.number

    def __str__(self) -> str:
        return f"Stopped by {signal.Signals(self.number).name}{self.so_far}."


class _State:
    """What this process has heard, and what it is doing."""

    heard: int | None = None  # the signal that came while a step was under way
    raised_at: float | None = None  # when ``Stopped`` was raised last
    clock: threading.Timer | None = None  # sends the signal again when the grace is over
    is_in_step = False
    so_far = ""
    on_stop: Callable[[], None] | None = None


_state = _State()


def listen() -> None:
    """Raise ``Stopped`` at both signals from now on; to be called in the main thread, before everything else.

    A signal that is ignored (as Ctrl+C is by a command in a script's background) stays ignored.
    """
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _heard)


def steps(
    items: Iterable[Step],
    unit: str,
    plural: str = "",
    *,
    bar: bool = True,
    on_stop: Callable[[], None] | None = None,
) -> Iterator[Step]:
    """Yield the items, with a bar on a terminal; raises ``Stopped`` behind the item at which a signal came.

    ``unit`` says what they are; ``on_stop`` is called by the signal, for work that can be told to end early.
    """
    from tqdm import tqdm  # not before a command needs it: `manage.py` imports this module first of all

    total = len(items) if hasattr(items, "__len__") else None
    done = 0
    try:
        for item in tqdm(items, unit=unit, leave=False, disable=None if bar else True):
            _state.on_stop, _state.is_in_step = on_stop, True
            yield item
            done += 1
            name = unit if (total or done) == 1 else plural or f"{unit}s"
            _state.so_far = f" after {done} of {total} {name}" if total else f" after {done} {name}"
            _state.is_in_step = False
            if _state.heard is not None:
                raise _stopped(_state.heard)
    finally:
        if _state.clock:
            _state.clock.cancel()
        _state.on_stop, _state.is_in_step, _state.so_far = None, False, ""
        _state.heard = _state.clock = None


def _heard(number: int, frame: FrameType | None) -> None:
    if _state.raised_at is not None and time.monotonic() - _state.raised_at < _IMPATIENCE:
        return
    if not _state.is_in_step or _state.heard is not None:
        raise _stopped(number)
    _state.heard = number
    _state.clock = threading.Timer(GRACE, os.kill, (os.getpid(), number))
    _state.clock.daemon = True
    _state.clock.start()
    if _state.on_stop:
        _state.on_stop()


def _stopped(number: int) -> Stopped:
    _state.raised_at = time.monotonic()
    return Stopped(_state.heard or number, _state.so_far)
