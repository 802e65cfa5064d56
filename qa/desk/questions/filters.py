"""Filters of the lists of questions."""

import re
from collections.abc import Callable
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import Max, Min, QuerySet
from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import MultipleUserFilter
from wagtail.admin.views.pages.listing import PageFilterSet

from qa.desk.primary_keys import MAX_DIGITS
from qa.models import QuestionPage, Topic
from qa.models.question import today
from qa.querysets import QuestionPageQuerySet

#: The value of the filter → its name, and the rule.
STATES: dict[str, tuple[str, Callable[[QuestionPageQuerySet], QuestionPageQuerySet]]] = {
    "draft": (_("Draft"), QuestionPageQuerySet.drafts),
    "review": (_("In review"), QuestionPageQuerySet.in_review),
    "scheduled": (_("Scheduled"), QuestionPageQuerySet.scheduled),
    "live": (_("Live"), QuestionPageQuerySet.online),
    "public": (_("Live and public"), QuestionPageQuerySet.published),
    "changed": (_("Live with unpublished changes"), QuestionPageQuerySet.with_unpublished_changes),
    "expired": (_("Expired"), QuestionPageQuerySet.expired),
    "overdue": (_("Overdue for review"), lambda questions: questions.overdue_for_review(today())),
    "without-topic": (_("Without topic"), QuestionPageQuerySet.without_topic),
}


def _years() -> list[tuple[str, str]]:
    """Return the years from the latest to the first, from the index of the dates: counting them reads every row."""
    ends = QuestionPage.objects.order_by().aggregate(first=Min("asked_on"), last=Max("asked_on"))
    if ends["first"] is None:
        return []
    return [(str(year), str(year)) for year in range(ends["last"].year, ends["first"].year - 1, -1)]


class _NumbersInRange:
    """Mixin; list it before a model choice field: a key out of range matches no row, and is no database error."""

    def _check_values(self, value: Any) -> Any:
        if any(len(str(number)) > MAX_DIGITS for number in value or ()):
            raise ValidationError(self.error_messages["invalid_list"], code="invalid_list")
        return super()._check_values(value)


class _TopicsField(_NumbersInRange, django_filters.fields.ModelMultipleChoiceField):
    pass


class TopicsFilter(django_filters.ModelMultipleChoiceFilter):
    """Any number of topics to tick; what a filter set does with them is its ``method``."""

    field_class = _TopicsField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Topic"), queryset=Topic.objects.all(), widget=CheckboxSelectMultiple, **kwargs)


class _OwnerField(_NumbersInRange, MultipleUserFilter.field_class):
    pass


class _OwnerFilter(MultipleUserFilter):
    field_class = _OwnerField


_STOCK_OWNER = PageFilterSet.base_filters["owner"]


class QuestionFilterSet(PageFilterSet):
    """Status, topic, year, asker, owner. Each is a set of page numbers: the desk's search takes nothing else."""

    status = django_filters.MultipleChoiceFilter(
        label=_("Status"),
        choices=lambda: [(value, label) for value, (label, _rule) in STATES.items()],
        method="in_states",
        widget=CheckboxSelectMultiple,
    )
    topic = TopicsFilter(method="about")
    year = django_filters.MultipleChoiceFilter(
        label=_("Year asked"), choices=_years, method="asked_in", widget=CheckboxSelectMultiple
    )
    asker = django_filters.CharFilter(label=_("Asker"), method="asked_by", max_length=100)
    owner = _OwnerFilter(label=_STOCK_OWNER.label, queryset=_STOCK_OWNER.queryset, widget=CheckboxSelectMultiple)
    edited_by = None
    site = None
    has_child_pages = None

    class Meta:
        model = QuestionPage
        fields: list[str] = []

    def in_states(self, pages: QuerySet, name: str, states: list[str]) -> QuerySet:
        """Only questions in any of the states."""
        return _among(pages, [STATES[state][1](QuestionPage.objects.all()) for state in states])

    def about(self, pages: QuerySet, name: str, topics: QuerySet[Topic]) -> QuerySet:
        """Only questions about any of the topics."""
        return _among(pages, [QuestionPage.objects.about(topic) for topic in topics])

    def asked_in(self, pages: QuerySet, name: str, years: list[str]) -> QuerySet:
        """Only questions asked in any of the years."""
        return _among(pages, [QuestionPage.objects.asked_in(int(year)) for year in years])

    def asked_by(self, pages: QuerySet, name: str, asker: str) -> QuerySet:
        """Only questions of readers whose name contains the text."""
        return _among(pages, [QuestionPage.objects.filter(asker_name__icontains=asker)])


def search_words(typed: str) -> str:
    """Return the words that are searched for: signs mean something to SQLite's search, and some of them an error."""
    return " ".join(re.findall(r"\w+", typed))


def _among(pages: QuerySet, choices: list[QuestionPageQuerySet]) -> QuerySet:
    """Return the pages that are in any of the choices; all of them if there is no choice."""
    if not choices:
        return pages
    first, *others = (choice.order_by().values("pk") for choice in choices)
    return pages.filter(pk__in=first.union(*others) if others else first)
