"""Blocks of running text: paragraph, heading, Markdown, quote."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.rich_text import RichText
from wagtail.rich_text.rewriters import LinkRewriter
from wagtailmarkdown.blocks import MarkdownBlock as EasyMDEBlock

from qa.blocks import oversights
from qa.blocks.referring import ReferringBlock
from qa.rendering.markdown import Lead, clean, inline_html, inline_text, to_html, to_text
from qa.rendering.outline import Outline
from qa.rendering.reference_check import refuse_wrong_references
from qa.rendering.references import settle_alone

PARAGRAPH_FEATURES = ["bold", "italic", "code", "link", "document-link", "ol", "ul"]


class ParagraphBlock(blocks.RichTextBlock):
    """Rich text as editors know it from a word processor, limited to what a letter needs."""

    def __init__(self, features: list[str] | None = None, **kwargs: Any) -> None:
        super().__init__(features=features or PARAGRAPH_FEATURES, **kwargs)

    def clean(self, value: RichText) -> RichText:
        """Refuse to publish a paragraph that is empty or has a link that leads nowhere; raises ``ValidationError``.

        A form field takes the tags of an empty one for text.
        """
        cleaned = super().clean(value)
        if self.required and not strip_tags(cleaned.source).strip():
            raise ValidationError(self.field.error_messages["required"], code="required")
        if not self.is_deferred_validation:
            refuse_wrong_references(self.reference_addresses(cleaned.source))
        return cleaned

    def reference_addresses(self, stored: str | None) -> list[str]:
        """Return the pages and documents that the stored text links to, such as ``page:12``."""
        return list(dict.fromkeys(map(unescape, _MARK.findall(_MARKED_LINKS(stored or "")))))

    def stored_leads(self, stored: str | None) -> list[Lead]:
        """Return where the links of the stored text lead."""
        marked = _MARKED_LINKS(stored or "")
        return [Lead(unescape(address), "") for pair in _LEAD.findall(marked) for address in pair if address]

    def running_text(self, stored: str) -> str:
        """Return the words of the stored text."""
        return unescape(strip_tags(stored))

    def render_basic(self, value: RichText, context: dict[str, Any] | None = None) -> SafeString:
        """Render through the same gate as Markdown; links to pages and documents become references."""
        return settle_alone(clean(_MARKED_LINKS(value.source)), context)

    class Meta:
        icon = "pilcrow"
        label = _("Paragraph")
        group = _("Text")
        description = _("Prose with bold, italic, code, links and lists.")
        preview_value = (
            "<p>If you know one of them already, <b>use that one</b>. The rest of this letter is detail.</p>"
        )


class MarkdownBlock(ReferringBlock, EasyMDEBlock):
    r"""CommonMark with GitHub's tables and task lists, rendered by ``qa.rendering.markdown``.

    The value is kept with plain ``\\n`` line ends and without blank lines around it, whatever the browser posts:
    letters, search entries and revision comparisons then see the same text.
    """

    def __init__(self, *, top_level: int = 2, **kwargs: Any) -> None:
        self.top_level = top_level
        super().__init__(**kwargs)

    def normalize(self, value: Any) -> str:
        return canonical_text(value or "")

    def to_python(self, value: Any) -> str:
        return canonical_text(value or "")

    def value_from_datadict(self, data: Any, files: Any, prefix: str) -> str:
        return canonical_text(super().value_from_datadict(data, files, prefix) or "")

    def render_basic(self, value: str, context: dict[str, Any] | None = None) -> SafeString:
        return render_markdown(value, context, self.top_level)

    def get_searchable_content(self, value: str) -> list[str]:
        return [to_text(value)]

    def running_text(self, stored: str) -> str:
        """Return the words of the stored text."""
        return to_text(stored)

    def oversights(self, value: str) -> Iterator[str]:
        """Yield what the desk says of code and hidden remarks in the text."""
        return oversights.in_markdown(value or "")

    class Meta:
        icon = "code"
        label = _("Markdown")
        group = _("Text")
        description = _("Text in Markdown: lists, tables, footnotes, code. Link to a question with page:ID.")
        preview_value = (
            "You need *one* of these:\n\n- a backup that was **restored**\n- luck\n\n`pg_restore` proves the first."
        )


class LineBlock(ReferringBlock, blocks.CharBlock):
    """One line of Markdown: code, emphasis and links work in it."""

    def get_searchable_content(self, value: str | None) -> list[str]:
        return [inline_text(value)] if value else []


class HeadingBlock(blocks.StructBlock):
    """A heading inside the answer, with an anchor that links can point to."""

    text = LineBlock(label=_("Heading"), max_length=200)
    level = blocks.ChoiceBlock(
        choices=[("h2", _("Section")), ("h3", _("Subsection"))], default="h2", label=_("Level"), search_index=False
    )

    def get_context(self, value: blocks.StructValue, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add the heading as HTML, whether it has links of its own, its element, and its anchor, unique in the page."""
        context = super().get_context(value, parent_context=parent_context)
        text = value.get("text") or ""
        # The name of an element comes from here, whatever is stored: escaping would not make another name safe.
        element = "h3" if value.get("level") == "h3" else "h2"
        anchor = outline_of(parent_context).add(inline_text(text), int(element[1]))
        return context | {**line_of(text, parent_context), "element": element, "anchor": anchor}

    class Meta:
        icon = "title"
        label = _("Heading")
        group = _("Text")
        description = _("Divides a long letter; readers can link to it.")
        template = "qa/blocks/heading.html"
        label_format = "{text}"
        preview_value = {"text": "What the planner sees", "level": "h2"}


class QuoteBlock(blocks.StructBlock):
    """Somebody else's words."""

    text = MarkdownBlock(label=_("Quote"))
    who = blocks.CharBlock(required=False, max_length=200, label=_("Who said it"))
    source = blocks.URLBlock(
        required=False,
        label=_("Source"),
        search_index=False,
        help_text=_("Readers can follow the name to this address."),
    )

    def get_context(self, value: blocks.StructValue, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add the address of the source if it is one of the web; drafts and old revisions may hold anything."""
        context = super().get_context(value, parent_context=parent_context)
        source = value.get("source") or ""
        return context | {"address": source if source.lower().startswith(("http://", "https://")) else ""}

    class Meta:
        icon = "openquote"
        label = _("Quote")
        group = _("Text")
        description = _("Somebody else's words, with their name and where they said it.")
        template = "qa/blocks/quote.html"
        label_format = "{who}: {text}"
        preview_value = {"text": "It works on my machine.", "who": "Everybody, once", "source": ""}


def canonical_text(text: str) -> str:
    r"""Return multi-line text with ``\\n`` line ends, no NUL (PostgreSQL cannot store it), no blank lines around it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    lines = text.split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    return "\n".join(lines).rstrip()


def outline_of(context: dict[str, Any] | None) -> Outline:
    """Return the outline of the page that a block is rendered in, or a new one for a block by itself."""
    return (context or {}).get("outline") or Outline()


def render_markdown(value: str, context: dict[str, Any] | None, top_level: int) -> SafeString:
    """Render a Markdown value inside an answer, or on its own."""
    return settle_alone(to_html(value, outline=outline_of(context), top_level=top_level), context)


def line_of(source: str, context: dict[str, Any] | None) -> dict[str, Any]:
    """Return a line that leads to itself, as ``line``, and as ``has_links`` whether it has links of its own.

    A link cannot stand in a link: such a line leads to itself by a sign behind it.
    """
    html = settle_alone(inline_html(source, outline=outline_of(context)), context)
    return {"line": html, "has_links": "<a " in html}


def _reference(kind: str) -> Callable[[list[dict[str, str]]], list[str]]:
    return lambda links: [f'<a data-reference="{kind}:{escape(link.get("id", ""))}">' for link in links]


def _outside(links: list[dict[str, str]]) -> list[str]:
    return [f'<a href="{escape(link.get("href", ""))}" rel="external noopener">' for link in links]


_MARK = re.compile(r'<a data-reference="([^"]*)">')
_LEAD = re.compile(r'<a (?:data-reference="([^"]*)"|href="([^"]*)" rel="external noopener")>')
_MARKED_LINKS = LinkRewriter(
    bulk_rules={"page": _reference("page"), "document": _reference("document"), "external": _outside},
)
