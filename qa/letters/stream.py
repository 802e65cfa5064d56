"""The blocks of a letter as StreamField data, and back."""

import uuid
from typing import Any

from qa.letters import rich_text
from qa.letters.shapes import FIELDS, STEP_FIELDS, Block


def to_stream(blocks: list[Block]) -> list[dict[str, Any]]:
    """Return blocks as the raw data that ``AnswerBlock`` stores.

    Pictures must be ``image:ID`` already, and related questions ``page:ID``.
    """
    return [{"type": block.type, "value": _to_value(block)} for block in blocks]


def from_stream(raw: list[dict[str, Any]]) -> list[Block]:
    """Return raw StreamField data as blocks; what a draft has not filled in yet becomes empty text."""
    return [Block(child["type"], _from_value(child["type"], child["value"])) for child in raw]


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


def _to_value(block: Block) -> Any:
    value = block.value
    if block.type == "steps":
        # Without an id, ListBlock takes an item for one of Wagtail 2's bare values.
        return [{"type": "item", "value": step, "id": str(uuid.uuid4())} for step in value]
    if block.type == "pushback":
        return {"objection": value["objection"], "reply": to_stream(value["reply"])}
    if block.type == "image":
        image_id = value["src"].removeprefix("image:")
        picture = {
            "image": int(image_id) if image_id else None,
            "alt_text": value["alt"],
            "decorative": not value["alt"],
        }
        return {"image": picture, "caption": value["caption"], "credit": value["credit"]}
    if block.type == "comparison":
        return {**value, "rows": [{"values": row} for row in value["rows"]]}
    if block.type == "related":
        page_id = value["question"].removeprefix("page:")
        return {"question": int(page_id) if page_id else None, "note": value["note"]}
    if block.type == "document":
        document_id = value["src"].removeprefix("document:")
        return {"document": int(document_id) if document_id else None, "title": value["title"]}
    return value


def _from_value(kind: str, value: Any) -> Any:
    if kind == "paragraph":
        return rich_text.canonical(value or "")
    if kind in ("markdown", "short_answer"):
        return value or ""
    if kind == "steps":
        steps = [item["value"] if item.get("type") == "item" else item for item in value or []]
        return [_texts(step, STEP_FIELDS) for step in steps]
    if kind == "pushback":
        return {"objection": value.get("objection") or "", "reply": from_stream(value.get("reply") or [])}
    if kind == "image":
        picture = value.get("image") or {}
        pk = picture.get("image")
        alternative = "" if picture.get("decorative") else picture.get("alt_text") or ""
        texts = _texts(value, ("caption", "credit"))
        return {"src": f"image:{pk}" if pk else "", "alt": alternative, **texts}
    if kind == "comparison":
        return {
            "caption": value.get("caption") or "",
            "columns": [_texts(column, ("type", "heading")) for column in value.get("columns") or []],
            "rows": [[cell or "" for cell in row["values"]] for row in value.get("rows") or []],
        }
    if kind == "related":
        pk = value.get("question")
        return {"question": f"page:{pk}" if pk else "", "note": value.get("note") or ""}
    if kind == "document":
        pk = value.get("document")
        return {"src": f"document:{pk}" if pk else "", **_texts(value, ("title",))}
    if kind == "code":
        return _texts(value, FIELDS[kind]) | {"line_numbers": bool(value.get("line_numbers"))}
    texts = _texts(value, FIELDS[kind])
    return texts | {"date": texts["date"] or None} if kind == "callout" else texts


def _texts(value: dict[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    return {name: value.get(name) or "" for name in names}
