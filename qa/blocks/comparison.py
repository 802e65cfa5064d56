"""Block that compares options by criteria, as a table."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTable, TypedTableBlock, TypedTableBlockValidationError

from qa.blocks.text import LineBlock, outline_of
from qa.rendering.markdown import Lead, inline_html, inline_text, leads, reference_addresses, references
from qa.rendering.reference_check import refuse_wrong_references
from qa.rendering.references import referenced_objects, settle_alone

VERDICTS = {"yes": _("Yes"), "no": _("No"), "depends": _("It depends")}


class CellBlock(LineBlock):
    """A few words in which code, emphasis and links work."""

    def render_basic(self, value: str | None, context: dict[str, Any] | None = None) -> SafeString:
        return _line(value, context)

    class Meta:
        icon = "pilcrow"
        label = _("Text")


class VerdictBlock(blocks.ChoiceBlock):
    """Yes, no or "it depends"."""

    choices = list(VERDICTS.items())

    def get_context(self, value: str | None, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add the verdict as readers see it; what is none that is known is shown as it is stored."""
        context = super().get_context(value, parent_context=parent_context)
        known = value if value in VERDICTS else ""
        return context | {"verdict": known, "verdict_label": VERDICTS.get(value, value or "")}

    def get_searchable_content(self, value: str | None) -> list[str]:
        return []  # a search for "yes" would find every comparison

    class Meta:
        icon = "check"
        label = _("Yes, no, it depends")
        template = "qa/blocks/verdict.html"


class ComparisonBlock(TypedTableBlock):
    """A table of options against criteria. The caption is the table's own; a second one would confuse its editors."""

    text = CellBlock(required=False)
    verdict = VerdictBlock(required=False)

    def get_context(self, value: TypedTable, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add caption and headings as HTML: code, emphasis and links work in them."""
        context = super().get_context(value, parent_context=parent_context)
        return context | {
            "caption": _line(value.caption, parent_context),
            "region": inline_text(value.caption or "") or gettext("Comparison"),
            "headings": [_line(column["heading"], parent_context) for column in value.columns],
        }

    def clean(self, value: TypedTable) -> TypedTable:
        """A published comparison has a caption and something to compare; raises ``TypedTableBlockValidationError``."""
        cleaned = super().clean(value)
        missing = []
        if not (value.caption or "").strip():
            missing.append(ValidationError(_("The table needs a caption that says what is compared."), code="required"))
        if len(value.columns) < 2 or not value.row_data:
            missing.append(ValidationError(_("A comparison needs two columns and a row, or more."), code="required"))
        if not self.is_deferred_validation:
            try:
                refuse_wrong_references(self.reference_addresses(self.get_prep_value(value)))
            except ValidationError as wrong:
                missing.append(wrong)
        if missing and not self.is_deferred_validation:
            raise TypedTableBlockValidationError(non_block_errors=missing)
        return cleaned

    def reference_addresses(self, stored: dict[str, Any] | None) -> list[str]:
        """Return what the stored caption and headings refer to; the cells know by themselves."""
        return [address for line in _lines(stored) for address in reference_addresses(line)]

    def stored_leads(self, stored: dict[str, Any] | None) -> list[Lead]:
        """Return the links of the stored caption and headings; the cells know theirs by themselves."""
        return [lead for line in _lines(stored) for lead in leads(line)]

    def extract_references(self, value: TypedTable | None) -> Iterator[tuple[type[Model], str, str, str]]:
        """Yield what caption, headings and cells link to."""
        yield from super().extract_references(value)
        lines = _lines(self.get_prep_value(value)) if value else []
        yield from referenced_objects(found for line in lines for found in references(line))

    def get_searchable_content(self, value: TypedTable | None) -> list[str]:
        """Return the words of caption, headings and cells, without their markup."""
        return [inline_text(piece) for piece in super().get_searchable_content(value)]

    class Meta:
        icon = "table"
        label = _("Comparison")
        group = _("Reasoning")
        description = _("A table of options against criteria. The first column names what each row is about.")
        template = "qa/blocks/comparison.html"
        preview_value = {
            "caption": "What each of them brings along",
            "columns": [
                {"type": "text", "heading": ""},
                {"type": "verdict", "heading": "Django"},
                {"type": "verdict", "heading": "Flask"},
            ],
            "rows": [
                {"values": ["Migrations", "yes", "no"]},
                {"values": ["A page in one file", "depends", "yes"]},
            ],
        }


def _lines(stored: dict[str, Any] | None) -> list[str]:
    """Return the caption and the headings of the columns of a stored table."""
    table = stored or {}
    lines = (table.get("caption"), *(column.get("heading") for column in table.get("columns") or ()))
    return [line or "" for line in lines]


def _line(source: str | None, context: dict[str, Any] | None) -> SafeString:
    return settle_alone(inline_html(source or "", outline=outline_of(context)), context)
