"""App configuration of the column."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class QaConfig(AppConfig):
    """Questions, answers, topics and experts."""

    name = "qa"
    verbose_name = _("Questions and answers")

    def ready(self) -> None:
        """Connect the signal handlers; those of ``post_migrate`` make groups and search entries that are missing."""
        from qa.desk.chooser_start import start_choosers_by_script_file
        from qa.desk.reports.log_actions import label_every_action
        from qa.desk.roles import ensure_roles
        from qa.desk.searched_words import escape_searched_words
        from qa.desk.sign_in import proof
        from qa.desk.spreadsheets import defuse_every_export
        from qa.desk.uploads import limit_every_upload
        from qa.desk.usage_filter import filter_by_usage_while_searching
        from qa.links import inspecting
        from qa.pictures import receivers as pictures
        from qa.publishing import history, signal_handlers  # noqa: F401 - history registers its system check
        from qa.search import entries, receivers

        # Receivers of one signal run in the order in which they are connected: docs/architecture.md, "What acts when".
        pictures.connect()
        receivers.connect()
        inspecting.connect(self)
        signal_handlers.connect()
        proof.connect()
        defuse_every_export()
        label_every_action()
        limit_every_upload()
        escape_searched_words()
        filter_by_usage_while_searching()
        start_choosers_by_script_file()
        # After home (listed before qa), whose receiver makes the page that the permissions are for.
        post_migrate.connect(ensure_roles, sender=self, dispatch_uid="qa.ensure_roles")
        post_migrate.connect(entries.complete, sender=self, dispatch_uid="qa.search.complete")
