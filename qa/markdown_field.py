"""A model field for a Markdown text outside an answer, held to the same rules as the Markdown in one."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import Model
from wagtailmarkdown.fields import MarkdownField as EasyMDEField

from qa.blocks.text import canonical_text
from qa.rendering.markdown import reference_addresses, references, to_text
from qa.rendering.reference_check import refuse_wrong_references
from qa.rendering.references import referenced_objects


class MarkdownFormField(forms.CharField):
    """Refuses to publish references that readers could not follow; Wagtail tells it when a draft is saved."""

    def clean(self, value: Any) -> str:
        """Return the text in its canonical form; raises ``ValidationError``."""
        cleaned = canonical_text(super().clean(value))
        if not getattr(self, "is_deferred_validation", False):
            refuse_wrong_references(reference_addresses(cleaned))
        return cleaned


class MarkdownField(EasyMDEField):
    """Markdown whose links Wagtail knows, so that it warns before their target is deleted, and whose words it finds."""

    def formfield(self, **kwargs: Any) -> forms.Field:
        return super().formfield(**{"form_class": MarkdownFormField, **kwargs})

    def extract_references(self, value: str) -> Iterator[tuple[type[Model], str, str, str]]:
        """Yield what the text links to."""
        yield from referenced_objects(references(value or ""))

    def get_searchable_content(self, value: str) -> str:
        """Return the words without the markup and without the addresses of links."""
        return to_text(value or "")
