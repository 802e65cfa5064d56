"""Model of the topics that questions are filed under."""

from typing import Any

from django.db import models
from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import PreviewableMixin, RevisionMixin
from wagtail.search import index


class TopicQuerySet(models.QuerySet):
    """Topics as readers see them."""

    def with_counts(self, published_questions: models.QuerySet) -> "TopicQuerySet":
        """Add ``question_count``: how many of ``published_questions`` are about each topic; leave out empty ones."""
        return (
            self.filter(question_topics__page__in=published_questions.order_by())
            .annotate(question_count=Count("question_topics__page", distinct=True))
            .order_by("name")
        )


class Topic(PreviewableMixin, RevisionMixin, index.Indexed, models.Model):
    """A subject that questions are filed under, with a page of its own."""

    name = models.CharField(
        _("name"),
        max_length=80,
        unique=True,
        help_text=_("Readers see it below every question about it and in the list of topics."),
    )
    slug = models.SlugField(
        _("slug"),
        max_length=80,
        unique=True,
        allow_unicode=True,
        help_text=_("The address of the topic's page. If you change it, the old address redirects to the new one."),
    )
    description = models.TextField(
        _("description"),
        blank=True,
        max_length=500,
        help_text=_("One or two sentences that tell readers what to expect. Shown on the topic's page."),
    )

    objects = TopicQuerySet.as_manager()

    search_fields = [index.SearchField("name"), index.AutocompleteField("name"), index.SearchField("description")]

    panels = [FieldPanel("name"), FieldPanel("slug"), FieldPanel("description")]

    class Meta:
        ordering = ["name"]
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        return self.name

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "qa/topic.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        """Show the topic's page as readers will see it, with the questions it has now."""
        from qa.models.index import QuestionIndexPage

        column = QuestionIndexPage.objects.first()
        context = super().get_preview_context(request, mode_name) | {"topic": self, "page": column}
        return context | (column.topic_context(request, self) if column else {})
