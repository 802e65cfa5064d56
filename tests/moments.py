"""Moments that tests about time agree on, and how questions come to be due at one."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone
from wagtail.models import Revision

#: Where the clock of most of these tests stands, or is about to come to.
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
#: By the real clock, for tests that start processes.
TOMORROW = timezone.now() + timedelta(days=1)


def due_in(seconds, *questions):
    """Let scheduled questions be due soon; making them takes longer than that on a busy machine."""
    moment = timezone.now() + timedelta(seconds=seconds)
    for question in questions:
        revision = Revision.objects.for_instance(question).latest("pk")
        content = revision.content | {"go_live_at": moment.isoformat()}
        Revision.objects.filter(pk=revision.pk).update(content=content, approved_go_live_at=moment)
    return moment
