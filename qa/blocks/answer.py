"""StreamBlock of an answer: the blocks that an editor may choose from."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import BadRequest
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from qa.blocks.code import CodeBlock
from qa.blocks.comparison import ComparisonBlock
from qa.blocks.links import RelatedBlock
from qa.blocks.media import DocumentBlock, EmbedBlock, FigureBlock
from qa.blocks.reasoning import CalloutBlock, PushbackBlock, ShortAnswerBlock, StepsBlock
from qa.blocks.text import HeadingBlock, MarkdownBlock, ParagraphBlock, QuoteBlock


class AnswerBlock(blocks.StreamBlock):
    """An answer: a letter made of these blocks, in the order in which the picker offers them."""

    paragraph = ParagraphBlock()
    heading = HeadingBlock()
    markdown = MarkdownBlock()
    quote = QuoteBlock()
    short_answer = ShortAnswerBlock(top_level=3)
    steps = StepsBlock()
    pushback = PushbackBlock()
    comparison = ComparisonBlock()
    callout = CalloutBlock()
    code = CodeBlock()
    image = FigureBlock()
    embed = EmbedBlock()
    document = DocumentBlock()
    related = RelatedBlock()

    def value_from_datadict(self, data: Any, files: Any, prefix: str) -> blocks.StreamValue:
        """Read the answer from a form; raise ``BadRequest`` (400) for what no form of the desk sends.

        Wagtail takes it for granted that every block's fields are there, and are numbers where they count.
        """
        try:
            return super().value_from_datadict(data, files, prefix)
        except (KeyError, ValueError) as error:
            raise BadRequest(f"The form is not complete: {type(error).__name__} in {prefix}") from error

    def words_of_short_answer(self, value: blocks.StreamValue) -> str:
        """Return the words of the short answer as they are stored, without a query; ``""`` if there is none."""
        written = (block["value"] for block in value.raw_data if block["type"] == "short_answer" and block["value"])
        return self.child_blocks["short_answer"].running_text(next(written, ""))

    def running_texts(self, value: blocks.StreamValue) -> Iterator[str]:
        """Yield the words of each block of running text as they are stored, without a query."""
        for child in value.raw_data:
            block, stored = self.child_blocks.get(child["type"]), child["value"]
            if hasattr(block, "running_text") and isinstance(stored, str):
                yield block.running_text(stored)

    def get_context(self, value: blocks.StreamValue, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Give the template the blocks in reading order: the short answer first, wherever it stands in the form."""
        context = super().get_context(value, parent_context=parent_context)
        return context | {"value": sorted(value, key=lambda block: block.block_type != "short_answer")}

    class Meta:
        label = _("Answer")
        template = "qa/blocks/answer.html"
        block_counts = {"short_answer": {"max_num": 1}}
