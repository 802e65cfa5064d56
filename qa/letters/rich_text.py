"""Rich text of the editor as Markdown and back, by Wagtail's own converter."""

import re

from django.utils.functional import cached_property
from wagtail.admin.rich_text.converters.markdown_db import MarkdownConverter

from qa.blocks.text import PARAGRAPH_FEATURES

_BLOCK_KEY = re.compile(r'\sdata-block-key="[^"]*"')


class _Converters:
    @cached_property
    def markdown(self) -> MarkdownConverter:
        """Made on first use: it reads the registered features of all apps."""
        return MarkdownConverter(features=PARAGRAPH_FEATURES)


_converters = _Converters()


def canonical(html: str) -> str:
    """Return rich text without the editor's random block keys, which mean nothing outside a revision."""
    return _BLOCK_KEY.sub("", html).strip()


def to_markdown(html: str) -> str:
    """Return rich text as Markdown; pages and documents are ``wagtail://`` addresses."""
    return _converters.markdown.from_database_format(html, resolved=False).strip()


def to_html(markdown: str) -> str:
    """Return Markdown as canonical rich text."""
    return canonical(_converters.markdown.to_database_format(markdown))
