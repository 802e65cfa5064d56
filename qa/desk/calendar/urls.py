"""URL patterns of the calendar in the desk."""

from django.urls import URLPattern, path

from qa.desk.calendar.feed import SubscribeView
from qa.desk.calendar.moving import MoveView
from qa.desk.calendar.views import MonthView, WeekView


def urls() -> list[URLPattern]:
    """Return them, for accounts that may sign in to the desk."""
    return [
        path("calendar/", MonthView.as_view(), name="qa_calendar"),
        path("calendar/<int:year>-<int:month>/", MonthView.as_view(), name="qa_calendar_month"),
        path("calendar/week/<int:year>-<int:month>-<int:day>/", WeekView.as_view(), name="qa_calendar_week"),
        path("calendar/move/<int:page_id>/", MoveView.as_view(), name="qa_calendar_move"),
        path("calendar/subscribe/", SubscribeView.as_view(), name="qa_calendar_subscribe"),
    ]
