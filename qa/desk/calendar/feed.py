"""Calendar feed for calendar programs: iCalendar (RFC 5545) at a private address that can be revoked."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView
from icalendar import Calendar, Event
from wagtail.admin import messages
from wagtail.admin.auth import user_has_any_page_permission
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from qa.desk.calendar.entries import Entry, entries
from qa.models import CalendarAddress

#: What the feed holds around today.
PAST, FUTURE = timedelta(days=90), timedelta(days=366)
#: How often a program may ask again (RFC 7986, 5.7).
REFRESH = timedelta(hours=1)


@require_safe
@cache_control(private=True, no_store=True)
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Answer the calendar of the account that the secret belongs to; 404 if it is revoked or may no longer sign in."""
    user = CalendarAddress.owner_of(secret)
    if user is None or not _works_here(user):
        raise Http404
    with timezone.override(_zone_of(user)):
        content = calendar_of(user, timezone.now())
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["X-Robots-Tag"] = "noindex"
    return response


def _works_here(user: AbstractUser) -> bool:
    return user.is_active and user.has_perm("wagtailadmin.access_admin") and user_has_any_page_permission(user)


def _zone_of(user: AbstractUser) -> str:
    profile = getattr(user, "wagtail_userprofile", None)
    return profile.get_current_time_zone() if profile else settings.TIME_ZONE


def calendar_of(user: AbstractUser, now: datetime) -> bytes:
    """Return the calendar as a program reads it: moments in UTC, planned days as days."""
    calendar = Calendar()
    name = _("%(site)s: the desk") % {"site": settings.WAGTAIL_SITE_NAME}
    calendar.add("prodid", "-//Asked and Answered//Desk//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)  # what programs read that do not know RFC 7986
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    today = timezone.localdate(now)
    for entry in entries(today - PAST, today + FUTURE, user):
        calendar.add_component(_event(entry, now))
    return calendar.to_ical()


def _event(entry: Entry, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{entry.kind}-{entry.page_id}@{_host()}")  # one entry moves when the question does
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", entry.moment.astimezone(UTC) if entry.moment else entry.day)
    event.add("summary", f"{entry.label}: {entry.title}")
    event.add("url", _absolute(reverse("wagtailadmin_pages:edit", args=[entry.page_id])))
    event.add("transp", "TRANSPARENT")  # nobody is busy because of it
    return event


def _absolute(path: str) -> str:
    return f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}{path}"


def _host() -> str:
    return settings.WAGTAILADMIN_BASE_URL.split("://")[-1].split("/")[0]


class SubscribeView(WagtailAdminTemplateMixin, TemplateView):
    """Makes the private address, shows it once, and revokes it."""

    template_name = "qa/desk/subscribe.html"
    page_title = gettext_lazy("Calendar in other programs")
    header_icon = "calendar"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("qa_calendar"), "label": _("Calendar")},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add since when there is an address."""
        address = CalendarAddress.objects.filter(user=self.request.user).first()
        return {**super().get_context_data(**kwargs), "made_at": address and address.made_at}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Make a new address, which is in this one answer only; or revoke the one there is."""
        address = ""
        if request.POST.get("action") == "make":
            secret = CalendarAddress.make(request.user, timezone.now())
            address = _absolute(reverse("qa:calendar_feed", args=[secret]))
        else:
            CalendarAddress.objects.filter(user=request.user).delete()
            messages.success(request, _("The address is revoked: programs that use it get nothing any more."))
        response = self.render_to_response(self.get_context_data(address=address))
        response["Cache-Control"] = "no-store"
        return response
