"""Base class of the blocks whose Markdown may refer to pages, documents and pictures."""

from collections.abc import Iterator

from django.db.models import Model

from qa.rendering.markdown import Lead, leads, reference_addresses, references
from qa.rendering.reference_check import refuse_wrong_references
from qa.rendering.references import referenced_objects


class ReferringBlock:
    """A field block with Markdown as its value: its references are checked on publication and known to Wagtail."""

    def clean(self, value: str) -> str:
        """Refuse to publish a reference that readers could not follow; raises ``ValidationError`` with each of them."""
        cleaned = super().clean(value)
        if not self.is_deferred_validation:
            refuse_wrong_references(self.reference_addresses(cleaned))
        return cleaned

    def reference_addresses(self, stored: str | None) -> list[str]:
        """Return what the stored text refers to, such as ``page:12``, and what only looks like it."""
        return reference_addresses(stored or "")

    def stored_leads(self, stored: str | None) -> list[Lead]:
        """Return the links and pictures of the stored text."""
        return leads(stored or "")

    def extract_references(self, value: str | None) -> Iterator[tuple[type[Model], str, str, str]]:
        """Yield what the text links to, so that Wagtail knows that it is in use and warns before it is deleted."""
        yield from referenced_objects(references(value or ""))
