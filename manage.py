#!/usr/bin/env python3
"""Django's command line, with a clear sentence where a traceback would help nobody."""

import os
import sys


def main() -> None:
    """Run the command given in ``sys.argv``; a signal ends it with one sentence, 130 for Ctrl+C or 143."""
    from site_config.stopping import Stopped, listen  # needs nothing that has to be installed

    listen()
    try:
        _run()
    except Stopped as stop:
        print(stop, file=sys.stderr)  # noqa: T201 - to the operator
        sys.exit(stop.exit_code)


def _run() -> None:
    """Run the command; exit 1 with one sentence if the site cannot start."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings.dev")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
        from django.db import OperationalError

        from site_config.env import load_dotenv
    except ImportError as error:
        sys.exit(f"{error}. Run `make install` first, or call .venv/bin/python manage.py.")

    load_dotenv()
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"The configuration is not complete: {error}")
    except OperationalError as error:
        if os.environ.get("TRACEBACK"):
            raise
        sys.exit(_database_sentence(error))


def _database_sentence(error: Exception) -> str:
    """Say which database failed and why, in one sentence and without the password."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    place = str(database["NAME"])
    if database.get("HOST"):
        place += f" on {database['HOST']}:{database.get('PORT') or 5432}"
    reason = " ".join(str(error).split()).rstrip("?.") or type(error).__name__
    return (
        f"The database {place} cannot be used: {reason}. "
        "Check DATABASE_URL and that the server runs (TRACEBACK=1 shows where it failed)."
    )


if __name__ == "__main__":
    main()
