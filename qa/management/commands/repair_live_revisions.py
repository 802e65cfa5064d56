"""``manage.py repair_live_revisions``: gives a live revision to every live page or snippet that has none."""

from typing import Any

from django.core.management.base import BaseCommand
from wagtail.models import Page

from qa.publishing.draft_models import models_with_drafts
from qa.publishing.history import give_live_revision, without_live_revision
from site_config.stopping import steps


class Command(BaseCommand):
    """What readers see and what editors draft stays as it is."""

    help = "Give live pages and snippets without live revision one: scheduling an update would take them offline."

    def handle(self, *args: Any, **options: Any) -> None:
        number = 0
        for model in models_with_drafts():
            for found in steps(without_live_revision(model).iterator(), "object", bar=False):
                give_live_revision(found)
                self.stdout.write(str(found.specific if isinstance(found, Page) else found))
                number += 1
        self.stdout.write(f"{number} repaired.")
