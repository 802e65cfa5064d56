"""``manage.py clean_pictures``: stored pictures without the metadata that cameras and programs wrote into them."""

from typing import Any

from django.core.management.base import BaseCommand

from qa.pictures.stored import clean_stored
from site_config.stopping import steps


class Command(BaseCommand):
    """To be run once after the upgrade from a version that stored pictures as they came; twice is harmless."""

    help = "Remove metadata (place, camera, author) from stored pictures; what is uploaded now has none."

    def handle(self, *args: Any, **options: Any) -> None:
        done = clean_stored(lambda rows: steps(rows, "picture"))
        for name in done.broken:
            self.stderr.write(f"{name} cannot be read")
        self.stdout.write(f"Removed metadata from {done.cleaned} of {done.files} files.")
