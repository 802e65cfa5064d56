"""Starts ``manage.py`` commands as processes of their own, on the test's database."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
#: The least that production needs.
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "site_config.settings.production",
    "SECRET_KEY": "a" * 25 + "b" * 25 + "0123456789",
    "ALLOWED_HOSTS": "example.org",
}


def database_url() -> str:
    """Return the address of the database that this test works on, as ``TEST_DATABASE_URL`` is written."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["TEST_DATABASE_URL"])._replace(path=f"/{name}").geturl()


def start(*command: str, log: Path) -> subprocess.Popen:
    """Start a command of ``manage.py``; what it says is added to ``log``."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "site_config.settings.test",
        "TEST_DATABASE_URL": database_url(),
        "TEST_PROCESS": "yes",
        "PYTHONUNBUFFERED": "1",
    }
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, stdout=output, stderr=output
        )


@contextmanager
def running(*command: str, log: Path) -> Iterator[subprocess.Popen]:
    """The same for as long as the block runs; it is killed if it is left running."""
    process = start(*command, log=log)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def wait_for(condition: Callable[[], object], seconds: float = 60) -> bool:
    """Ask every tenth of a second; return whether it came true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


def manage(*arguments, **variables):
    """Run manage.py in a process of its own, with nothing in the environment but what is given."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=kept | {"DJANGO_SETTINGS_MODULE": "site_config.settings.dev"} | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
