"""Pictures, embeds and documents in a letter."""

import re
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from qa.letters.errors import LetterError
from qa.letters.shapes import Block

CREDIT = "Credit:"

_MARKDOWN = MarkdownIt("commonmark")


def read_image(content: Token) -> Block | None:
    """Return the block of a paragraph that is one picture of this letter (not one of another host)."""
    if len(content.children) != 1 or content.children[0].type != "image":
        return None
    picture = content.children[0]
    source = unquote(str(picture.attrGet("src") or ""))  # markdown-it writes bücher.png as b%C3%BCcher.png
    if not source or re.match(r"(?:https?:|data:)?//|data:", source):
        return None
    alternative = "".join(child.content for child in picture.children or [])
    caption = str(picture.attrGet("title") or "")
    return Block("image", {"src": source, "alt": alternative, "caption": caption, "credit": ""})


def write_image(value: dict[str, str]) -> str:
    """Return a picture in Markdown, with its credit, if it has one, on a second line (for a ``::: image`` fence)."""
    caption = f' "{value["caption"]}"' if value["caption"] else ""
    source = f"<{value['src']}>" if " " in value["src"] else value["src"]
    picture = f"![{value['alt']}]({source}{caption})"
    return f"{picture}\n{CREDIT} {value['credit']}" if value["credit"] else picture


def _credited_image(_info: str, content: str, line: int) -> Block:
    """Return the picture of a ``::: image`` fence: the picture as it stands by itself, and below it who made it."""
    first, _newline, last = content.strip().partition("\n")
    opening, *inside = _MARKDOWN.parse(first, {}) or [None]
    block = read_image(inside[0]) if opening and opening.type == "paragraph_open" else None
    if block is None or not last.startswith(CREDIT):
        raise LetterError(f"::: image holds a picture on one line and “{CREDIT} …” on the next", line=line)
    return Block("image", {**block.value, "credit": last.removeprefix(CREDIT).strip()})


def _embed(address: str, content: str, _line: int) -> Block:
    return Block("embed", {"address": address, "title": content.strip()})


def _document(source: str, content: str, line: int) -> Block:
    if not source:
        raise LetterError("::: document needs a file, or document:5, on the same line", line=line)
    return Block("document", {"src": source, "title": content.strip()})


#: The blocks that come as a colon fence of their name: what follows the name, what is inside, and the line, go in.
READERS = {"image": _credited_image, "embed": _embed, "document": _document}
