"""Pictures."""

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageBlock

from qa.references import settle_alone


class FigureBlock(blocks.StructBlock):
    """A picture with the alternative text that this letter needs, and a caption."""

    image = ImageBlock(label=_("Image"))
    caption = blocks.CharBlock(required=False, max_length=300, label=_("Caption"))

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
        description = _("A picture with alternative text and a caption.")
        template = "qa/blocks/figure.html"
        label_format = "{caption}"
        preview_value = {"image": None, "caption": "The caption says what the picture proves."}
