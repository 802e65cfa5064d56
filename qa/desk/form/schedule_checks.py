"""Checks of the times in the schedule dialog, made while they are typed."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format, get_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.admin.auth import user_has_any_page_permission

from qa.desk.calendar.clock_changes import moment_of


@require_safe
def check(request: HttpRequest) -> JsonResponse:
    """Answer what the clock says in the editor's time zone, and the warnings about ``go_live_at`` and ``expire_at``."""
    if not user_has_any_page_permission(request.user):
        raise PermissionDenied
    now = timezone.now()
    messages = warnings(request.GET.get("go_live_at", ""), request.GET.get("expire_at", ""), now)
    return JsonResponse({"now": date_format(timezone.localtime(now), "DATETIME_FORMAT"), "warnings": messages})


def warnings(go_live_at: str, expire_at: str, now: datetime) -> list[str]:
    """Return a sentence for each thing that is probably not meant; what is no time at all is the form's to refuse.

    Both texts are times as typed, in the current time zone, or empty.
    """
    messages: list[str] = []
    go_live, expiry = (_moment(text, messages) for text in (go_live_at, expire_at))
    if go_live and go_live <= now:
        messages.append(_("The time to go live has passed: published now, it appears at once."))
    if expiry and expiry <= now:
        messages.append(_("The time to expire has passed: readers would not see it."))
    if go_live and expiry and expiry <= go_live:
        messages.append(_("It would expire before it goes live: readers would never see it."))
    return messages


def _moment(text: str, messages: list[str]) -> datetime | None:
    typed = _typed(text.strip()[:40])
    if typed is None:
        return None
    try:
        return moment_of(typed)
    except ValidationError as error:
        messages += [message for message in error.messages if message not in messages]
        return None


def _typed(text: str) -> datetime | None:
    for form in get_format("DATETIME_INPUT_FORMATS"):
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - a wall clock; the zone comes after the checks
        except ValueError:
            continue
    try:
        typed = parse_datetime(text)
    except ValueError:
        return None
    return typed if typed and typed.tzinfo is None else None


def urls() -> list[URLPattern]:
    """Return the address of the check."""
    return [path("schedule/check/", check, name="qa_schedule_check")]
