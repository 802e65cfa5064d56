"""Pictures, embeds and documents in a letter."""

import re
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote

from django.db.models.fields.files import FieldFile
from markdown_it import MarkdownIt
from markdown_it.token import Token
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage

from qa.letters.blocks.form import Fence, FieldsForm, Written, colons
from qa.letters.blocks.values import stored_texts
from qa.letters.errors import LetterError
from qa.letters.uploads import store_document, store_picture

CREDIT = "Credit:"

_MARKDOWN = MarkdownIt("commonmark")


class ImageForm(FieldsForm):
    """A picture of Markdown, alone in its paragraph; with a credit, in a fence together with it."""

    fields = ("src", "alt", "caption", "credit")
    defaults: ClassVar[dict[str, Any]] = {"credit": ""}
    tokens = frozenset({"paragraph_open"})
    file_kind, file_noun = "image", "picture"

    def read_token(self, token: Token, content: Token, lines: list[str]) -> dict[str, str] | None:
        """Return the value of a paragraph that is one picture of this letter (not one of another host)."""
        if len(content.children) != 1 or content.children[0].type != "image":
            return None
        picture = content.children[0]
        source = unquote(str(picture.attrGet("src") or ""))  # markdown-it writes bücher.png as b%C3%BCcher.png
        if not source or re.match(r"(?:https?:|data:)?//|data:", source):
            return None
        alternative = "".join(child.content for child in picture.children or [])
        caption = str(picture.attrGet("title") or "")
        return {"src": source, "alt": alternative, "caption": caption, "credit": ""}

    def read(self, fence: Fence) -> dict[str, str]:
        """Return the picture of a ``::: image`` fence: as it stands by itself, and below it who made it."""
        first, _newline, last = fence.content.strip().partition("\n")
        opening, *inside = _MARKDOWN.parse(first, {}) or [None]
        picture = self.read_token(opening, inside[0], [first]) if opening and opening.type == "paragraph_open" else None
        if picture is None or not last.startswith(CREDIT):
            raise LetterError(f"::: image holds a picture on one line and “{CREDIT} …” on the next", line=fence.line)
        return {**picture, "credit": last.removeprefix(CREDIT).strip()}

    def write(self, kind: str, value: dict[str, str], write_inside: Written) -> str:
        caption = f' "{value["caption"]}"' if value["caption"] else ""
        source = f"<{value['src']}>" if " " in value["src"] else value["src"]
        picture = f"![{value['alt']}]({source}{caption})"
        return colons("image", f"{picture}\n{CREDIT} {value['credit']}") if value["credit"] else picture

    def to_stored(self, value: dict[str, str]) -> dict[str, Any]:
        image_id = value["src"].removeprefix("image:")
        picture = {
            "image": int(image_id) if image_id else None,
            "alt_text": value["alt"],
            "decorative": not value["alt"],
        }
        return {"image": picture, "caption": value["caption"], "credit": value["credit"]}

    def from_stored(self, stored: Any) -> dict[str, str]:
        picture = stored.get("image") or {}
        pk = picture.get("image")
        alternative = "" if picture.get("decorative") else picture.get("alt_text") or ""
        texts = stored_texts(stored, ("caption", "credit"))
        return {"src": f"image:{pk}" if pk else "", "alt": alternative, **texts}

    def store_file(self, path: Path, folder: Path, value: dict[str, str], uploaded: list[FieldFile]) -> AbstractImage:
        return store_picture(path, folder, value["alt"] or path.stem, uploaded)


class EmbedForm(FieldsForm):
    """A page of another site: its address behind the colons, its title in the fence."""

    fields = ("address", "title")

    def read(self, fence: Fence) -> dict[str, str]:
        return {"address": fence.info, "title": fence.content.strip()}

    def write(self, kind: str, value: dict[str, str], write_inside: Written) -> str:
        return colons(f"embed {value['address']}", value["title"])  # with a space also before one is filled in


class DocumentForm(FieldsForm):
    """A file to download: it is named behind the colons, its title is in the fence."""

    fields = ("src", "title")
    file_kind = file_noun = "document"

    def read(self, fence: Fence) -> dict[str, str]:
        if not fence.info:
            raise LetterError("::: document needs a file, or document:5, on the same line", line=fence.line)
        return {"src": fence.info, "title": fence.content.strip()}

    def written(self, value: dict[str, str]) -> tuple[str, str]:
        return value["src"], value["title"]

    def to_stored(self, value: dict[str, str]) -> dict[str, Any]:
        document_id = value["src"].removeprefix("document:")
        return {"document": int(document_id) if document_id else None, "title": value["title"]}

    def from_stored(self, stored: Any) -> dict[str, str]:
        pk = stored.get("document")
        return {"src": f"document:{pk}" if pk else "", **stored_texts(stored, ("title",))}

    def store_file(
        self, path: Path, folder: Path, value: dict[str, str], uploaded: list[FieldFile]
    ) -> AbstractDocument:
        return store_document(path, folder, value["title"] or path.stem, uploaded)
