"""Template filter that formats a moment with the name of its time zone."""

from datetime import datetime

from django import template

from qa.moments import named_moment

register = template.Library()


@register.filter
def moment(value: datetime | None, form: str = "DATETIME_FORMAT") -> str:
    """Return a moment with the name of its time zone, ``""`` for none."""
    return named_moment(value, form) if value else ""
