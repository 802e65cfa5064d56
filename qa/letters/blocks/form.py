"""Base classes of the forms of blocks in letters: read, written, checked, stored. ``registry.py`` has them all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from django.db.models import Model
from django.db.models.fields.files import FieldFile
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.footnote import footnote_plugin

from qa.blocks.text import canonical_text
from qa.letters.blocks.values import Block, longest_run, stored_texts, text_of, texts_of

#: The Markdown of a letter as far as its blocks are concerned.
STRUCTURE = MarkdownIt("commonmark").enable("table").use(footnote_plugin, move_to_end=False).use(colon_fence_plugin)

Text = Callable[[str], str]
Written = Callable[[list[Block]], str]


class Fence(NamedTuple):
    """A colon fence: what follows the name on its first line, what is in it, and the number of that first line."""

    info: str
    content: str
    line: int
    read_inside: Callable[[frozenset[str]], list[Block]]  # the content as blocks of these types


class BlockForm:
    """The form of a block that is one text of several lines: ``::: name``, the text, ``:::``."""

    #: Behind the colons, besides the block's type with hyphens.
    other_names: ClassVar[frozenset[str]] = frozenset()
    #: Whether it can be written as a colon fence; if not, it has a form of its own in Markdown.
    has_fence = True
    #: The text that takes along the links and footnotes which it uses and others define, and the line that cannot.
    completed_text = uncompleted_line = ""
    #: The tokens of Markdown that ``read_token`` is asked about; they belong to one form.
    tokens: ClassVar[frozenset[str]] = frozenset()
    #: The field that names another letter; in a stream it is ``page:12``.
    letter_field = ""
    #: The field with the name of a language of code; an import empties it where it is none.
    language_field = ""
    #: What the file in the field ``src`` is in a stream (``image`` for ``image:12``), and what messages call it.
    file_kind = file_noun = ""

    def check(self, given: Any) -> Any:
        """Return a value that came as JSON, as it is stored; raises ``ValueError`` if it is not of this kind."""
        return canonical_text(text_of(given))

    def read(self, fence: Fence) -> Any:
        """Return the value that a colon fence stands for; raises ``LetterError``."""
        return canonical_text(fence.content)

    def read_token(self, token: Token, content: Token | None, lines: list[str]) -> Any:
        """Return the value that Markdown stands for, ``None`` if it is prose; ``lines`` are those of the token."""
        return None

    def written(self, value: Any) -> tuple[str, str]:
        """Return what follows the name in a colon fence, and what is in it."""
        return "", value

    def write(self, kind: str, value: Any, write_inside: Written) -> str:
        """Return the block as text. What reads back as something else is not used: JSON stands in its place."""
        info, content = self.written(value)
        return colons(f"{fence_name(kind)} {info}".strip(), content)

    def to_stored(self, value: Any) -> Any:
        """Return the value as ``AnswerBlock`` stores it."""
        return value

    def from_stored(self, stored: Any) -> Any:
        """Return a stored value as letters have it; what a draft has not filled in yet is empty text."""
        return stored or ""

    def with_texts(self, value: Any, change: Text) -> Any:
        """Return the value with every text of several lines, and every cell, changed."""
        return change(value)

    def blocks_in(self, value: Any) -> list[Block]:
        """Return the blocks inside the block."""
        return []

    def with_blocks(self, value: Any, blocks: list[Block]) -> Any:
        """Return the value with other blocks inside."""
        return value

    def store_file(self, path: Path, folder: Path, value: Any, uploaded: list[FieldFile]) -> Model:
        """Return what the library has of the file that the block names; raises ``LetterError``."""
        raise NotImplementedError


class FieldsForm(BlockForm):
    """The form of a block with several fields, all of them text."""

    fields: tuple[str, ...]
    #: Those of several lines.
    texts: tuple[str, ...] = ()
    #: What JSON may leave out.
    defaults: ClassVar[dict[str, Any]] = {}

    def check(self, given: Any) -> Any:
        return texts_of(self.defaults | given if isinstance(given, dict) else given, self.fields, self.texts)

    def from_stored(self, stored: Any) -> Any:
        return stored_texts(stored, self.fields)

    def with_texts(self, value: Any, change: Text) -> Any:
        return {**value, **{name: change(value[name]) for name in self.texts}}


def fence_name(kind: str) -> str:
    """Return the name that a type of block has behind the colons."""
    return kind.replace("_", "-")


def colons(info: str, content: str) -> str:
    """Return a colon fence that is longer than any line of colons in its content."""
    fence = ":" * (longest_run(":", content) + 1)
    return f"{fence} {info}\n{content}\n{fence}"
