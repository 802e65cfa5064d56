"""``manage.py load_demo``: the demo column, with one account per role."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from home.demo_front_page import is_bare, write_front_page
from qa.demo.loading import load
from site_config.stopping import steps


class Command(BaseCommand):
    """Adds what is missing of the demo column; what is there stays as it is."""

    help = "Add the demo column: letters, topics, experts, settings, groups and one account per role."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--accounts",
            type=Path,
            default=settings.VAR_DIR / "accounts.json",
            help="where the passwords are kept (default: var/accounts.json)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load(options["accounts"], steps)
        if loaded.featured or is_bare():
            write_front_page()
        self.stdout.write(
            f"Loaded {loaded.letters} letters of the demo column."
            if loaded.letters
            else "The demo column is there already; nothing changed."
        )
