"""Conversion of times as editors type them, in the time zone of their account, with its clock changes."""

from datetime import UTC, datetime, tzinfo

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

#: Years that a schedule may lie in: far from the ends of the calendar, where converting a time zone overflows.
FIRST_YEAR, LAST_YEAR = 1900, 2999


def moment_of(typed: datetime) -> datetime:
    """Return the moment that a naive time means in the current time zone.

    Raises ``ValidationError``, with a sentence for the editor, where the clocks skip that time or show it twice, and
    for years outside ``FIRST_YEAR`` to ``LAST_YEAR``.
    """
    if not FIRST_YEAR <= typed.year <= LAST_YEAR:
        message = _("Choose a year between %(first)s and %(last)s.")
        raise ValidationError(message % {"first": FIRST_YEAR, "last": LAST_YEAR}, code="year")
    zone = timezone.get_current_timezone()
    if trouble := _trouble(typed, zone):
        raise ValidationError(trouble, code="clock_change")
    return typed.replace(tzinfo=zone)


def _trouble(typed: datetime, zone: tzinfo) -> str:
    """Name what is wrong with a wall-clock time (PEP 495: the two folds differ in a gap and in a repeated hour)."""
    early, late = (typed.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if early.utcoffset() == late.utcoffset():
        return ""
    names = {
        "time": date_format(typed, "TIME_FORMAT"),
        "day": date_format(typed, "DATE_FORMAT"),
        "zone": timezone.get_current_timezone_name(),
    }
    if early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != typed:
        return _("There is no %(time)s on %(day)s in %(zone)s: the clocks are put forward over it.") % names
    return _("%(time)s comes twice on %(day)s in %(zone)s: the clocks are put back. Choose another time.") % names
