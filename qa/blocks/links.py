"""Block that links to another question of the column."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from qa.rendering.reference_check import refuse_wrong_references
from qa.rendering.references import settle_alone


class RelatedBlock(blocks.StructBlock):
    """Another question, recommended to readers in the middle of the answer.

    The rendered block only marks the question: title, asker and date are those of the live page at each request.
    """

    question = blocks.PageChooserBlock(page_type="qa.QuestionPage", label=_("Question"))
    note = blocks.CharBlock(
        required=False,
        max_length=200,
        label=_("Note"),
        help_text=_("Why it is worth reading, in one line, shown below its title."),
    )

    def render(self, value: blocks.StructValue, context: dict[str, Any] | None = None) -> SafeString:
        """Return the mark, settled at once if the block stands alone (in the block picker)."""
        return settle_alone(super().render(value, context), context)

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        """Refuse to publish a link that readers would never see; raises ``StructBlockValidationError``."""
        cleaned = super().clean(value)
        if not self.is_deferred_validation:
            try:
                refuse_wrong_references(self.reference_addresses(self.get_prep_value(cleaned)))
            except ValidationError as wrong:
                raise StructBlockValidationError({"question": wrong}) from None
        return cleaned

    def reference_addresses(self, stored: dict[str, Any] | None) -> list[str]:
        """Return the question as ``page:12``, also one that was deleted; nothing before one is chosen."""
        pk = stored.get("question") if stored else None
        return [f"page:{pk}"] if pk else []

    def get_preview_value(self) -> blocks.StructValue:
        """Show the newest question in the block picker; without any, the preview is empty."""
        questions = self.child_blocks["question"].target_model.objects
        return self.normalize({**self.meta.preview_value, "question": questions.published().newest_first().first()})

    class Meta:
        icon = "link"
        label = _("Related question")
        group = _("Links")
        description = _("Another question with its asker and date, as they are at the moment.")
        template = "qa/blocks/related.html"
        label_format = "{question}"
        preview_value = {"question": None, "note": "The same decision, seen from the other side."}
