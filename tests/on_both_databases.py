"""Runs all tests on SQLite and, beside them, those that ask the database on PostgreSQL; behind ``make test``.

``python -m tests.on_both_databases [WORKERS]``; the exit code is 0 if both halves passed. Beside each other, because
either waits now and then, for a browser or for the clock, and the other one can use the processor. What the second half
says comes after what the first one says.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import BinaryIO

#: More processes do not help on any machine that was tried: each starts a browser and loads the site first.
MOST_WORKERS = 8


def workers(given: str) -> int:
    """Return how many processes the larger half gets: three for two cores, unless a number is given.

    Tests with a browser leave two thirds of a core to others (68 of them: 305 s, 169 s of processor time).
    """
    return min(int(given) if given.isdecimal() else (os.cpu_count() or 1) * 3 // 2, MOST_WORKERS)


def pytest(count: int, *options: str) -> list[str]:
    """Return the command for one half: who has nothing left to do takes tests from another process."""
    return [sys.executable, "-m", "pytest", "-n", str(count), "--dist", "worksteal", *options]


def follow(process: subprocess.Popen, output: BinaryIO) -> int:
    """Show what a process has written and goes on to write, until it ends; return its exit code."""
    ended = False
    while True:
        shutil.copyfileobj(output, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        if ended:
            return process.returncode
        ended = process.poll() is not None
        time.sleep(0 if ended else 0.2)


def main() -> int:
    count = workers("".join(sys.argv[1:]))
    selection = ("-m", "not same_on_every_database", "-o", "cache_dir=.pytest_cache/postgresql")
    smaller = [sys.executable, "-m", "tests.with_postgres", *pytest(max(1, count * 2 // 3), *selection)]
    with tempfile.NamedTemporaryFile() as written, Path(written.name).open("rb") as output:
        beside = subprocess.Popen(smaller, stdout=written, stderr=subprocess.STDOUT)  # noqa: S603 - our own command
        try:
            print("== Tests on SQLite", flush=True)  # noqa: T201
            code = subprocess.call(pytest(count), env=os.environ | {"TEST_DATABASE_URL": ""})  # noqa: S603
            print("== Tests on PostgreSQL", flush=True)  # noqa: T201
            return follow(beside, output) or code
        finally:
            beside.wait()  # Ctrl+C has reached it too, and it has a server to stop


if __name__ == "__main__":
    sys.exit(main())
