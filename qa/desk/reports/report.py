"""Base classes of the desk's reports: view, topic filter and columns."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.reports import ReportView

from qa.desk.questions.filters import TopicsFilter
from qa.desk.reach import WORK, questions_for
from qa.desk.spreadsheets import AccountExportMixin
from qa.models import QuestionPage, Topic


class TopicFilterSet(WagtailFilterSet):
    """The topics that the questions of a report are about; ``DeskReport.questions`` goes by them."""

    topic = TopicsFilter(method="is_chosen_before")

    class Meta:
        model = QuestionPage
        fields: list[str] = []

    def is_chosen_before(self, questions: QuerySet, name: str, topics: QuerySet[Topic]) -> QuerySet:
        """Return the questions as they are: only those about the topics were read."""
        return questions


class DeskReport(AccountExportMixin, ReportView):
    """A report on the questions that an account works on, to look at and to take along as a table.

    A report of something other than rows of the database returns a list from ``get_queryset``.
    """

    model = QuestionPage
    any_permission_required = sorted(WORK)
    template_name = "qa/desk/report.html"
    table_classname = "listing desk-report"
    explanation: str | Promise = ""  # what is listed, in a sentence
    nothing: str | Promise = ""  # what is said when nothing is
    bulk_actions = False

    @cached_property
    def questions(self) -> QuerySet[QuestionPage]:
        """The questions that the account works on; only those about any of the topics, if topics were chosen."""
        questions = questions_for(self.request.user)
        topics = self.filters.form.cleaned_data.get("topic") if self.filters and self.filters.is_valid() else None
        return questions.about_any(topics) if topics else questions

    @cached_property
    def zone(self) -> str:
        """The name of the time zone of the account, in which times are shown."""
        return timezone.get_current_timezone_name()

    @cached_property
    def no_results_message(self) -> str:
        """A kind word when there is nothing to do."""
        return _("Nothing matches.") if self.is_filtering or self.is_searching else self.nothing

    def get_filename(self) -> str:
        return self.index_url_name.replace("_", "-")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the bulk actions ask for."""
        return super().get_context_data(**kwargs) | {"model_opts": QuestionPage._meta, "item_type": "PAGE"}


class QuestionColumn(TitleColumn):
    """The question, as a link into its form: to the field or block that the row is about."""

    def __init__(self, place: str = "", **kwargs: Any) -> None:
        """``place`` is a field of the form; a row with a ``place`` of its own is not asked for it."""
        super().__init__(
            "title",
            label=_("Question"),
            get_url=lambda row: form_address(getattr(row, "page_id", None) or row.pk, getattr(row, "place", place)),
            get_title_id=lambda row: f"page_{getattr(row, 'page_id', None) or row.pk}_title",
            **kwargs,
        )


class LinkedColumn(Column):
    """A value with the page that it stands for, which the row has as ``NAME_url``; nothing and zero lead nowhere."""

    cell_template_name = "qa/desk/linked_cell.html"

    def get_cell_context_data(self, instance: Any, parent_context: dict[str, Any]) -> dict[str, Any]:
        """Add the address."""
        context = super().get_cell_context_data(instance, parent_context)
        return context | {"address": getattr(instance, f"{self.name}_url") if context["raw_value"] else ""}


def form_address(page_id: int, place: str = "") -> str:
    """Return the address of a question's form, opened at a field or block (Wagtail's content path)."""
    address = reverse("wagtailadmin_pages:edit", args=[page_id])
    return f"{address}#:w:contentpath={place}" if place else address
