"""Queries for the desk's calendar: the entries of each day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.auth.models import AbstractUser
from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from qa.desk.front_page.waiting import is_scheduled, scheduled_revisions
from qa.desk.reach import questions_for
from qa.models import QuestionPage

PUBLISHED, SCHEDULED, EXPIRING, EXPIRED, PLANNED = "published", "scheduled", "expiring", "expired", "planned"
LABELS = {
    PUBLISHED: _("Published"),
    SCHEDULED: _("Goes live"),
    EXPIRING: _("Expires"),
    EXPIRED: _("Expired"),
    PLANNED: _("Planned"),
}
#: Entries of one kind that are fetched: an import may have published a whole column in one night.
MOST = 1000


@dataclass(frozen=True)
class Entry:
    """One question on one day: a moment (aware), or the whole day if there is none."""

    kind: str
    page_id: int
    letter_id: str
    title: str
    day: date
    moment: datetime | None = None
    movable: bool = False

    @property
    def label(self) -> str:
        """What happens on that day."""
        return LABELS[self.kind]


def entries(first: date, last: date, user: AbstractUser) -> list[Entry]:
    """Return what happens from ``first`` to ``last`` to questions that ``user`` works on, in order of time.

    Days are those of the current time zone. Five queries and one on permissions, however much there is.
    """
    questions = questions_for(user)
    publishable = questions_for(user, frozenset({"publish"}))
    zone = timezone.get_current_timezone()
    window = (datetime.combine(first, time.min, zone), datetime.combine(last + timedelta(days=1), time.min, zone))
    found = [
        *_published(questions, window),
        *_scheduled(questions, publishable, window),
        *_expiring(questions, window),
        *_planned(questions, first, last),
    ]
    return sorted(found, key=lambda entry: (entry.day, entry.moment is not None, entry.moment or 0, entry.page_id))


def _rows(found: QuerySet[QuestionPage], field: str) -> Iterator[tuple[int, str, str, datetime]]:
    return found.order_by(field, "pk").values_list("pk", "letter_id", "draft_title", field)[:MOST].iterator()


def _published(questions: QuerySet[QuestionPage], window: tuple) -> Iterator[Entry]:
    found = questions.filter(live=True, first_published_at__gte=window[0], first_published_at__lt=window[1])
    for pk, letter_id, title, moment in _rows(found, "first_published_at"):
        yield Entry(PUBLISHED, pk, letter_id, title, timezone.localdate(moment), moment)


def _scheduled(questions: QuerySet, publishable: QuerySet, window: tuple) -> Iterator[Entry]:
    revisions = scheduled_revisions().filter(approved_go_live_at__gte=window[0], approved_go_live_at__lt=window[1])
    revisions = revisions.order_by("approved_go_live_at", "pk")[:MOST]
    rows = list(revisions.values_list("page_number", "object_str", "approved_go_live_at"))
    numbers = [page_id for page_id, _title, _moment in rows]
    letters = dict(questions.filter(pk__in=numbers).values_list("pk", "letter_id")) if rows else {}
    movable = set(publishable.filter(pk__in=numbers).values_list("pk", flat=True)) if rows else set()
    for pk, title, moment in rows:
        if pk in letters:
            yield Entry(SCHEDULED, pk, letters[pk], title, timezone.localdate(moment), moment, pk in movable)


def _expiring(questions: QuerySet[QuestionPage], window: tuple) -> Iterator[Entry]:
    found = questions.filter(Q(live=True) | Q(expired=True), expire_at__gte=window[0], expire_at__lt=window[1])
    for pk, letter_id, title, moment in _rows(found.filter(live=True), "expire_at"):
        yield Entry(EXPIRING, pk, letter_id, title, timezone.localdate(moment), moment)
    for pk, letter_id, title, moment in _rows(found.filter(live=False), "expire_at"):
        yield Entry(EXPIRED, pk, letter_id, title, timezone.localdate(moment), moment)


def _planned(questions: QuerySet[QuestionPage], first: date, last: date) -> Iterator[Entry]:
    """Yield what is planned and not scheduled: drafts, and changes of published questions that are no more than that.

    What the draft of a published question says is only in its latest revision (ISO 8601 dates compare as text).
    """
    waiting = questions.exclude(is_scheduled())
    for pk, letter_id, title, day in _rows(
        waiting.filter(live=False, expired=False, planned_for__range=(first, last)), "planned_for"
    ):
        yield Entry(PLANNED, pk, letter_id, title, day)
    changed = waiting.filter(live=True, has_unpublished_changes=True)
    changed = changed.annotate(planned=KeyTextTransform("planned_for", "latest_revision__content"))
    for pk, letter_id, title, text in _rows(
        changed.filter(planned__range=(first.isoformat(), last.isoformat())), "planned"
    ):
        yield Entry(PLANNED, pk, letter_id, title, date.fromisoformat(text))
