"""Columns of the lists of questions, and of their export."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BaseColumn, Column
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageTitleColumn
from wagtail.models import WorkflowState

from qa.models import QuestionPage

WIDE = "desk-column--wide"  # not shown where there is little room


class StatusColumn(BaseColumn):
    """Draft, live and so on, with the time at which that changes, in the editor's time zone."""

    cell_template_name = "qa/desk/question_status.html"

    def get_cell_context_data(self, instance: QuestionPage, parent_context: dict[str, Any]) -> dict[str, Any]:
        """Add the state of the review and the times that are still to come."""
        return super().get_cell_context_data(instance, parent_context) | {
            "review": review_of(instance),
            "goes_live_at": goes_live_at(instance),
            "expires_at": instance.expire_at if instance.live else None,
        }


def review_of(question: QuestionPage) -> str:
    """Return that an editor has asked for changes, ``""`` if none has; Wagtail's status says what is in review."""
    state = question.current_workflow_state
    return gettext("changes asked for") if state and state.status == WorkflowState.STATUS_NEEDS_CHANGES else ""


def goes_live_at(question: QuestionPage) -> datetime | None:
    """Return the moment at which a version goes live; of questions that came ``with_schedule`` without a query."""
    if "goes_live_at" in vars(question):
        return question.goes_live_at
    scheduled = question.scheduled_revision
    return scheduled.approved_go_live_at if scheduled else None


def topic_names(question: QuestionPage) -> str:
    """Return the names of the topics, the main one first."""
    return ", ".join(topic.name for topic in question.topics)


def status_of(question: QuestionPage) -> str:
    """Return the status in words, for a spreadsheet."""
    return ", ".join(filter(None, [str(question.status_string), review_of(question)]))


def _day(day: date | None) -> str:
    return date_format(day, "SHORT_DATE_FORMAT") if day else ""


def _words(question: QuestionPage) -> str:
    return "" if question.word_count is None else intcomma(question.word_count)


def columns() -> list[BaseColumn]:
    """Return the columns of a list of questions; their queries are those of ``QuestionListing.annotate_queryset``."""
    return [
        BulkActionsColumn("bulk_actions"),
        PageTitleColumn("title", label=_("Question"), sort_key="title", classname="title"),
        Column("asker", label=_("Asker"), sort_key="asker_name", classname=WIDE),
        Column("asked_on", label=_("Asked on"), accessor=lambda page: _day(page.asked_on), sort_key="asked_on"),
        Column("topics", label=_("Topics"), accessor=topic_names, classname=WIDE),
        StatusColumn("status", label=_("Status"), sort_key="live"),
        Column(
            "reviewed_on",
            label=_("Last reviewed"),
            accessor=lambda page: _day(page.reviewed_on),
            sort_key="reviewed_on",
            classname=WIDE,
        ),
        Column("word_count", label=_("Words"), accessor=_words, sort_key="word_count", classname=WIDE),
    ]


#: Name in the export → its heading, and how it is got of a question.
EXPORTED: dict[str, tuple[Promise, Callable[[QuestionPage], Any]]] = {
    "title": (_("Question"), QuestionPage.get_admin_display_title),
    "asker": (_("Asker"), lambda question: question.asker),
    "asked_on": (_("Asked on"), lambda question: question.asked_on),
    "topics": (_("Topics"), topic_names),
    "status": (_("Status"), status_of),
    "goes_live_at": (_("Goes live at"), goes_live_at),
    "expires_at": (_("Expires at"), lambda question: question.expire_at),
    "reviewed_on": (_("Last reviewed"), lambda question: question.reviewed_on),
    "review_after": (_("Review after"), lambda question: question.review_after),
    "words": (_("Words"), lambda question: question.word_count),
}
