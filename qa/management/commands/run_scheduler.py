"""``manage.py run_scheduler``: publishes scheduled answers and takes down expired ones, on time."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from qa.scheduling.scheduler import run, run_once


class Command(BaseCommand):
    """Runs until it is stopped, or once for cron."""

    help = "Publish scheduled answers and take down expired ones, until stopped (or once, for cron)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one run, then exit; exit code 1 if anything failed")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["once"]:
            run()
        elif complaint := run_once():
            raise CommandError(f"{complaint}; see the log.")
