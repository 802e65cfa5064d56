"""Views of the desk's calendar: what was published, goes live, expires or is planned, by month or week."""

from calendar import Calendar
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format, get_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.auth import user_has_any_page_permission
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from qa.desk.calendar.clock_changes import FIRST_YEAR, LAST_YEAR
from qa.desk.calendar.entries import Entry, entries
from qa.desk.reach import where_to_add

#: Entries that a day of the month shows; the week shows all of them.
MOST_IN_MONTH = 6


@dataclass(frozen=True)
class Day:
    """One day, what stands on it, and how many entries there is no room for."""

    date: date
    entries: list[Entry]
    more: int
    is_today: bool
    is_outside: bool  # of the month that is shown
    week_url: str


@dataclass(frozen=True)
class Week:
    """Seven days, from the first one of the week in the editor's language."""

    days: list[Day]

    @property
    def is_empty(self) -> bool:
        """Return whether nothing happens in it: readers will find nothing new."""
        return not any(day.entries for day in self.days)


class CalendarPage(WagtailAdminTemplateMixin, TemplateView):
    """One span of days; without JavaScript a list of links, on a wide screen a grid."""

    template_name = "qa/desk/calendar.html"
    page_title = gettext_lazy("Calendar")
    header_icon = "calendar"
    span = ""  # "month" or "week"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any):
        """Refuse accounts that work on no page."""
        if not user_has_any_page_permission(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def today(self) -> date:
        """Today in the editor's time zone."""
        return timezone.localdate()

    @cached_property
    def day(self) -> date:
        """The day that the address names, else today; 404 for a day that is none or lies too far away."""
        if "year" not in self.kwargs:
            return self.today
        try:
            day = date(self.kwargs["year"], self.kwargs["month"], self.kwargs.get("day", 1))
        except (ValueError, OverflowError):
            raise Http404 from None
        if not FIRST_YEAR < day.year < LAST_YEAR:
            raise Http404
        return day

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": reverse("qa_calendar"), "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the weeks and the ways from here."""
        return {
            **super().get_context_data(**kwargs),
            "weeks": self.weeks(),
            "span": self.span,
            "heading": self.heading(),
            "zone": timezone.get_current_timezone_name(),
            "now": timezone.now(),
            "weekdays": [WEEKDAYS_ABBR[(self.first_weekday + number) % 7] for number in range(7)],
            "previous_url": self.address(self.previous()),
            "next_url": self.address(self.next()),
            "today_url": self.address(self.today),
            "month_url": month_address(self.day),
            "week_url": week_address(self.day),
            "add_url": where_to_add(self.request.user),
            "today": self.today,
        }

    @cached_property
    def first_weekday(self) -> int:
        """The weekday that weeks begin with in the editor's language; 0 is Monday (Django counts from Sunday)."""
        return (int(get_format("FIRST_DAY_OF_WEEK")) - 1) % 7

    def weeks(self) -> list[Week]:
        """Return the weeks that are shown, with what happens on their days."""
        days = self.days()
        on_day: dict[date, list[Entry]] = defaultdict(list)
        for entry in entries(days[0], days[-1], self.request.user):
            on_day[entry.day].append(entry)
        made = [self._day(day, on_day[day]) for day in days]
        return [Week(made[start : start + 7]) for start in range(0, len(made), 7)]

    def _day(self, day: date, found: list[Entry]) -> Day:
        shown = found[:MOST_IN_MONTH] if self.span == "month" else found
        outside = self.span == "month" and (day.year, day.month) != (self.day.year, self.day.month)
        return Day(day, shown, len(found) - len(shown), day == self.today, outside, week_address(day))


class MonthView(CalendarPage):
    """A month, in whole weeks."""

    span = "month"

    def days(self) -> list[date]:
        return list(Calendar(self.first_weekday).itermonthdates(self.day.year, self.day.month))

    def heading(self) -> str:
        return date_format(self.day, "YEAR_MONTH_FORMAT")

    def previous(self) -> date:
        return self.day.replace(day=1) - timedelta(days=1)

    def next(self) -> date:
        return self.day.replace(day=28) + timedelta(days=4)

    def address(self, day: date) -> str:
        return month_address(day)


class WeekView(CalendarPage):
    """The week in which a day lies."""

    span = "week"

    def days(self) -> list[date]:
        first = self.day - timedelta(days=(self.day.weekday() - self.first_weekday) % 7)
        return [first + timedelta(days=number) for number in range(7)]

    def heading(self) -> str:
        days = self.days()
        return _("%(first)s to %(last)s") % {"first": date_format(days[0]), "last": date_format(days[-1])}

    def previous(self) -> date:
        return self.day - timedelta(days=7)

    def next(self) -> date:
        return self.day + timedelta(days=7)

    def address(self, day: date) -> str:
        return week_address(day)


def month_address(day: date) -> str:
    """Return the address of the month in which ``day`` lies."""
    return reverse("qa_calendar_month", args=[day.year, day.month])


def week_address(day: date) -> str:
    """Return the address of the week in which ``day`` lies."""
    return reverse("qa_calendar_week", args=[day.year, day.month, day.day])


class _CalendarItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return user_has_any_page_permission(request.user)


def menu_item() -> MenuItem:
    """Return the calendar's entry of the menu."""
    return _CalendarItem(
        CalendarPage.page_title, reverse("qa_calendar"), name="calendar", icon_name="calendar", order=160
    )
