"""Model of the experts, who answer."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.fields import RichTextField
from wagtail.images import get_image_model_string
from wagtail.models import PreviewableMixin, RevisionMixin
from wagtail.search import index

from qa.models.editing_form import SettingsForm
from qa.models.link import Link
from qa.registered_models import site_settings


class Expert(PreviewableMixin, RevisionMixin, index.Indexed, ClusterableModel):
    """Somebody who answers questions, with a public page."""

    name = models.CharField(_("name"), max_length=120, unique=True, help_text=_("Readers see it below every answer."))
    slug = models.SlugField(
        _("slug"),
        max_length=120,
        unique=True,
        allow_unicode=True,
        help_text=_("The address of the expert's page. If you change it, the old address redirects to the new one."),
    )
    role = models.CharField(
        _("role"), blank=True, max_length=160, help_text=_("What makes them the one to ask, in a few words.")
    )
    biography = RichTextField(
        _("biography"),
        blank=True,
        features=["bold", "italic", "link"],
        help_text=_("A paragraph or two for readers who want to know who answers them."),
    )
    picture = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("A portrait; it is shown round, cut around its focal point."),
    )

    search_fields = [index.SearchField("name"), index.AutocompleteField("name"), index.SearchField("role")]

    panels = [
        FieldPanel("name"),
        FieldPanel("slug"),
        FieldPanel("role"),
        FieldPanel("picture"),
        FieldPanel("biography"),
        InlinePanel("links", label=_("Link")),
    ]
    base_form_class = SettingsForm

    class Meta:
        ordering = ["name"]
        verbose_name = _("expert")
        verbose_name_plural = _("experts")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def of_the_column(cls, request: HttpRequest) -> "Expert | None":
        """Return the expert of the site settings, who answers where a question names nobody."""
        return site_settings.model.for_request(request).expert

    @classmethod
    def of_all_columns(cls) -> models.QuerySet:
        """Return the experts of the settings of all sites, who answer where a question names nobody."""
        chosen = site_settings.model.objects.exclude(expert=None).values("expert")
        return cls.objects.filter(pk__in=chosen)

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "qa/expert.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        """Show the expert's page as readers will see it, with the answers it has now."""
        from qa.models.index import QuestionIndexPage

        column = QuestionIndexPage.objects.first()
        context = super().get_preview_context(request, mode_name) | {"expert": self, "page": column}
        return context | (column.expert_context(request, self) if column else {})


class ExpertLink(Link):
    """One of an expert's addresses elsewhere."""

    expert = ParentalKey(Expert, on_delete=models.CASCADE, related_name="links")
