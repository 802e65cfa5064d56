"""Page model of a question and its answer."""

import uuid
from datetime import date
from typing import Any

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, PageChooserPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index

from qa.blocks import AnswerBlock
from qa.blocks.text import canonical_text
from qa.markdown_field import MarkdownField
from qa.models import question_panels
from qa.models.copying import QuestionCopyForm
from qa.models.editing_form import PageForm
from qa.models.expert import Expert
from qa.models.question_permissions import QuestionPermissionTester
from qa.models.save_context import indexed_now, saved_whole
from qa.models.surroundings import dates, surroundings
from qa.models.topic import Topic
from qa.querysets import QuestionPageManager
from qa.registered_models import question_page
from qa.rendering.answers import count_words, first_words, reading_minutes, render, short_answer
from qa.rendering.initials import colour_number, initials
from site_config.policy import with_frames

RESERVED_SLUGS = frozenset({"archive", "experts", "feed", "random", "topics"})  # the index's own routes

_SET_BY_WAGTAIL = frozenset(
    {"alias_of", "content_type", "latest_revision", "live_revision", "locale", "locked_by", "owner"}
    | {"path", "translation_key"}
)


def new_letter_id() -> str:
    """Return an id for a question that was not imported; it never changes."""
    return uuid.uuid4().hex


def today() -> date:
    """Return today's date in the site's time zone."""
    return timezone.localdate()


@question_page.register
class QuestionPage(Page):
    """One reader's question and the expert's letter in answer to it. The title is the question."""

    letter_id = models.CharField(max_length=120, default=new_letter_id, db_index=True, editable=False)
    asker_name = models.CharField(
        _("asker"),
        max_length=100,
        blank=True,
        help_text=_("As readers see it, such as “Robert B.”. Left empty, the asker is “Anonymous”."),
    )
    asked_on = models.DateField(
        _("asked on"), default=today, help_text=_("Readers see this date, and the list of questions is ordered by it.")
    )
    question = MarkdownField(
        _("the reader's letter"),
        blank=True,
        help_text=_("The question at length, if the reader wrote more than the title says. Markdown works."),
    )
    answer = StreamField(AnswerBlock(), verbose_name=_("answer"), blank=True, use_json_field=True)
    answered_by = models.ForeignKey(
        Expert,
        verbose_name=_("answered by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="answers",
        help_text=_("Whose name stands below the answer. Left empty, it is the expert of the site settings."),
    )
    summary = models.TextField(
        _("short answer"),
        blank=True,
        max_length=320,
        help_text=_("The answer in a sentence or two, for lists, search engines and feeds."),
    )
    reviewed_on = models.DateField(
        _("reviewed on"), null=True, blank=True, help_text=_("Readers see when the answer was last checked.")
    )
    review_after = models.DateField(
        _("review after"),
        null=True,
        blank=True,
        help_text=_("From this day on, editors are reminded to check the answer."),
    )
    planned_for = models.DateField(
        _("planned for"),
        null=True,
        blank=True,
        help_text=_("The day you mean to publish it, for the desk's calendar. Nothing is published because of it."),
    )
    follow_up_to = models.ForeignKey(
        "self",
        verbose_name=_("follow-up to"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="follow_ups",
        help_text=_("The earlier question that this one continues. Both pages link to each other."),
    )

    notes = models.TextField(
        _("private notes"),
        blank=True,
        help_text=_("For colleagues: readers never see them, neither on the site nor in search, feeds or letters."),
    )

    word_count = models.PositiveIntegerField(null=True, editable=False)  # of the published answer, for lists

    objects = QuestionPageManager()

    search_fields = [
        *Page.search_fields,
        index.SearchField("question"),
        index.SearchField("summary"),
        index.SearchField("answer"),
        index.SearchField("asker_name"),
        index.AutocompleteField("asker_name"),
        *(index.FilterField(name) for name in ("asked_on", "asker_name", "reviewed_on", "word_count")),  # desk's order
        index.RelatedFields("question_topics", [index.RelatedFields("topic", [index.SearchField("name")])]),
    ]

    edit_handler = question_panels.tabs()
    base_form_class = PageForm

    parent_page_types = ["qa.QuestionIndexPage"]
    subpage_types: list[str] = []
    page_description = _("A reader's question and the expert's letter in answer to it.")
    copy_form_class = QuestionCopyForm
    exclude_fields_in_copy = ["letter_id", "notes", "planned_for"]

    class Meta:
        verbose_name = _("question page")
        indexes = [models.Index(fields=["asked_on", "page_ptr"], name="question_order")]

    def clean(self) -> None:
        """Refuse a slug that one of the index's own addresses would hide; keep the letter as blocks keep Markdown."""
        super().clean()
        self.question = canonical_text(self.question)
        if self.slug in RESERVED_SLUGS:
            raise ValidationError(
                {"slug": _("“%s” is an address of the column itself; choose another slug.") % self.slug}
            )

    def full_clean(self, exclude: Any = None, *args: Any, **kwargs: Any) -> None:
        """Skip validation of fields that Wagtail sets: the database checks them, and each would cost a query."""
        super().full_clean({*(exclude or ()), *_SET_BY_WAGTAIL}, *args, **kwargs)

    def get_indexed_instance(self) -> "QuestionPage | None":
        """Return what Wagtail indexes for the desk: this page, or nothing while ``indexed_later``."""
        return super().get_indexed_instance() if indexed_now() else None

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Count the words of an answer that readers are about to get, so that lists need not."""
        whole = kwargs.get("update_fields") is None
        if self.live and whole:
            self.word_count = count_words(self.answer)
        with saved_whole(self if whole else None):
            super().save(*args, **kwargs)

    def get_route_paths(self) -> list[str]:
        """Return the paths that redirect when the address changes; nobody can have the address of a mere draft."""
        return super().get_route_paths() if self.live or self.first_published_at else []

    @cached_property
    def column(self) -> Page | None:
        """The index above the question; the site's, for one that SQL has put elsewhere in the tree."""
        parent = self.get_parent().specific
        index_page = apps.get_model("qa", "QuestionIndexPage")
        return parent if isinstance(parent, index_page) else index_page.objects.first()

    @property
    def asker(self) -> str:
        """The asker's name as readers see it."""
        return self.asker_name.strip() or gettext("Anonymous")

    @property
    def asker_initials(self) -> str:
        """One or two initials, or nothing for an anonymous asker."""
        return initials(self.asker_name)

    @property
    def asker_colour(self) -> int:
        """Which colour the circle with the initials has; 0 for an anonymous asker."""
        return colour_number(self.asker_name)

    @property
    def short_answer(self) -> str:
        """The written summary, else the short answer among the blocks, else the first words of the answer."""
        return self.summary or short_answer(self.answer, 60) or first_words(self.answer, 40)

    @property
    def lead(self) -> str:
        """The written summary, which opens the page unless the letter brings a short answer of its own."""
        return "" if short_answer(self.answer, 1) else self.summary

    @property
    def reading_minutes(self) -> int | None:
        """Whole minutes that reading the answer takes, for lists; ``None`` if it was never counted."""
        return None if self.word_count is None else reading_minutes(self.word_count)

    @cached_property
    def topics(self) -> list[Topic]:
        """The topics in the editor's order, each once; no query after ``with_topics()``."""
        return list(dict.fromkeys(filed.topic for filed in self.question_topics.all()))

    def permissions_for_user(self, user: AbstractBaseUser) -> QuestionPermissionTester:
        """Return what an account may do with the question."""
        return QuestionPermissionTester(user, self)

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        """Everywhere that readers meet the question."""
        return [
            *self.DEFAULT_PREVIEW_MODES,
            ("card", _("In lists")),
            ("shared", _("Found and shared")),
            ("feed", _("In the feed")),
            ("letter", _("As a letter")),
        ]

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        """Return the page's own template, or the one of a preview mode; 404 for a mode that there is not."""
        if mode_name and mode_name not in dict(self.preview_modes):
            raise Http404
        return f"qa/previews/{mode_name}.html" if mode_name else super().get_preview_template(request, mode_name)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add who answers, the dates, the questions around this one, and what the blocks share while they render."""
        updates = list(self.updates.all())
        around = surroundings(self, request.GET.get("topic")) if self.pk else {}  # the preview of a new page has none
        return {
            **super().get_context(request, *args, **kwargs),
            "column": self.column,
            "expert": self.answered_by or Expert.of_the_column(request),
            **around,
            **dates(self, [update.date for update in updates]),
            "updates": updates,
            "rendered": render(self.answer, self.question),
        }

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> TemplateResponse:
        """Return the page; only one that has a video may show the frame of its host."""
        return _with_players(super().serve(request, *args, **kwargs))

    def serve_preview(self, request: HttpRequest, mode_name: str) -> TemplateResponse:
        """Return the same of what is being written."""
        return _with_players(super().serve_preview(request, mode_name))


def _with_players(response: TemplateResponse) -> TemplateResponse:
    return with_frames(response, response.context_data["rendered"].player_hosts)


class QuestionTopicManager(models.Manager):
    """Manager that always selects the topic along with the row."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().select_related("topic")


class QuestionTopic(Orderable):
    """Files a question under a topic; the order is the editor's, the first topic is the main one."""

    page = ParentalKey(QuestionPage, on_delete=models.CASCADE, related_name="question_topics")
    # A foreign key, not many-to-many: Wagtail's reference index then knows that the topic is in use.
    topic = models.ForeignKey(Topic, verbose_name=_("topic"), on_delete=models.PROTECT, related_name="question_topics")

    objects = QuestionTopicManager()

    panels = [FieldPanel("topic")]

    def __str__(self) -> str:
        return str(self.topic)


class QuestionUpdate(Orderable):
    """One line on what changed in an answer, and when."""

    page = ParentalKey(QuestionPage, on_delete=models.CASCADE, related_name="updates")
    date = models.DateField(_("date"), default=today, help_text=_("When the answer changed."))
    note = models.CharField(
        _("note"), max_length=255, help_text=_("What changed, in one line, for readers who come back.")
    )

    panels = [FieldPanel("date"), FieldPanel("note")]

    def __str__(self) -> str:
        return f"{self.date}: {self.note}"


class RelatedQuestion(Orderable):
    """Another question that the editor recommends to readers of this one."""

    page = ParentalKey(QuestionPage, on_delete=models.CASCADE, related_name="related_questions")
    question = models.ForeignKey(
        QuestionPage, verbose_name=_("question"), on_delete=models.CASCADE, related_name="recommended_by"
    )

    panels = [PageChooserPanel("question", "qa.QuestionPage")]

    def __str__(self) -> str:
        return str(self.question)
