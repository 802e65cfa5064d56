"""Formatting of moments for the desk and its mails: never without the name of the time zone."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format


def named_moment(moment: datetime, form: str = "DATETIME_FORMAT") -> str:
    """Return an aware moment in the active language and time zone, and the zone's name: ``May 4, 2026, noon (UTC)``.

    ``form`` is the name of one of Django's formats for both, such as ``SHORT_DATETIME_FORMAT``.
    """
    return f"{date_format(timezone.localtime(moment), form)} ({timezone.get_current_timezone_name()})"
