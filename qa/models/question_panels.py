"""Panels of a question's form: what stands on which tab, in the order in which editors work."""

from django.forms import Textarea
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    CommentPanel,
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    MultipleChooserPanel,
    ObjectList,
    PageChooserPanel,
    PublishingPanel,
    TabbedInterface,
    TitleFieldPanel,
)
from wagtail.admin.widgets import AdminAutoHeightTextInput


class QuestionTitlePanel(TitleFieldPanel):
    """The question; the slug follows it until it is first published, also while the page is offline again.

    Wagtail's panel goes by whether the page is live: a question that was taken down for a correction would lose the
    address that readers have kept.
    """

    class BoundPanel(TitleFieldPanel.BoundPanel):
        """The panel in the form of one question."""

        def get_should_apply(self) -> bool:
            return not (self.instance and self.instance.first_published_at)


def _counted() -> Textarea:
    """Return a text field under which ``static/js/character_count.js`` says how many characters are in it."""
    words = _("%(used)s of %(most)s characters")
    return AdminAutoHeightTextInput(attrs={"rows": 2, "data-characters": words})


ANSWER = [
    QuestionTitlePanel(
        "title",
        widget=AdminAutoHeightTextInput(),  # without line breaks: static/js/desk-writing.js, and the form
        heading=_("Question"),
        placeholder=_("The question in one sentence"),
        help_text=_("Readers see it as the heading of the page, in lists and in search results."),
    ),
    HelpPanel(template="qa/desk/similar.html"),  # filled by static/js/similar.js
    FieldRowPanel([FieldPanel("asker_name"), FieldPanel("asked_on")]),
    MultipleChooserPanel("question_topics", label=_("Topic"), heading=_("Topics"), chooser_field_name="topic"),
    FieldPanel("answer"),
    FieldPanel("summary", widget=_counted()),
    FieldPanel("answered_by"),
]

READER = [
    FieldPanel("question"),
    PageChooserPanel("follow_up_to", "qa.QuestionPage"),
]

PROMOTE = [
    MultiFieldPanel(
        [FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")], _("For search engines")
    ),
    MultipleChooserPanel(
        "related_questions", label=_("Question"), heading=_("Related questions"), chooser_field_name="question"
    ),
]

PLANNING = [
    FieldPanel("notes"),
    FieldPanel("planned_for"),
    MultiFieldPanel([FieldPanel("reviewed_on"), FieldPanel("review_after")], _("Review")),
    InlinePanel("updates", label=_("Update"), heading=_("What changed")),
    PublishingPanel(),
    CommentPanel(),
]


def tabs() -> TabbedInterface:
    """Return the form. What every question needs is on the first tab; the others are for some."""
    return TabbedInterface(
        [
            ObjectList(ANSWER, heading=_("Answer")),
            ObjectList(READER, heading=_("Reader")),
            ObjectList(PROMOTE, heading=_("Promote")),
            ObjectList(PLANNING, heading=_("Planning")),
        ]
    )
