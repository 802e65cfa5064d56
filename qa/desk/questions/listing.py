"""Listings of questions: all of them, those below the index in the explorer, and those of the report of page types."""

from collections import OrderedDict
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.pages.listing import ExplorableIndexView, IndexView
from wagtail.admin.views.pages.usage import ContentTypeUseView
from wagtail.admin.viewsets.pages import PageListingViewSet, PageViewSet
from wagtail.models import Page

from qa.desk.questions.columns import EXPORTED, columns
from qa.desk.questions.filters import QuestionFilterSet, search_words
from qa.desk.spreadsheets import AccountExportMixin
from qa.models import QuestionIndexPage, QuestionPage

_SHOWN_IN_SIDEBAR = 10  # each of them costs five queries there


class QuestionListing(AccountExportMixin):
    """What all lists share: columns, order, filters, export, and the queries that do not grow."""

    filterset_class = QuestionFilterSet
    base_columns = columns()
    columns = base_columns
    default_ordering = "-asked_on"
    list_export = list(EXPORTED)
    export_headings = {name: heading for name, (heading, _value) in EXPORTED.items()}
    is_explicitly_ordered = True  # what is searched for as well: weighing 20,000 titles takes a second
    sort_order_field = None  # nobody sorts 20,000 questions by hand

    @cached_property
    def search_query(self) -> str:
        """What was typed, as the search index can take it."""
        return search_words(super().search_query)

    def annotate_queryset(self, pages: QuerySet) -> QuerySet:
        """Add what the columns show: topics, schedule, review."""
        return super().annotate_queryset(pages.with_schedule()).with_topics()

    def order_queryset(self, queryset: QuerySet) -> QuerySet:
        """Sort; what has no value comes last on every database, and equal ones have a fixed order."""
        if not self.ordering or self.is_searching:  # the search index sorts by plain fields only
            return super().order_queryset(queryset)
        key = F(self.ordering.removeprefix("-"))
        ordered = key.desc(nulls_last=True) if self.ordering.startswith("-") else key.asc(nulls_last=True)
        return queryset.order_by(ordered, "-pk")

    def to_row_dict(self, item: QuestionPage) -> dict[str, Any]:
        return OrderedDict((name, value(item)) for name, (_heading, value) in EXPORTED.items())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Offer the bulk actions of questions instead of those of any page."""
        return super().get_context_data(**kwargs) | {"model_opts": QuestionPage._meta, "item_type": "PAGE"}


class AllQuestionsView(QuestionListing, IndexView):
    """All questions, wherever they are."""

    page_title = _("Questions")


class ExploredQuestionsView(QuestionListing, ExplorableIndexView):
    """The questions below the index, in the explorer."""

    @cached_property
    def explorable_columns(self) -> list:
        """All columns: a question has nothing below it to navigate to."""
        return list(self.columns)


class QuestionsOfTypeView(QuestionListing, ContentTypeUseView):
    """All questions, as the report of page types lists the pages of a type."""


class AllQuestionsViewSet(PageListingViewSet):
    """The menu entry “Questions”."""

    index_view_class = AllQuestionsView
    model = QuestionPage
    columns = AllQuestionsView.base_columns
    filterset_class = QuestionFilterSet
    list_export = QuestionListing.list_export
    export_headings = QuestionListing.export_headings
    export_filename = "questions"
    icon = "help"
    menu_label = _("Questions")
    menu_order = 110  # after Pages
    add_to_admin_menu = True
    name = "questions"


class QuestionViewSet(PageViewSet):
    """The pages of the desk about one question, and the list of questions in the explorer."""

    index_view_class = ExploredQuestionsView
    content_type_use_view_class = QuestionsOfTypeView
    model = QuestionPage
    parent_models = [QuestionIndexPage]
    columns = ExploredQuestionsView.base_columns
    filterset_class = QuestionFilterSet
    list_export = QuestionListing.list_export
    export_headings = QuestionListing.export_headings
    export_filename = "questions"
    icon = "help"


def viewsets() -> list[Any]:
    """Return the viewsets to register."""
    return [AllQuestionsViewSet(), QuestionViewSet()]


def shorten_sidebar(parent_page: Page, pages: QuerySet, request: HttpRequest) -> QuerySet:
    """Leave the latest questions in the sidebar's menu of pages: nobody turns over 20,000 there."""
    if not _is_for_sidebar(request) or parent_page.specific_class is not QuestionIndexPage:
        return pages
    latest = QuestionPage.objects.child_of(parent_page).order_by(F("latest_revision_created_at").desc(nulls_last=True))
    return pages.filter(pk__in=list(latest.values_list("pk", flat=True)[:_SHOWN_IN_SIDEBAR]))


def _is_for_sidebar(request: HttpRequest) -> bool:
    """Return whether the request comes from the menu, not a listing: Wagtail 8.0 marks it, 8.1 has its own URL."""
    match = request.resolver_match
    return bool(request.GET.get("for_explorer") or (match and match.view_name == "wagtailadmin_api:explorer"))
