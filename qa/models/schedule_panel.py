"""The dialog in which an editor sets when a question appears."""

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from wagtail.admin.panels import PublishingPanel


class SchedulePanel(PublishingPanel):
    """Wagtail's dialog, which also says in whose time its fields are (wagtail/wagtail#4890)."""

    class BoundPanel(PublishingPanel.BoundPanel):
        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """Add the sentence: the time zone is the editor's own, which Wagtail activates for each request."""
            sentence = gettext("Times are in the time zone of your account, %(zone)s, where it is now %(time)s.")
            now = {
                "zone": timezone.get_current_timezone_name(),
                "time": date_format(timezone.localtime(), "TIME_FORMAT"),
            }
            return super().get_context_data(parent_context) | {"message_description": sentence % now}
