"""Runs a command of ``manage.py`` in a child of its own, which gets real signals at a chosen moment."""

import os
import re
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection, connections

import manage

#: What a command may print about its end, at most.
MOST_LINES = 8


def interrupted(
    *command: str, at: Callable[[Callable[[], None]], None], log: Path, signals: tuple[int, ...] = (signal.SIGINT,)
) -> tuple[int, str]:
    """Return the exit code of the command and what it printed; it must say its end in a few lines.

    ``at`` is called in the child, before the command, with the function that sends the signals: it arranges for that
    function to be called.
    """
    connections.close_all()  # a connection must not be shared with a child
    child = os.fork()
    if child == 0:
        code: Any = 70
        try:
            sys.stdout = sys.stderr = log.open("w", buffering=1)
            sys.argv = ["manage.py", *command]
            signal.signal(signal.SIGINT, signal.default_int_handler)  # it is ignored in the background of a script
            at(lambda: [os.kill(os.getpid(), number) for number in signals])
            manage.main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
            print(end.code)  # noqa: T201 - into the log
        except BaseException:  # noqa: BLE001 - the child must never come back into the test run
            traceback.print_exc()
        finally:
            os._exit(code)
    _pid, status = os.waitpid(child, 0)
    printed = log.read_text()
    assert "Traceback" not in printed, printed
    assert len(printed.splitlines()) <= MOST_LINES, printed
    return os.waitstatus_to_exitcode(status), printed


def at_statement(number: int, pattern: str = "") -> Callable[[Callable[[], None]], None]:
    """Return an ``at``: behind the ``number``-th SQL statement, or the ``number``-th that matches a pattern."""

    def arrange(send: Callable[[], None]) -> None:
        left = number

        def counting(execute: Callable, sql: str, *arguments: Any) -> Any:
            nonlocal left
            result = execute(sql, *arguments)
            if re.search(pattern, sql):
                left -= 1
                if left == 0:
                    send()
            return result

        connection.execute_wrappers.append(counting)

    return arrange


def at_call(owner: Any, name: str, number: int = 1, *, after: bool = False) -> Callable[[Callable[[], None]], None]:
    """Return an ``at``: before (or after) the ``number``-th call of a function."""

    def arrange(send: Callable[[], None]) -> None:
        function = getattr(owner, name)
        left = number

        def counting(*arguments: Any, **keywords: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0 and not after:
                send()
            result = function(*arguments, **keywords)
            if left == 0 and after:
                send()
            return result

        setattr(owner, name, counting)

    return arrange
