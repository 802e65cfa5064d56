"""The front page and the site-wide settings."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    """Front page and settings."""

    name = "home"
    verbose_name = _("Front page")

    def ready(self) -> None:
        """Let a new database start with an empty column."""
        from home.first_pages import create_first_pages

        post_migrate.connect(create_first_pages, sender=self, dispatch_uid="home.create_first_pages")
