"""Log of what was there before, for what has no versions: redirects and promoted results."""

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext, gettext_lazy
from wagtail.log_actions import LogActionRegistry, LogFormatter, log

CHANGED = "qa.changed"


def log_change(instance: Model, before: dict[str, str], after: dict[str, str]) -> None:
    """Log what was there before a change, by the labels of the form; nothing where nothing has changed."""
    was = {label: text for label, text in before.items() if after.get(label) != text}
    if was:
        log(instance=instance, action=CHANGED, data={"was": was})


class _ChangedFormatter(LogFormatter):
    label = gettext_lazy("Change")

    def format_message(self, log_entry: Any) -> str:
        """Name what was there, so that it can be typed in again."""
        was = "; ".join(f"{label}: {text}" for label, text in log_entry.data.get("was", {}).items())
        return gettext("Changed. Before that it was: %(was)s") % {"was": was}


def register_log_action(actions: LogActionRegistry) -> None:
    """Let Wagtail's log know the action."""
    actions.register_action(CHANGED)(_ChangedFormatter)
