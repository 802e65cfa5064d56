"""Form that copies a question: as a question of its own, never as an alias."""

from typing import Any

from wagtail.admin.forms.pages import CopyForm


class QuestionCopyForm(CopyForm):
    """Wagtail's form without "Alias": one answer at two addresses, each canonical, twice in feed and search."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("alias", None)
