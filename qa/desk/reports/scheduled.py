"""Report: everything that the clock will do to questions, who has asked for it, and what stands in its way."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import django_filters
from django.contrib.auth import get_user_model
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BaseColumn, Column
from wagtail.models import Page, PageLogEntry

from qa.desk.calendar.rescheduling import MOVED
from qa.desk.front_page.waiting import never_approved, scheduled_revisions
from qa.desk.questions.columns import WIDE
from qa.desk.reports.report import DeskReport, QuestionColumn, TopicFilterSet
from qa.models import ScheduleTrouble
from qa.scheduling.due import Change
from qa.scheduling.health import OVERDUE_AFTER

NEW, AGAIN, CHANGE, EXPIRY, LATER_EXPIRY, UNAPPROVED, MISSED = (
    "new", "again", "change", "expiry", "later-expiry", "unapproved", "missed"
)  # fmt: skip
KINDS = {
    NEW: _("New answer"),
    AGAIN: _("Published again"),
    CHANGE: _("Change of a published answer"),
    EXPIRY: _("Expiry"),
    LATER_EXPIRY: _("Expiry of the scheduled version"),
    UNAPPROVED: _("Draft"),
    MISSED: _("Not published"),
}
#: What is chosen together.
_TOGETHER = {NEW: (NEW, AGAIN), CHANGE: (CHANGE,), EXPIRY: (EXPIRY, LATER_EXPIRY)}
#: Log entries that tell who wanted something to happen at a time.
_SCHEDULING = ("wagtail.publish.schedule", MOVED, "wagtail.publish")


@dataclass
class Scheduled:
    """One thing that happens to a question at a moment (aware)."""

    kind: str
    page_id: int
    title: str
    moment: datetime
    revision_id: int | None = None
    problem: str = ""
    is_overdue: bool = False
    by: str = ""

    @property
    def what(self) -> str:
        """What happens, in words."""
        return str(KINDS[self.kind])


class _ScheduledFilterSet(TopicFilterSet):
    what = django_filters.ChoiceFilter(
        label=_("What"),
        empty_label=_("Everything"),
        choices=[
            ("overdue", _("Overdue")),
            ("problem", _("With a problem")),
            *((kind, KINDS[kind]) for kind in _TOGETHER),
        ],
    )

    def filter_queryset(self, queryset: list[Scheduled]) -> list[Scheduled]:
        """Return the rows that were chosen; they are no query."""
        what = self.form.cleaned_data["what"]
        if what == "overdue":
            return [row for row in queryset if row.is_overdue]
        if what == "problem":
            return [row for row in queryset if row.problem]
        return [row for row in queryset if not what or row.kind in _TOGETHER[what]]


class ScheduledReport(DeskReport):
    """What goes live, changes or expires, in order of time."""

    page_title = _("Scheduled")
    header_icon = "calendar-check"
    index_url_name = "report_scheduled"
    index_results_url_name = "report_scheduled_results"
    nothing = _("Nothing is scheduled: no question goes live, changes or expires by itself.")
    filterset_class = _ScheduledFilterSet
    list_export = ["moment", "zone", "what", "title", "by", "problem"]
    export_headings = {
        "moment": _("When"),
        "zone": _("Time zone"),
        "what": _("What"),
        "title": _("Question"),
        "by": _("Scheduled by"),
        "problem": _("Problem"),
    }

    @cached_property
    def explanation(self) -> str:
        """Name the time zone, and the time there."""
        values = {"zone": self.zone, "now": date_format(timezone.localtime(), "DATETIME_FORMAT")}
        return gettext("Times are in %(zone)s (now: %(now)s).") % values

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """The columns; that of the time names its zone."""
        return [
            Column("moment", label=gettext("When (%(zone)s)") % {"zone": self.zone}, accessor=_local),
            QuestionColumn(),
            Column("what", label=_("What")),
            Column("by", label=_("Scheduled by"), classname=WIDE),
            Column("problem", label=_("Problem")),
        ]

    def get_queryset(self) -> list[Scheduled]:
        """Return what is scheduled, in order of time: seven queries, however much it is."""
        now = timezone.now()
        troubles = {found.subject: found for found in ScheduleTrouble.objects.filter(model=Page._meta.label_lower)}
        rows = [
            *self._versions(),
            *self._expiring(),
            *self._unapproved(now),
            *self._missed(troubles.values()),
        ]
        for row in rows:
            if row.kind in (NEW, AGAIN, CHANGE, EXPIRY):
                _add_problem(row, troubles, now)
        return sorted(rows, key=lambda row: (row.moment, row.page_id, row.revision_id or 0))

    def _versions(self) -> Iterator[Scheduled]:
        pages = self.questions.scheduled()
        states = {
            pk: (AGAIN if published else NEW, None) if not live else (CHANGE, expiry)
            for pk, live, published, expiry in pages.values_list("pk", "live", "last_published_at", "expire_at")
        }
        revisions = scheduled_revisions().annotate(expiry=KeyTextTransform("expire_at", "content"))
        fields = ("page_number", "pk", "object_str", "approved_go_live_at", "expiry")
        for pk, revision_id, title, moment, expiry in revisions.values_list(*fields):
            if pk in states:
                kind, known_expiry = states[pk]
                yield Scheduled(kind, pk, title, moment, revision_id)
                expires_at = parse_datetime(expiry or "")
                if expires_at and expires_at != known_expiry:
                    yield Scheduled(LATER_EXPIRY, pk, title, expires_at, revision_id)

    def _expiring(self) -> Iterator[Scheduled]:
        found = self.questions.filter(live=True, expire_at__isnull=False)
        for pk, title, moment in found.values_list("pk", "draft_title", "expire_at"):
            yield Scheduled(EXPIRY, pk, title, moment)

    def _unapproved(self, now: datetime) -> Iterator[Scheduled]:
        problem = gettext("its time passed, and nobody approved it")
        for pk, title, moment in never_approved(self.questions, now).values_list("pk", "draft_title", "go_live_at"):
            yield Scheduled(UNAPPROVED, pk, title, moment, problem=problem, is_overdue=True)

    def _missed(self, troubles: Iterable[ScheduleTrouble]) -> Iterator[Scheduled]:
        missed = {int(trouble.object_id): trouble for trouble in troubles if trouble.next_try is None}
        mine = self.questions.filter(pk__in=missed).values_list("pk", flat=True) if missed else ()
        for pk in mine:
            trouble = missed[pk]
            problem = gettext("it had expired before its time came")
            yield Scheduled(MISSED, pk, trouble.title, trouble.due_at, problem=problem)

    def decorate_paginated_queryset(self, object_list: list[Scheduled]) -> list[Scheduled]:
        """Add who has asked for it: two queries."""
        pages = {row.page_id for row in object_list}
        entries = PageLogEntry.objects.filter(page__in=pages, action__in=_SCHEDULING, user__isnull=False)
        asked: dict[Any, int] = {}
        for page_id, revision_id, action, user_id in entries.order_by("timestamp", "pk").values_list(
            "page_id", "revision_id", "action", "user_id"
        ):
            asked[page_id] = user_id
            if action != "wagtail.publish":
                asked[page_id, revision_id] = user_id
        names = {user.pk: user for user in get_user_model().objects.filter(pk__in=set(asked.values()))}
        for row in object_list:
            user = names.get(asked.get((row.page_id, row.revision_id), asked.get(row.page_id)))
            row.by = (user.get_full_name() or user.get_username()) if user else ""
        return object_list

    def to_row_dict(self, item: Scheduled) -> dict[str, Any]:
        """Return the row of a table: the time as the clock on the wall of the account's zone shows it."""
        values = {"moment": timezone.make_naive(item.moment), "zone": self.zone}
        return OrderedDict((name, values.get(name, getattr(item, name, ""))) for name in self.list_export)


def _local(row: Scheduled) -> str:
    return date_format(timezone.localtime(row.moment), "DATETIME_FORMAT")


def _add_problem(row: Scheduled, troubles: dict[str, ScheduleTrouble], now: datetime) -> None:
    """Say that it is overdue, and why if that is known."""
    row.is_overdue = row.moment <= now - OVERDUE_AFTER
    trouble = troubles.get(Change(row.moment, Page, str(row.page_id), row.title, row.revision_id).subject)
    if trouble and trouble.next_try and trouble.due_at == row.moment:
        text = ngettext("failed once: %(error)s", "failed %(number)s times: %(error)s", trouble.attempts)
        row.problem = text % {"number": trouble.attempts, "error": trouble.last_error}
    elif row.is_overdue:
        row.problem = gettext("overdue: should have been taken down") if row.kind == EXPIRY else gettext(
            "overdue: should be published"
        )  # fmt: skip
