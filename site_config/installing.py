"""Installer of the locked dependencies: ``python -m site_config.installing requirements.lock``.

Runs before anything is installed, so it needs nothing but Python's own library and pip (22.3, which Python 3.11.0
brings, or newer). pip is told to take the lock and nothing else, because what it finds out by itself changes from day
to day:

- ``--require-hashes`` and ``--no-deps``: nothing is looked for that the lock does not name. Without the second, pip up
  to 23.2 looks past the pin of a requirement with an extra (``coverage[toml]``) as soon as a newer release appears.
- ``--only-binary``: a source distribution would be built with whatever build tool is the newest today. Where there are
  no wheels (an unusual processor), ``PIP_ONLY_BINARY=:none:`` and a compiler do.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

_PINNED = re.compile(r"^[\w.-]+(?:\[[\w,.-]+\])?==", re.MULTILINE)
# What pip says once for each line of the lock; a wheel that lies on this machine is named by its path.
_TAKEN_UP = re.compile(
    r"^(?:Collecting|Processing|Requirement already satisfied:|Ignoring) (?:\S*/)?([\w.-]+?)(?:-\d|[\[=:\s])"
)
_EVERY = 15  # packages between two lines of progress where no terminal rewrites its line


def main(lock: str) -> int:
    """Install what ``lock`` names and say so while it goes on; return pip's exit status, its output only on failure."""
    total = len(_PINNED.findall(Path(lock).read_text(encoding="utf-8")))
    print(f"   {total} packages of {lock}, the first time about a minute", flush=True)  # noqa: T201
    status, output = _pip(
        *("install", "--no-input", "--progress-bar=off", "--require-hashes", "--no-deps", "--no-color"),
        *(() if "PIP_ONLY_BINARY" in os.environ else ("--only-binary=:all:",)),
        *("-r", lock),
        total=total,
    )
    if status == 0:
        status, output = _pip("check")  # a lock that lacks something is told now, not by an import one day
    if status:
        sys.stderr.write(f"{''.join(output)}\nThe packages of {lock} could not be installed; pip says why above.\n")
    return status


def _pip(*arguments: str, total: int = 0) -> tuple[int, list[str]]:
    """Run pip of this interpreter; return its exit status and the lines that it wrote."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    environment = os.environ | {"PYTHONUNBUFFERED": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    with subprocess.Popen(  # noqa: S603 - our own arguments
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", env=environment
    ) as pip:
        output = list(_reported(pip.stdout or (), total))
    return pip.returncode, output


def _reported(lines: Iterable[str], total: int) -> Iterable[str]:
    """Pass lines of pip on, and print how far it is."""
    start, end = ("\r", f"{'':<30}") if sys.stdout.isatty() else ("", "\n")
    count = 0
    for line in lines:
        yield line
        if taken_up := _TAKEN_UP.match(line):
            count += 1
            if end != "\n" or count % _EVERY == 0:
                print(f"{start}   {count} of {total}: {taken_up[1]}", end=end, flush=True)  # noqa: T201
        elif line.startswith("Installing collected packages"):
            print(f"{start}   All are here; now they are unpacked", flush=True)  # noqa: T201
            start = ""
    if start and count:
        print()  # noqa: T201


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python -m site_config.installing LOCKFILE")
    try:
        sys.exit(main(sys.argv[1]))
    except KeyboardInterrupt:
        sys.exit(130)  # pip has said so
