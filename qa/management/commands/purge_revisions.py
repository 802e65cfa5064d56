"""``manage.py purge_revisions``: takes the place of Wagtail's command, which removes live revisions, too."""

from typing import Any

from django.core.management.base import CommandParser

from qa.management.commands import purge_history


class Command(purge_history.Command):
    """The same as ``purge_history --keep-days``, with the option's name that cron lines for Wagtail use."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, required=True, help="what is younger than so many days stays")

    def handle(self, *args: Any, **options: Any) -> None:
        self.purge(options["days"])
