"""Warns whoever saves a draft of references that will keep it from being published."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from wagtail.admin import messages
from wagtail.blocks import Block, ListBlock, StreamBlock, StructBlock
from wagtail.models import Page

from qa.blocks.text import MarkdownBlock
from qa.markdown import reference_addresses
from qa.models import QuestionPage
from qa.reference_check import wrong_references


def warn(request: HttpRequest, page: Page) -> None:
    """Tell the editor which references of the page lead nowhere; not while the desk saves by itself."""
    if not isinstance(page, QuestionPage) or not request.accepts("text/html"):
        return
    texts = [page.question, *markdown_texts(page.answer.stream_block, page.answer)]
    addresses = dict.fromkeys(address for text in texts for address in reference_addresses(text))
    if wrong := wrong_references(addresses):
        lines = format_html_join("", "<li>{}</li>", ((message,) for message in wrong))
        heading = gettext("Readers cannot follow every reference; they see plain text instead.")
        messages.warning(request, format_html("{}<ul>{}</ul>", heading, lines))


def markdown_texts(block: Block, value: Any) -> Iterator[str]:
    """Yield the Markdown texts inside the value of a block, in reading order."""
    if isinstance(block, MarkdownBlock):
        yield value or ""
    elif isinstance(block, StructBlock) and isinstance(value, Mapping):  # the value of an ImageBlock is an image
        for name, child in block.child_blocks.items():
            yield from markdown_texts(child, value.get(name))
    elif isinstance(block, StreamBlock):
        for child in value or ():
            yield from markdown_texts(child.block, child.value)
    elif isinstance(block, ListBlock):
        for item in value or ():
            yield from markdown_texts(block.child_block, item)
