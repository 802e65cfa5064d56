"""Report: published answers that lack what readers count on."""

from collections import OrderedDict
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from qa.desk.questions.columns import WIDE
from qa.desk.reports.report import DeskReport, QuestionColumn, TopicFilterSet
from qa.models import QuestionPage


class IncompleteReport(DeskReport):
    """Published questions without short answer, or with pictures that some readers get nothing of."""

    page_title = _("Incomplete answers")
    header_icon = "warning"
    index_url_name = "report_incomplete"
    index_results_url_name = "report_incomplete_results"
    filterset_class = TopicFilterSet
    explanation = _("Published answers without short answer, or with pictures without alternative text.")
    nothing = _("All published answers have a short answer, and all of their pictures a text.")
    default_ordering = "-asked_on"
    columns = [
        QuestionColumn(sort_key="title"),
        Column("missing", label=_("What is missing")),
        Column("asked_on", label=_("Asked on"), accessor=lambda row: date_format(row.asked_on, "SHORT_DATE_FORMAT"),
               sort_key="asked_on", classname=WIDE),
    ]  # fmt: skip
    list_export = ["title", "missing", "asked_on"]
    export_headings = {"title": _("Question"), "missing": _("What is missing"), "asked_on": _("Asked on")}

    def get_base_queryset(self) -> QuerySet[QuestionPage]:
        lacking = Q(inspection__has_short_answer=False) | ~Q(inspection__bare_pictures=[])
        found = self.questions.published().filter(lacking, inspection__isnull=False)
        return found.select_related("inspection").defer_streamfields()

    def order_queryset(self, queryset: QuerySet[QuestionPage]) -> QuerySet[QuestionPage]:
        return queryset.order_by(self.ordering, "-pk")

    def decorate_paginated_queryset(self, object_list: QuerySet[QuestionPage]) -> list[QuestionPage]:
        """Add what is missing, and where the form has room for it."""
        rows = list(object_list)
        for row in rows:
            row.missing, row.place = missing(row), _place(row)
        return rows

    def to_row_dict(self, item: QuestionPage) -> dict[str, Any]:
        values = {"title": item.title, "missing": missing(item), "asked_on": item.asked_on}
        return OrderedDict((name, values[name]) for name in self.list_export)


def missing(question: QuestionPage) -> str:
    """Return what an inspected question lacks, in words."""
    parts = [] if question.inspection.has_short_answer else [gettext("a short answer")]
    if number := len(question.inspection.bare_pictures):
        text = ngettext("the alternative text of a picture", "the alternative text of pictures in %(n)s places", number)
        parts.append(text % {"n": number})
    return "; ".join(parts)


def _place(question: QuestionPage) -> str:
    return question.inspection.bare_pictures[0] if question.inspection.has_short_answer else "summary"
