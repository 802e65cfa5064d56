"""``manage.py rebuild_search``: the entries and the index of the readers' search, made right."""

from typing import Any

from django.core.management.base import BaseCommand

from qa.search.entries import rebuild
from site_config.stopping import steps


class Command(BaseCommand):
    """To be run after LANGUAGE_CODE has changed, or when the log asks for it; needed by nothing else."""

    help = "Make the entries of the readers' search right; needed after LANGUAGE_CODE has changed."

    def handle(self, *args: Any, **options: Any) -> None:
        number = rebuild(lambda batches: steps(batches, "batch", "batches"))
        self.stdout.write(f"The search knows {number} question{'' if number == 1 else 's'}.")
