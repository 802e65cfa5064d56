"""Models of the front page and of the site-wide settings."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.forms import ColorInput
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, PageChooserPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import RichTextField
from wagtail.models import Page, PreviewableMixin, RevisionMixin

from home import accent, desk_colours
from home.accent import DEFAULT_ACCENT, check_accent
from qa.models import QuestionIndexPage, QuestionPage
from qa.models.editing_form import PageForm, SettingsForm
from qa.models.link import Link
from qa.models.order import OnlyOne
from qa.registered_models import site_settings

NEWEST_ON_FRONT_PAGE = 6


class HomePage(Page):
    """The front page: who answers here, one question to start with, the newest ones and the topics."""

    introduction = RichTextField(
        _("introduction"),
        blank=True,
        features=["bold", "italic", "link"],
        help_text=_("What this column is and who answers, for readers who come here first."),
    )
    featured_question = models.ForeignKey(
        QuestionPage,
        verbose_name=_("featured question"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Shown above the newest ones. A question that is not published is not shown."),
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("introduction"),
        PageChooserPanel("featured_question", "qa.QuestionPage"),
    ]
    base_form_class = PageForm

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["qa.QuestionIndexPage"]
    max_count = 1
    page_description = _("The front page of the column.")

    class Meta:
        verbose_name = _("home page")

    def permissions_for_user(self, user: AbstractBaseUser) -> OnlyOne:
        """Return what an account may do: of the front page no copy is made."""
        return OnlyOne(user, self)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the column, its featured and newest questions and its topics; an empty site has none of them."""
        context = super().get_context(request, *args, **kwargs)
        column = QuestionIndexPage.objects.child_of(self).first()
        if column is None:
            return context
        questions = column.questions
        featured = questions.filter(pk=self.featured_question_id).first() if self.featured_question_id else None
        newest = questions.exclude(pk=featured.pk) if featured else questions
        return context | {
            "column": column,
            "featured": featured,
            "newest": newest[:NEWEST_ON_FRONT_PAGE],
            "topics": column.topics,
        }


@register_setting(icon="cog")
@site_settings.register
class SiteSettings(PreviewableMixin, RevisionMixin, ClusterableModel, BaseSiteSetting):
    """Brand, expert, contact and footer: what every page of the site shows."""

    brand_name = models.CharField(
        _("brand name"), max_length=80, default="Asked & Answered", help_text=_("Shown at the top of every page.")
    )
    tagline = models.CharField(
        _("tagline"), max_length=160, blank=True, help_text=_("What the column is about, in half a sentence.")
    )
    accent_color = models.CharField(
        _("accent colour"),
        max_length=7,
        default=DEFAULT_ACCENT,
        validators=[check_accent],
        help_text=_(
            "The colour of links and highlights, dark enough to be read on the page. "
            "Readers with a dark screen get a lighter shade of it."
        ),
    )
    expert = models.ForeignKey(
        "qa.Expert",
        verbose_name=_("expert"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Who answers wherever a question names nobody."),
    )
    contact_email = models.EmailField(
        _("contact address"), blank=True, help_text=_("Readers find it at the foot of every page.")
    )
    footer_text = RichTextField(
        _("footer text"),
        blank=True,
        features=["bold", "italic", "link"],
        help_text=_("The last words on every page: who publishes it, under which licence."),
    )

    panels = [
        MultiFieldPanel(
            [
                FieldPanel("brand_name"),
                FieldPanel("tagline"),
                FieldPanel("expert"),
                FieldPanel("accent_color", widget=ColorInput),
            ],
            _("The column"),
        ),
        MultiFieldPanel(
            [FieldPanel("contact_email"), InlinePanel("social_links", label=_("Link")), FieldPanel("footer_text")],
            _("At the foot of every page"),
        ),
    ]

    base_form_class = SettingsForm

    select_related = ["expert"]

    class Meta:
        verbose_name = _("site settings")

    def __str__(self) -> str:
        return self.brand_name

    @property
    def accent_stylesheet(self) -> str:
        """The address of the CSS with the chosen accent colour, or nothing while it is the one of ``site.css``.

        It is another one when its contents change, and so is that for the desk.
        """
        if self.accent_color == DEFAULT_ACCENT:
            return ""
        address = reverse("home:accent", args=[self.accent_color.removeprefix("#")])
        return f"{address}?{accent.version(accent.stylesheet(self.accent_color))}"

    @property
    def desk_stylesheet(self) -> str:
        """The address of the CSS that paints the desk in the accent colour."""
        address = reverse("home:desk_colours", args=[self.accent_color.removeprefix("#")])
        return f"{address}?{accent.version(desk_colours.stylesheet(self.accent_color))}"

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "home/home_page.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        """Show the front page with these settings in place of the stored ones."""
        setattr(request, self.get_cache_attr_name(), self)  # where for_request() looks first
        page = self.site.root_page.specific
        return page.get_context(request)


class SocialLink(Link):
    """One of the column's addresses elsewhere."""

    site_settings = ParentalKey(SiteSettings, on_delete=models.CASCADE, related_name="social_links")
