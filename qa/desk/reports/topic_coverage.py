"""Report: how much of each topic is answered, and what readers miss about it."""

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BaseColumn, TitleColumn
from wagtail.permission_policies import ModelPermissionPolicy

from qa.desk.questions.columns import WIDE
from qa.desk.reports.report import DeskReport, LinkedColumn, form_address
from qa.desk.snippets.usage import Usage, usage_of_topics
from qa.models import QuestionPage, Topic, VainSearch
from qa.search.words import fold, stop_words

#: Searches that are named; how often all of them were made is the number before them.
MOST_NAMED = 3


class VainSearchesColumn(BaseColumn):
    """How often readers searched in vain for something about a topic, and what most of all."""

    cell_template_name = "qa/desk/vain_searches_cell.html"

    def get_cell_context_data(self, instance: Topic, parent_context: dict[str, Any]) -> dict[str, Any]:
        """Add the searches with their addresses in the report of vain searches."""
        report = reverse("vain_searches")
        named = [(found, f"{report}?{urlencode({'q': found.words})}") for found in instance.vain[:MOST_NAMED]]
        more = len(instance.vain) - len(named)
        context = super().get_cell_context_data(instance, parent_context)
        return context | {"times": instance.vain_times, "named": named, "more": more}


class TopicCoverageReport(DeskReport):
    """Every topic, also one that nothing is filed under."""

    page_title = _("Topic coverage")
    header_icon = "tag"
    index_url_name = "report_topic_coverage"
    index_results_url_name = "report_topic_coverage_results"
    explanation = _("What is published and drafted under each topic. A search belongs to a topic if it has its words.")
    nothing = _("There are no topics yet: Column › Topics.")
    default_ordering = "name"
    export_headings = {
        "name": _("Topic"),
        "published": _("Published answers"),
        "newest_on": _("Newest answer on"),
        "newest_title": _("Newest answer"),
        "drafts": _("Drafts"),
        "vain_times": _("Searches in vain"),
        "vain_words": _("Searched for"),
    }

    @cached_property
    def sees_searches(self) -> bool:
        """Whether the account may see what readers searched for in vain."""
        return ModelPermissionPolicy(VainSearch).user_has_permission(self.request.user, "view")

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """The columns that the account may see."""
        may_edit = ModelPermissionPolicy(Topic).user_has_permission(self.request.user, "change")
        columns = [
            TitleColumn(
                "name",
                label=_("Topic"),
                sort_key="name",
                classname="desk-name",
                get_url=_topic_form if may_edit else None,
            ),
            LinkedColumn("published", label=_("Published"), sort_key="published"),
            LinkedColumn("newest", label=_("Newest answer"), sort_key="newest_at", classname=WIDE),
            LinkedColumn("drafts", label=_("Drafts")),
        ]
        return (
            [*columns, VainSearchesColumn("vain", label=_("Searches in vain"), classname="desk-address")]
            if self.sees_searches
            else columns
        )

    @cached_property
    def list_export(self) -> list[str]:
        """What is taken along: no more than what is seen."""
        return list(self.export_headings)[: None if self.sees_searches else -2]

    def get_base_queryset(self) -> QuerySet[Topic]:
        published = QuestionPage.objects.published().order_by()
        newest = published.filter(question_topics__topic=OuterRef("pk")).latest_answered()
        mine = Q(question_topics__page__in=published)
        return Topic.objects.annotate(
            published=Count("question_topics__page", filter=mine, distinct=True),
            newest_pk=Subquery(newest.values("pk")[:1]),
            newest_at=Subquery(newest.values("first_published_at")[:1]),
        )

    def order_queryset(self, queryset: QuerySet[Topic]) -> QuerySet[Topic]:
        return queryset.order_by(self.ordering, "name")

    def decorate_paginated_queryset(self, object_list: Iterable[Topic]) -> list[Topic]:
        """Add drafts, the newest answer's title and the searches: four queries for all topics together."""
        topics = list(object_list)
        usage = usage_of_topics(topics)
        pages = QuestionPage.objects.filter(pk__in={topic.newest_pk for topic in topics})
        titles = dict(pages.values_list("pk", "title"))
        searches = (
            [(set(found.words.split()), found) for found in VainSearch.objects.all()] if self.sees_searches else []
        )
        listing = reverse("questions:index")
        for topic in topics:
            words = topic_words(topic.name)
            topic.vain = [found for searched, found in searches if words and words <= searched]
            topic.vain_times = sum(found.times for found in topic.vain)
            topic.drafts = len(usage.get(topic.pk, Usage()).drafts)
            topic.newest_title = titles.get(topic.newest_pk, "")
            topic.newest = f"{_day(topic.newest_at)}: {topic.newest_title}" if topic.newest_pk else ""
            topic.newest_url = form_address(topic.newest_pk) if topic.newest_pk else ""
            topic.published_url = f"{listing}?topic={topic.pk}&status=public"
            topic.drafts_url = f"{listing}?topic={topic.pk}"
        return topics

    def to_row_dict(self, item: Topic) -> dict[str, Any]:
        values = {
            "newest_on": timezone.localdate(item.newest_at) if item.newest_at else None,
            "vain_words": ", ".join(found.words for found in item.vain),
        }
        return OrderedDict((name, values[name] if name in values else getattr(item, name)) for name in self.list_export)


def topic_words(name: str) -> set[str]:
    """Return the words that a search must have to be about a topic: those of its name that mean something."""
    words = set(fold(name).split())
    return words - stop_words(settings.LANGUAGE_CODE) or words


def _topic_form(topic: Topic) -> str:
    return reverse("wagtailsnippets_qa_topic:edit", args=[topic.pk])


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATE_FORMAT")
