"""Report: answers whose review date has passed."""

from datetime import date

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, NumberColumn
from wagtail.admin.ui.tables.pages import BulkActionsColumn

from qa.desk.questions.columns import WIDE, topic_names
from qa.desk.reports.report import DeskReport, QuestionColumn, TopicFilterSet
from qa.models import QuestionPage


class PastReviewReport(DeskReport):
    """What is live and should have been looked at again, the longest overdue first; to be marked as reviewed."""

    page_title = _("Overdue for review")
    header_icon = "history"
    index_url_name = "report_past_review"
    index_results_url_name = "report_past_review_results"
    filterset_class = TopicFilterSet
    explanation = _("Live answers whose review date has come. Tick those that you have checked: “Mark as reviewed”.")
    nothing = _("No review is due: every live answer with a review date was checked in time.")
    bulk_actions = True
    default_ordering = "review_after"
    columns = [
        BulkActionsColumn("bulk_actions"),
        QuestionColumn("reviewed_on", sort_key="title"),
        Column("review_after", label=_("Review after"), accessor=lambda row: _day(row.review_after),
               sort_key="review_after"),
        NumberColumn("days", label=_("Days overdue"), accessor=lambda row: _days_overdue(row), classname=WIDE),
        Column("reviewed_on", label=_("Last reviewed"), accessor=lambda row: _day(row.reviewed_on),
               sort_key="reviewed_on", classname=WIDE),
        Column("topics", label=_("Topics"), accessor=topic_names, classname=WIDE),
    ]  # fmt: skip
    list_export = ["title", "review_after", "days_overdue", "reviewed_on", "topic_names"]
    export_headings = {
        "title": _("Question"),
        "review_after": _("Review after"),
        "days_overdue": _("Days overdue"),
        "reviewed_on": _("Last reviewed"),
        "topic_names": _("Topics"),
    }

    def get_base_queryset(self) -> QuerySet[QuestionPage]:
        return self.questions.overdue_for_review(timezone.localdate()).with_topics().defer_streamfields()

    def order_queryset(self, queryset: QuerySet[QuestionPage]) -> QuerySet[QuestionPage]:
        return super().order_queryset(queryset).order_by(self.ordering, "pk")

    def to_row_dict(self, item: QuestionPage) -> dict[str, object]:
        item.days_overdue, item.topic_names = _days_overdue(item), topic_names(item)
        return super().to_row_dict(item)


def _day(day: date | None) -> str:
    return date_format(day, "SHORT_DATE_FORMAT") if day else ""


def _days_overdue(question: QuestionPage) -> int:
    return (timezone.localdate() - question.review_after).days
