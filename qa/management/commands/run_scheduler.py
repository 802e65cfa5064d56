"""``manage.py run_scheduler``: publishes scheduled answers and takes down expired ones, on time."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from qa.publishing.clock import report, run_until_stopped
from qa.publishing.due import publish_due


class Command(BaseCommand):
    """Runs until it is stopped, or once for cron."""

    help = "Publish scheduled answers and take down expired ones, until stopped (or once, for cron)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one run, then exit; exit code 1 if anything failed")
        parser.add_argument("--interval", type=float, default=5, help="seconds between two runs (default: 5)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["interval"] <= 0:
            raise CommandError("--interval must be more than 0 seconds.")
        if not options["once"]:
            run_until_stopped(options["interval"])
            return
        outcome = publish_due()
        report(outcome)
        if outcome.failed or outcome.missed:
            raise CommandError(f"{len(outcome.failed)} failed, {len(outcome.missed)} missed their window; see the log.")
