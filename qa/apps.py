"""The column."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class QaConfig(AppConfig):
    """Questions, answers, topics and experts."""

    name = "qa"
    verbose_name = _("Questions and answers")

    def ready(self) -> None:
        """Connect what follows a change, and let a new database start with its groups, an older one with its search."""
        from qa.desk.roles import ensure_roles
        from qa.desk.spreadsheets import defuse_every_export
        from qa.links import inspecting
        from qa.publishing import (
            content_version,
            drafts,
            gone_addresses,
            history,  # noqa: F401 - registers its system check
            outer_caches,
            revision_rewrites,
            signal_handlers,
            slug_redirects,
        )
        from qa.search import entries, receivers

        signal_handlers.connect()
        slug_redirects.connect()
        receivers.connect()
        gone_addresses.connect()
        content_version.connect()
        drafts.connect()
        inspecting.connect(self)
        outer_caches.connect()
        revision_rewrites.connect()
        defuse_every_export()
        # After home (listed before qa), whose receiver makes the page that the permissions are for.
        post_migrate.connect(ensure_roles, sender=self, dispatch_uid="qa.ensure_roles")
        post_migrate.connect(entries.complete, sender=self, dispatch_uid="qa.search.complete")
