"""``manage.py purge_history``: removes old revisions and the log rows of autosave."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from qa.publishing.history import purge
from site_config.stopping import steps

_MOST_DAYS = 36_500


class Command(BaseCommand):
    """To be run now and then, by hand or from cron."""

    help = "Remove old revisions and log rows; never a revision that is live, scheduled, the latest, or in review."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--keep-days", type=int, required=True, help="what is younger than so many days stays")

    def handle(self, *args: Any, **options: Any) -> None:
        self.purge(options["keep_days"])

    def purge(self, days: int) -> None:
        """Purge, and say what was removed."""
        if not 0 <= days <= _MOST_DAYS:
            raise CommandError(f"The number of days must lie between 0 and {_MOST_DAYS}.")
        revisions, log_rows = purge(
            timezone.now(), timedelta(days=days), lambda batches: steps(batches, "batch", "batches")
        )
        self.stdout.write(f"Removed {revisions} revisions and {log_rows} log rows older than {days} days.")
