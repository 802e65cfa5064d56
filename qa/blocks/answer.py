"""Assembles the body of an answer."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from qa.blocks.code import CodeBlock
from qa.blocks.media import DocumentBlock, EmbedBlock, FigureBlock
from qa.blocks.reasoning import CalloutBlock, PushbackBlock, StepsBlock
from qa.blocks.text import HeadingBlock, MarkdownBlock, ParagraphBlock, QuoteBlock


class AnswerBlock(blocks.StreamBlock):
    """An answer: a letter made of these blocks, in the order in which the picker offers them."""

    paragraph = ParagraphBlock()
    heading = HeadingBlock()
    markdown = MarkdownBlock()
    quote = QuoteBlock()
    steps = StepsBlock()
    pushback = PushbackBlock()
    callout = CalloutBlock()
    code = CodeBlock()
    image = FigureBlock()
    embed = EmbedBlock()
    document = DocumentBlock()

    class Meta:
        label = _("Answer")
        template = "qa/blocks/answer.html"
