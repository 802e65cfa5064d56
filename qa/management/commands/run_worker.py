"""``manage.py run_worker``: does what changes have queued: mail, pictures, purging caches."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from qa.tasks.worker import run, run_once


class Command(BaseCommand):
    """Runs until it is stopped, or once for cron."""

    help = "Do what is queued (mail, pictures, purging caches) until stopped (or once, for cron)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due, then exit")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            run_once()
        else:
            run()
