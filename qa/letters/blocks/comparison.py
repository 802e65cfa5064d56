"""A comparison as a GitHub table, and back."""

from typing import Any

from markdown_it import MarkdownIt

from qa.blocks.comparison import VERDICTS
from qa.letters.blocks.form import BlockForm, Fence, Text
from qa.letters.blocks.values import list_of, stored_texts, text_of, texts_of
from qa.letters.errors import LetterError

_TABLES = MarkdownIt("commonmark").enable("table")


class ComparisonForm(BlockForm):
    """A table in a fence, with its caption behind the colons.

    A column behind the first is one of verdicts if every filled cell is yes, no or depends.
    """

    def check(self, given: Any) -> dict[str, Any]:
        if not isinstance(given, dict) or set(given) != {"caption", "columns", "rows"}:
            raise ValueError("it must have exactly caption, columns, rows")
        columns = [texts_of(column, ("type", "heading")) for column in list_of(given["columns"])]
        rows = [[text_of(cell) for cell in list_of(row)] for row in list_of(given["rows"])]
        if any(column["type"] not in ("text", "verdict") for column in columns):
            raise ValueError("a column's type is text or verdict")
        if any(len(row) != len(columns) for row in rows):
            raise ValueError("each row has as many cells as there are columns")
        verdicts = [number for number, column in enumerate(columns) if column["type"] == "verdict"]
        if any(row[number] not in ("", *VERDICTS) for row in rows for number in verdicts):
            raise ValueError(f"a verdict is one of {', '.join(VERDICTS)}")
        return {"caption": text_of(given["caption"]), "columns": columns, "rows": rows}

    def read(self, fence: Fence) -> dict[str, Any]:
        tokens = _TABLES.parse(fence.content, {})
        top = [token for token in tokens if token.level == 0 and token.nesting >= 0]
        if len(top) != 1 or top[0].type != "table_open":
            raise LetterError("::: comparison holds one table and nothing else", line=fence.line)
        table: list[list[str]] = []
        for token in tokens:
            if token.type == "tr_open":
                table.append([])
            elif token.type == "inline":
                table[-1].append(token.content)
        headings, *rows = table
        columns = [
            {
                "type": "verdict" if number and _are_verdicts([row[number] for row in rows]) else "text",
                "heading": heading,
            }
            for number, heading in enumerate(headings)
        ]
        return {"caption": fence.info, "columns": columns, "rows": rows}

    def written(self, value: dict[str, Any]) -> tuple[str, str]:
        rows = [[column["heading"] for column in value["columns"]], *value["rows"]]
        lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
        lines.insert(1, "|" + " --- |" * len(value["columns"]))
        return value["caption"], "\n".join(lines)

    def to_stored(self, value: dict[str, Any]) -> dict[str, Any]:
        return {**value, "rows": [{"values": row} for row in value["rows"]]}

    def from_stored(self, stored: Any) -> dict[str, Any]:
        return {
            "caption": stored.get("caption") or "",
            "columns": [stored_texts(column, ("type", "heading")) for column in stored.get("columns") or []],
            "rows": [[cell or "" for cell in row["values"]] for row in stored.get("rows") or []],
        }

    def with_texts(self, value: dict[str, Any], change: Text) -> dict[str, Any]:
        return {**value, "rows": [[change(cell) for cell in row] for row in value["rows"]]}


def _are_verdicts(cells: list[str]) -> bool:
    return any(cells) and all(cell in VERDICTS or not cell for cell in cells)
