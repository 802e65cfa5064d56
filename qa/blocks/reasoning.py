"""Blocks of reasoning: the short answer, decisions in order, objections with replies, remarks set apart."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from qa.blocks.code import CodeBlock
from qa.blocks.text import LineBlock, MarkdownBlock, ParagraphBlock, line_of, outline_of
from qa.rendering.markdown import inline_html, inline_text
from qa.rendering.references import settle_alone


class ShortAnswerBlock(MarkdownBlock):
    """The answer in a sentence or two. Readers see it first, wherever it stands in the form."""

    def get_context(self, value: str, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add the text as HTML."""
        context = super().get_context(value, parent_context=parent_context)
        return context | {"text": self.render_basic(value, parent_context)}

    class Meta:
        icon = "pick"
        label = _("Short answer")
        group = _("Reasoning")
        description = _("The answer in a sentence or two. Readers see it first; it is the summary if none is written.")
        template = "qa/blocks/short_answer.html"
        preview_value = "If one of you knows one of them well, **take that one**. Else take Django."


class StepBlock(blocks.StructBlock):
    """One decision on the way to the answer."""

    title = LineBlock(max_length=200, label=_("Decision"))
    text = MarkdownBlock(label=_("What follows from it"), required=False, top_level=3)
    stop = blocks.CharBlock(
        required=False,
        max_length=300,
        label=_("Then stop here"),
        help_text=_("Shown to readers who need not go on: “Then stop here: …”."),
    )

    def get_context(self, value: blocks.StructValue, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add the title as HTML."""
        context = super().get_context(value, parent_context=parent_context)
        title = inline_html(value.get("title") or "", outline=outline_of(parent_context))
        return context | {"title": settle_alone(title, parent_context)}

    class Meta:
        icon = "list-ol"
        label = _("Step")
        template = "qa/blocks/step.html"
        label_format = "{title}"


class StepsBlock(blocks.ListBlock):
    """Decisions in order, each of which may end the matter."""

    def __init__(self, child_block: blocks.Block | type[blocks.Block] = StepBlock, **kwargs: Any) -> None:
        super().__init__(child_block, **kwargs)

    class Meta:
        icon = "list-ol"
        label = _("Steps")
        group = _("Reasoning")
        description = _("Numbered decisions that lead to the answer, each of which may end the matter.")
        template = "qa/blocks/steps.html"
        preview_value = [
            {"title": "Do you know one of them already?", "text": "Then use it.", "stop": "you have your answer."},
            {"title": "You know neither?", "text": "Take the one with the larger community.", "stop": ""},
        ]


class ReplyBlock(blocks.StreamBlock):
    """The expert's reply to an objection."""

    paragraph = ParagraphBlock()
    markdown = MarkdownBlock(top_level=3)
    code = CodeBlock()

    class Meta:
        template = "qa/blocks/answer.html"
        label = _("Reply")


class PushbackBlock(blocks.StructBlock):
    """An objection in the reader's voice ("But FastAPI is async…") and the expert's reply to it."""

    objection = LineBlock(
        max_length=250, label=_("Objection"), help_text=_("In the reader's words. It becomes a heading with a link.")
    )
    reply = ReplyBlock(label=_("Reply"))

    def get_context(self, value: blocks.StructValue, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add the objection as HTML, whether it has links of its own, and its anchor, unique in the page."""
        context = super().get_context(value, parent_context=parent_context)
        objection = value.get("objection") or ""
        anchor = outline_of(parent_context).add(inline_text(objection), 2, "pushback")
        return context | {**line_of(objection, parent_context), "anchor": anchor}

    class Meta:
        icon = "comment"
        label = _("Pushback")
        group = _("Reasoning")
        description = _("A reader's objection, in their voice, and the expert's reply below it.")
        template = "qa/blocks/pushback.html"
        label_format = "{objection}"
        preview_value = {
            "objection": "But everybody else is rewriting theirs…",
            "reply": [("markdown", "They are. Ask them in two years, when they are *still* rewriting it.")],
        }


class CalloutBlock(blocks.StructBlock):
    """A remark set apart from the text."""

    KINDS = [("note", _("Note")), ("tip", _("Tip")), ("warning", _("Warning")), ("correction", _("Correction"))]

    kind = blocks.ChoiceBlock(choices=KINDS, default="note", label=_("Kind"), search_index=False)
    date = blocks.DateBlock(
        required=False, label=_("Date"), help_text=_("When the answer was corrected. Only corrections have one.")
    )
    text = MarkdownBlock(label=_("Text"), top_level=3)

    def get_context(self, value: blocks.StructValue, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add the kind and its name as readers see it; without one that is known it is a note."""
        context = super().get_context(value, parent_context=parent_context)
        names = dict(self.KINDS)
        kind = value.get("kind") if value.get("kind") in names else "note"
        return context | {"kind": kind, "kind_label": names[kind]}

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        """A published correction says when it was made; raises ``StructBlockValidationError`` without a date."""
        cleaned = super().clean(value)
        if cleaned["kind"] == "correction" and not cleaned["date"] and not self.is_deferred_validation:
            missing = ValidationError(_("A correction needs the date on which it was made."), code="required")
            raise StructBlockValidationError({"date": missing})
        return cleaned

    class Meta:
        icon = "warning"
        label = _("Callout")
        group = _("Reasoning")
        description = _("A note, tip, warning or dated correction, set apart from the text.")
        template = "qa/blocks/callout.html"
        label_format = "{kind}: {text}"
        preview_value = {"kind": "tip", "date": None, "text": "Run it once with `--dry-run` and read what it says."}
