"""Blocks of media: pictures, embeds and documents."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents import get_document_model
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageBlock

from qa.rendering.references import settle_alone


class FigureBlock(blocks.StructBlock):
    """A picture with the alternative text that this letter needs, and a caption."""

    image = ImageBlock(label=_("Image"))
    caption = blocks.CharBlock(required=False, max_length=300, label=_("Caption"))
    credit = blocks.CharBlock(
        required=False,
        max_length=200,
        label=_("Credit"),
        help_text=_("Who made the picture; shown behind the caption."),
    )

    def get_context(self, value: blocks.StructValue, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add the picture in several sizes, or nothing when the image was deleted."""
        context = super().get_context(value, parent_context=parent_context)
        image = value.get("image")
        if not image:
            return context | {"picture": ""}
        alternative = "" if image.decorative else image.contextual_alt_text or ""
        marked = format_html('<img data-reference="image:{}" alt="{}">', image.pk, alternative)
        return context | {"picture": settle_alone(marked, parent_context)}

    def get_preview_value(self) -> blocks.StructValue:
        """Show the newest picture of the library in the block picker; without any, the preview is empty."""
        image = get_image_model().objects.order_by("-pk").first()
        return self.normalize({**self.meta.preview_value, "image": image})

    class Meta:
        icon = "image"
        label = _("Image")
        group = _("Media")
        description = _("A picture with alternative text, a caption and a credit.")
        template = "qa/blocks/figure.html"
        label_format = "{caption}"
        preview_value = {"image": None, "caption": "The caption says what the picture proves.", "credit": ""}


class EmbedBlock(blocks.StructBlock):
    """A video, or another page of the web, that readers open by pressing it: nothing is asked of its host before."""

    #: The providers whose player can stand in the letter after a press, by the number of the video in the address.
    PLAYERS = (
        (
            re.compile(
                r"https?://(?:(?:www\.|m\.)?youtube(?:-nocookie)?\.com/(?:watch\?(?:[^#]*&)?v=|embed/|shorts/|live/)"
                r"|youtu\.be/)([\w-]{6,20})(?![\w-])",
                re.ASCII,
            ),
            "https://www.youtube-nocookie.com/embed/{}?autoplay=1",
        ),
        (
            re.compile(r"https?://(?:www\.|player\.)?vimeo\.com/(?:video/)?(\d{3,12})(?!\w)", re.ASCII),
            "https://player.vimeo.com/video/{}?autoplay=1&dnt=1",
        ),
    )

    address = blocks.URLBlock(
        label=_("Address"),
        max_length=500,
        search_index=False,
        help_text=_("Nothing is loaded from there until a reader presses it."),
    )
    title = blocks.CharBlock(
        max_length=200, label=_("Title"), help_text=_("What readers will see or hear, in a few words.")
    )

    def get_context(self, value: blocks.StructValue, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add the address if it is one of the web, its host as readers know it, and the player's address if known."""
        context = super().get_context(value, parent_context=parent_context)
        address = value.get("address") or ""
        host = _host_of(address)
        player = next((to.format(found[1]) for known, to in self.PLAYERS if (found := known.match(address))), "")
        return context | {"address": address if host else "", "host": host, "player": player}

    class Meta:
        icon = "media"
        label = _("Embed")
        group = _("Media")
        description = _("A video or a page of another site, which readers open by pressing it.")
        template = "qa/blocks/embed.html"
        label_format = "{title}"
        preview_value = {"address": "https://example.org/talks/42", "title": "A talk: the planner is not your enemy"}


class DocumentBlock(blocks.StructBlock):
    """A file to download."""

    document = DocumentChooserBlock(label=_("Document"))
    title = blocks.CharBlock(
        required=False,
        max_length=200,
        label=_("Title"),
        help_text=_("What the file is to this letter; without it, the title in the library is shown."),
    )

    def get_context(self, value: blocks.StructValue, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add the card of the document, or nothing when it was deleted or is private."""
        context = super().get_context(value, parent_context=parent_context)
        document = value.get("document")
        if not document:
            return context | {"card": ""}
        marked = format_html(
            '<p class="document" data-reference="document:{}">{}</p>', document.pk, value.get("title") or ""
        )
        return context | {"card": settle_alone(marked, parent_context)}

    def get_preview_value(self) -> blocks.StructValue:
        """Show the newest document of the library in the block picker; without any, the preview is empty."""
        document = get_document_model().objects.order_by("-pk").first()
        return self.normalize({**self.meta.preview_value, "document": document})

    class Meta:
        icon = "doc-full"
        label = _("Document")
        group = _("Media")
        description = _("A file to download, with its type and size.")
        template = "qa/blocks/document.html"
        label_format = "{title}"
        preview_value = {"document": None, "title": ""}


def _host_of(address: str) -> str:
    """Return the host of an address of the web without "www."; empty for anything else, such as a script."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:  # no address, such as http://[
        return ""
    return host.removeprefix("www.") if address.lower().startswith(("http://", "https://")) else ""
