"""Rich text of the editor as Markdown and back, by Wagtail's own converter."""

import re
from html import unescape

from django.utils.functional import cached_property
from draftjs_exporter.error import ExporterException, MarkdownParseError
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.admin.rich_text.converters.markdown_db import MarkdownConverter
from wagtail.whitelist import check_url

from qa.blocks.text import PARAGRAPH_FEATURES

# What the editor's own features (``PARAGRAPH_FEATURES``) can produce.
_TAG = re.compile(
    r"</?(?:p|b|strong|i|em|code|ul|ol|li)>|</a>|<br ?/?>"
    r'|<a (?:linktype="(?:page|document)" id="\d{1,18}"|id="\d{1,18}" linktype="(?:page|document)"'
    r'|href="(?P<href>[^"<>]*)")>'
)
_TOO_DEEP = "a paragraph is nested too deeply"
_BLOCK_KEY = re.compile(r'\sdata-block-key="[^"]*"')


class _Converters:
    @cached_property
    def markdown(self) -> MarkdownConverter:
        """Made on first use: it reads the registered features of all apps."""
        return MarkdownConverter(features=PARAGRAPH_FEATURES)

    @cached_property
    def form(self) -> ContentstateConverter:
        """What the editing form reads and writes with."""
        return ContentstateConverter(features=PARAGRAPH_FEATURES)


_converters = _Converters()


def canonical(html: str) -> str:
    """Return rich text without the editor's random block keys, which mean nothing outside a revision."""
    return _BLOCK_KEY.sub("", html).strip()


def to_markdown(html: str) -> str:
    """Return rich text as Markdown; pages and documents are ``wagtail://`` addresses.

    Raises ``ValueError`` for what Markdown cannot hold.
    """
    try:
        return _converters.markdown.from_database_format(html, resolved=False).strip()
    except ExporterException as error:  # links inside links, for example
        raise ValueError(str(error)) from None
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None


def to_html(markdown: str) -> str:
    """Return Markdown as canonical rich text; raises ``ValueError`` for what a paragraph cannot hold."""
    try:
        return checked(_converters.markdown.to_database_format(markdown))
    except MarkdownParseError as error:
        raise ValueError(error.message) from None
    except RecursionError:  # the converter calls itself for each list inside a list
        raise ValueError(_TOO_DEEP) from None


def checked(html: str) -> str:
    """Return rich text in its canonical form; raises ``ValueError`` unless it is what the editor could have made.

    Readers get rich text as it is stored, and a letter may come from anybody: no script must come with it.
    """
    html = canonical(html)
    for tag in _TAG.finditer(html):
        if tag["href"] and not check_url(unescape(tag["href"])):
            raise ValueError(f"a paragraph cannot link to {tag['href']!r}")
    if found := re.search(r"<[^>]*>?", _TAG.sub("", html)):
        raise ValueError(f"a paragraph cannot hold {found[0]!r}")
    try:
        # The way through the editing form: what breaks off here would lock everybody out of it.
        _converters.form.to_database_format(_converters.form.from_database_format(html))
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    except Exception as error:  # noqa: BLE001 - the converter raises whatever it stumbles over
        raise ValueError(f"a paragraph that the editor cannot open: {error}") from None
    return html
