"""Block of source code, highlighted on the server."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import BlockGroup, StructBlockValidationError

from qa.blocks import oversights
from qa.rendering.highlighting import highlight, highlight_by_line, line_ranges
from qa.rendering.languages import is_language


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
    """The name of a language; empty means plain text, and so does one without colours (``qa.rendering.languages``)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # The list itself is made by static/js/desk.js, once for all code blocks of a form.
        self.field.widget.attrs["list"] = "coloured-languages"

    def clean(self, value: str) -> str:
        value = super().clean(value)
        if value and not is_language(value):
            raise ValidationError(
                _("“%(name)s” is not the name of a language; choose one that the field offers, or none."),
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
        help_text=_(
            "The colours follow it: python, sql, bash, and whatever else the field offers. "
            "Code in any other language is shown without colours."
        ),
    )
    filename = blocks.CharBlock(required=False, max_length=200, label=_("File name"))
    caption = blocks.CharBlock(required=False, max_length=300, label=_("Caption"))
    highlight_lines = blocks.CharBlock(
        required=False,
        max_length=100,
        label=_("Highlighted lines"),
        search_index=False,
        help_text=_("The lines that readers should look at first, such as 2,4-6."),
    )
    line_numbers = blocks.BooleanBlock(
        required=False, label=_("Line numbers"), help_text=_("Shown beside the code; they are not copied with it.")
    )

    def get_context(self, value: blocks.StructValue, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add the highlighted code."""
        context = super().get_context(value, parent_context=parent_context)
        code, language = value.get("code") or "", value.get("language") or ""
        marked = _marked_lines(value)
        if marked or value.get("line_numbers"):
            return context | {"highlighted": highlight_by_line(code, language, marked)}
        return context | {"highlighted": highlight(code, language)}

    def oversights(self, value: blocks.StructValue) -> Iterator[str]:
        """Yield what the desk says of a language that has no colours, or of none."""
        return oversights.in_code(value.get("language") or "")

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        """Publish only marks on lines that the code has; raises ``StructBlockValidationError``."""
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        try:
            marked = line_ranges(cleaned["highlight_lines"] or "")
        except ValueError as wrong:
            error = ValidationError(
                _("“%(part)s” is neither a line nor a range of lines; write numbers from 1 on, such as 2,4-6."),
                params={"part": str(wrong)},
            )
            raise StructBlockValidationError({"highlight_lines": error}) from None
        length = cleaned["code"].count("\n") + 1
        if beyond := next((lines for lines in marked if lines.stop - 1 > length), None):
            error = ValidationError(
                _("There is no line %(number)s: the code ends with line %(length)s."),
                params={"number": beyond.stop - 1, "length": length},
            )
            raise StructBlockValidationError({"highlight_lines": error})
        return cleaned

    class Meta:
        icon = "code"
        label = _("Code")
        group = _("Code")
        description = _("A code sample, highlighted, with its file name and a caption.")
        template = "qa/blocks/code.html"
        label_format = "{language} {filename}"
        form_layout = BlockGroup(
            children=["code"], settings=["language", "filename", "caption", "highlight_lines", "line_numbers"]
        )
        preview_value = {
            "code": "def answer(question: str) -> int:\n    return 42",
            "language": "python",
            "filename": "deep_thought.py",
            "caption": "The long version takes 7.5 million years.",
            "highlight_lines": "2",
            "line_numbers": True,
        }


def _marked_lines(value: blocks.StructValue) -> list[range]:
    """Return the highlighted lines of a code sample; a draft may name them in a way that nobody understands."""
    try:
        return line_ranges(value.get("highlight_lines") or "")
    except ValueError:
        return []


def canonical_code(text: str) -> str:
    r"""Return source code with ``\\n`` line ends, without NUL and without empty lines at its end."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").rstrip("\n")
