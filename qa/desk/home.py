"""What the desk's front page says: how the schedule is kept, and what waits for whoever signs in."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.site_summary import SummaryItem
from wagtail.admin.ui.components import Component
from wagtail.admin.views.home import UserObjectsInWorkflowModerationPanel, WorkflowObjectsToModeratePanel
from wagtail.models import Page, Revision
from wagtail.permissions import policy_registry

from qa.desk.waiting import Waiting, waiting_for
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


class WaitingPanel(Component):
    """What waits for the account: drafts, reviews, the schedule, review dates, searches, topics."""

    name = "waiting"
    template_name = "qa/desk/waiting.html"
    order = 60

    def __init__(self, request: HttpRequest):
        self.request = request

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """Add the lists; moments are shown in the editor's time zone."""
        return {"lists": _lists(self.request), "zone": timezone.get_current_timezone_name()}


class WaitingCount(SummaryItem):
    """How long one of the lists is, as a line of the site summary that leads to it."""

    template_name = "qa/desk/waiting_count.html"
    order = 200

    def __init__(self, request: HttpRequest, waiting: Waiting):
        super().__init__(request)
        self.waiting = waiting

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """Add the list."""
        return {"waiting": self.waiting}


def _lists(request: HttpRequest) -> list[Waiting]:
    """Return what waits, asked for once a request."""
    if not hasattr(request, "waiting_at_the_desk"):
        request.waiting_at_the_desk = waiting_for(request.user, timezone.now())
    return request.waiting_at_the_desk


def add_waiting(request: HttpRequest, panels: list[Component]) -> None:
    """Add the lists in place of Wagtail's two on reviews: those name everything, with queries for each line."""
    stock = (WorkflowObjectsToModeratePanel, UserObjectsInWorkflowModerationPanel)
    panels[:] = [panel for panel in panels if not isinstance(panel, stock)]
    panels.append(WaitingPanel(request))


def add_counts(request: HttpRequest, items: list[SummaryItem]) -> None:
    """Add the length of each list to the site summary."""
    items += [WaitingCount(request, waiting) for waiting in _lists(request)]
