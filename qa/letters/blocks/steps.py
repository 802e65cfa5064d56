"""The steps of an answer as a numbered list, each with its title in bold, its text and where readers may stop."""

import re
import uuid
from typing import Any

from qa.blocks.text import canonical_text
from qa.letters.blocks.form import STRUCTURE, BlockForm, Fence, Text
from qa.letters.blocks.values import list_of, stored_texts, texts_of
from qa.letters.errors import LetterError

STOP = "**Then stop here:**"

_FIELDS = ("title", "text", "stop")
_TITLE = re.compile(r"^\*\*(.+)\*\*$")


class StepsForm(BlockForm):
    """Numbered steps: a list of dictionaries of text."""

    def check(self, given: Any) -> list[dict[str, str]]:
        return [texts_of(step, _FIELDS, canonical=("text",)) for step in list_of(given)]

    def read(self, fence: Fence) -> list[dict[str, str]]:
        first = fence.line + 1
        lines = fence.content.split("\n")
        tokens = STRUCTURE.parse(fence.content, {})
        top = [token for token in tokens if token.level == 0 and token.nesting >= 0]
        if len(top) != 1 or top[0].type != "ordered_list_open":
            raise LetterError("::: steps holds one numbered list and nothing else", line=first)
        return [
            _step(lines[slice(*token.map)], first + token.map[0])
            for token in tokens
            if token.type == "list_item_open" and token.level == 1
        ]

    def written(self, value: list[dict[str, str]]) -> tuple[str, str]:
        items = []
        for number, step in enumerate(value, start=1):
            marker = f"{number}. "
            parts = [f"**{step['title']}**", step["text"], f"{STOP} {step['stop']}" if step["stop"] else ""]
            text = "\n\n".join(part for part in parts if part)
            indented = [line and " " * len(marker) + line for line in text.split("\n")]
            items.append(marker + "\n".join(indented).lstrip(" "))
        return "", "\n\n".join(items)

    def to_stored(self, value: list[dict[str, str]]) -> list[dict[str, Any]]:
        # Without an id, ListBlock takes an item for one of Wagtail 2's bare values.
        return [{"type": "item", "value": step, "id": str(uuid.uuid4())} for step in value]

    def from_stored(self, stored: Any) -> list[dict[str, str]]:
        steps = [item["value"] if item.get("type") == "item" else item for item in stored or []]
        return [stored_texts(step, _FIELDS) for step in steps]

    def with_texts(self, value: list[dict[str, str]], change: Text) -> list[dict[str, str]]:
        return [{**step, "text": change(step["text"])} for step in value]


def _step(lines: list[str], line: int) -> dict[str, str]:
    marker = re.match(r"\s*\d{1,9}[.)]\s*", lines[0])
    width = len(marker[0])
    inner = [lines[0][width:], *(item[min(width, len(item) - len(item.lstrip())) :] for item in lines[1:])]
    title = _TITLE.match(inner[0].strip())
    if title is None:
        raise LetterError("a step begins with its title in bold, alone on its line", line=line)
    text = canonical_text("\n".join(inner[1:]))
    before, _blank, last = text.rpartition("\n\n")
    if last.startswith(STOP):
        return {"title": title[1], "text": canonical_text(before), "stop": last.removeprefix(STOP).strip()}
    return {"title": title[1], "text": text, "stop": ""}
