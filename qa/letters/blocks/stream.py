"""The blocks of a letter as StreamField data, and back."""

from typing import Any

from qa.letters.blocks.registry import FORMS
from qa.letters.blocks.values import Block


def to_stream(blocks: list[Block]) -> list[dict[str, Any]]:
    """Return blocks as the raw data that ``AnswerBlock`` stores.

    Pictures must be ``image:ID`` already, and related questions ``page:ID``.
    """
    return [{"type": block.type, "value": FORMS[block.type].to_stored(block.value)} for block in blocks]


def from_stream(raw: list[dict[str, Any]]) -> list[Block]:
    """Return raw StreamField data as blocks; what a draft has not filled in yet becomes empty text."""
    return [Block(child["type"], FORMS[child["type"]].from_stored(child["value"])) for child in raw]


def with_ids(new: list[dict[str, Any]], old: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return ``new`` with the ids that equal blocks of ``old`` have: comments and comparisons hang on them."""
    remaining = [(from_stream([child])[0], child.get("id")) for child in old]
    result = []
    for child in new:
        block = from_stream([child])[0]
        match = next((pair for pair in remaining if pair[0] == block), None)
        if match:
            remaining.remove(match)
            child = {**child, "id": match[1]}
        result.append(child)
    return result
