"""An objection and the reply to it, which is made of blocks."""

from typing import Any

from qa.letters.blocks.form import BlockForm, Fence, Text, Written, colons
from qa.letters.blocks.values import Block, list_of, text_of
from qa.letters.errors import LetterError


class PushbackForm(BlockForm):
    """The objection stands behind the colons, the blocks of the reply are in the fence."""

    def __init__(self, replies: dict[str, BlockForm]) -> None:
        """``replies`` are the forms of the blocks that a reply may have, by type."""
        self.replies = replies

    def check(self, given: Any) -> dict[str, Any]:
        if not isinstance(given, dict) or set(given) != {"objection", "reply"}:
            raise ValueError("it must have exactly objection, reply")
        reply = [self._checked(item) for item in list_of(given["reply"])]
        return {"objection": text_of(given["objection"]), "reply": reply}

    def _checked(self, item: Any) -> Block:
        names = sorted(self.replies)
        if not isinstance(item, list) or len(item) != 2 or item[0] not in names:
            raise ValueError(f"each block of a reply is [name, value] with a name of {', '.join(names)}")
        return Block(item[0], self.replies[item[0]].check(item[1]))

    def read(self, fence: Fence) -> dict[str, Any]:
        if not fence.info:
            raise LetterError("::: pushback needs the objection on the same line", line=fence.line)
        return {"objection": fence.info, "reply": fence.read_inside(frozenset(self.replies))}

    def write(self, kind: str, value: dict[str, Any], write_inside: Written) -> str:
        return colons(f"pushback {value['objection']}", write_inside(value["reply"]))

    def to_stored(self, value: dict[str, Any]) -> dict[str, Any]:
        reply = [
            {"type": block.type, "value": self.replies[block.type].to_stored(block.value)} for block in value["reply"]
        ]
        return {"objection": value["objection"], "reply": reply}

    def from_stored(self, stored: Any) -> dict[str, Any]:
        reply = stored.get("reply") or []
        blocks = [Block(child["type"], self.replies[child["type"]].from_stored(child["value"])) for child in reply]
        return {"objection": stored.get("objection") or "", "reply": blocks}

    def with_texts(self, value: dict[str, Any], change: Text) -> dict[str, Any]:
        return value  # it has none of its own

    def blocks_in(self, value: dict[str, Any]) -> list[Block]:
        return value["reply"]

    def with_blocks(self, value: dict[str, Any], blocks: list[Block]) -> dict[str, Any]:
        return {**value, "reply": blocks}
