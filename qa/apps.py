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
        from qa.publishing import (
            addresses,
            after,
            content_version,
            drafts,
            history,  # noqa: F401 - registers its system check
            inspecting,
            outer_caches,
            search_entries,
            versions,
        )

        after.connect()
        addresses.connect()
        content_version.connect()
        drafts.connect()
        inspecting.connect(self)
        outer_caches.connect()
        versions.connect()
        defuse_every_export()
        # After home (listed before qa), whose receiver makes the page that the permissions are for.
        post_migrate.connect(ensure_roles, sender=self, dispatch_uid="qa.ensure_roles")
        post_migrate.connect(search_entries.complete, sender=self, dispatch_uid="qa.search.complete")
