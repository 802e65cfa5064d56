"""Panels of the desk's front page: the state of the schedule and the queue, and the to-do lists."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from wagtail.admin.site_summary import SummaryItem
from wagtail.admin.ui.components import Component
from wagtail.admin.views.home import UserObjectsInWorkflowModerationPanel, WorkflowObjectsToModeratePanel
from wagtail.models import Page, Revision
from wagtail.permissions import policy_registry

from qa.desk.front_page.waiting import Waiting, waiting_for
from qa.models import ScheduleTrouble
from qa.scheduling.health import health
from qa.tasks import queue

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
    if may_publish(request.user):
        panels.append(SchedulePanel(request))


class QueuePanel(Component):
    """What keeps failing or waits for a worker, with a way to try again; nothing while all is well."""

    name = "queue"
    template_name = "qa/desk/queue.html"
    order = 55

    def __init__(self, request: HttpRequest):
        self.request = request

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """Add the state of the queue; moments are shown in the editor's time zone."""
        return {"state": queue.state(timezone.now()), "csrf_token": get_token(self.request)}


def add_queue(request: HttpRequest, panels: list[Component]) -> None:
    """Add the panel for those who publish."""
    if may_publish(request.user):
        panels.append(QueuePanel(request))


def try_again(request: HttpRequest) -> HttpResponse:
    """Let the worker try at once what keeps failing, and go back to the front page of the desk."""
    if not may_publish(request.user):
        raise PermissionDenied
    number = queue.try_again(timezone.now())
    messages.success(
        request,
        ngettext("%(number)d task is tried again.", "%(number)d tasks are tried again.", number) % {"number": number},
    )
    return redirect("wagtailadmin_home")


def urls() -> list[URLPattern]:
    """Return the address that the panel posts to."""
    return [path("queue/try-again/", require_POST(try_again), name="queue_try_again")]


def may_publish(user: AbstractBaseUser) -> bool:
    """Return whether an account may publish anything."""
    return policy_registry.get_by_type(Page).user_has_permission(user, "publish")


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
