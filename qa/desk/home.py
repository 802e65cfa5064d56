"""What the desk's front page says about the schedule."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.ui.components import Component
from wagtail.models import Page, Revision
from wagtail.permissions import policy_registry

from qa.models import ScheduleTrouble
from qa.publishing.health import health

_MOST_SHOWN = 10


class SchedulePanel(Component):
    """What is overdue and since when nobody has looked; when all is well, a line that names what comes next."""

    name = "schedule"
    template_name = "qa/desk/schedule.html"
    order = 50  # above Wagtail's panels: what is here must not be scrolled for

    def __init__(self, request: HttpRequest):
        self.request = request

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """Add the state of the schedule; moments are shown in the editor's time zone."""
        state = health(timezone.now())
        return {
            "state": state,
            "troubles": list(ScheduleTrouble.objects.all()[:_MOST_SHOWN]),
            "next": Revision.objects.filter(approved_go_live_at__gt=state.now)
            .defer("content")
            .order_by("approved_go_live_at")
            .first(),
            "zone": timezone.get_current_timezone_name(),
        }


def add_schedule(request: HttpRequest, panels: list[Component]) -> None:
    """Add the panel for those who publish."""
    if policy_registry.get_by_type(Page).user_has_permission(request.user, "publish"):
        panels.append(SchedulePanel(request))
