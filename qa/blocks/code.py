"""Source code, highlighted on the server."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import BlockGroup

from qa.highlighting import highlight, is_language


class SourceBlock(blocks.TextBlock):
    r"""A text whose spaces and line ends are kept exactly, but for the browser's ``\\r\\n``."""

    def normalize(self, value: Any) -> str:
        return canonical_code(value or "")

    def to_python(self, value: Any) -> str:
        return canonical_code(value or "")

    def value_from_datadict(self, data: Any, files: Any, prefix: str) -> str:
        return canonical_code(super().value_from_datadict(data, files, prefix) or "")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # A form field would strip the indentation of the first line.
        self.field_options["strip"] = False

    class Meta:
        icon = "code"


class LanguageBlock(blocks.CharBlock):
    """The name of a language that Pygments knows; empty means plain text."""

    def clean(self, value: str) -> str:
        value = super().clean(value)
        if value and not is_language(value):
            raise ValidationError(
                _("“%(name)s” is not a language that can be highlighted; try python, sql, bash, html or text."),
                params={"name": value},
            )
        return value


class CodeBlock(blocks.StructBlock):
    """A code sample with its file name and caption."""

    code = SourceBlock(label=_("Code"), rows=8)
    language = LanguageBlock(
        required=False,
        max_length=30,
        label=_("Language"),
        search_index=False,
        help_text=_("The colours follow it: python, sql, bash, html, css, yaml, toml, json, diff, text, …"),
    )
    filename = blocks.CharBlock(required=False, max_length=200, label=_("File name"))
    caption = blocks.CharBlock(required=False, max_length=300, label=_("Caption"))

    def get_context(self, value: blocks.StructValue, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add the highlighted code."""
        context = super().get_context(value, parent_context=parent_context)
        return context | {"highlighted": highlight(value.get("code") or "", value.get("language") or "")}

    class Meta:
        icon = "code"
        label = _("Code")
        group = _("Code")
        description = _("A code sample, highlighted, with its file name and a caption.")
        template = "qa/blocks/code.html"
        label_format = "{language} {filename}"
        form_layout = BlockGroup(children=["code"], settings=["language", "filename", "caption"])
        preview_value = {
            "code": "def answer(question: str) -> int:\n    return 42",
            "language": "python",
            "filename": "deep_thought.py",
            "caption": "The long version takes 7.5 million years.",
        }


def canonical_code(text: str) -> str:
    r"""Return source code with ``\\n`` line ends, without NUL and without empty lines at its end."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").rstrip("\n")
