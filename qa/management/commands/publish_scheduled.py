"""``manage.py publish_scheduled``: takes the place of Wagtail's command, so that cron lines written for it do ours."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from qa.scheduling.due import due_changes
from qa.scheduling.scheduler import run_once


class Command(BaseCommand):
    """The same as ``run_scheduler --once``."""

    help = "Publish what is due and take down what has expired, once; exit code 1 if anything failed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dryrun", action="store_true", help="only list what is due")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dryrun"]:
            for change in due_changes(timezone.now()):
                what = "publish" if change.revision_id else "take down"
                self.stdout.write(f"{change.due_at.isoformat(timespec='seconds')}  {what}  {change.title}")
        elif complaint := run_once():
            raise CommandError(f"{complaint}; see the log.")
