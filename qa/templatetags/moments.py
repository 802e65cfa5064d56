"""Template filters of moments: with the name of their time zone, and whether they have passed."""

from datetime import datetime

from django import template
from django.utils import timezone

from qa.moments import named_moment

register = template.Library()


@register.filter
def moment(value: datetime | None, form: str = "DATETIME_FORMAT") -> str:
    """Return a moment with the name of its time zone, ``""`` for none."""
    return named_moment(value, form) if value else ""


@register.filter
def has_passed(value: datetime | None) -> bool:
    """Return whether a moment has passed; one that is not set never does."""
    return value is not None and value <= timezone.now()
