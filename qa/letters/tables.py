"""A comparison as a GitHub table, and back."""

from typing import Any

from markdown_it import MarkdownIt

from qa.blocks.comparison import VERDICTS
from qa.letters.errors import LetterError

_TABLES = MarkdownIt("commonmark").enable("table")


def read(caption: str, content: str, line: int) -> dict[str, Any]:
    """Return the value of a comparison; ``line`` is that of its fence. Raises ``LetterError``.

    A column behind the first is one of verdicts if every filled cell is yes, no or depends.
    """
    tokens = _TABLES.parse(content, {})
    top = [token for token in tokens if token.level == 0 and token.nesting >= 0]
    if len(top) != 1 or top[0].type != "table_open":
        raise LetterError("::: comparison holds one table and nothing else", line=line)
    table: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            table.append([])
        elif token.type == "inline":
            table[-1].append(token.content)
    headings, *rows = table
    columns = [
        {"type": "verdict" if number and _are_verdicts([row[number] for row in rows]) else "text", "heading": heading}
        for number, heading in enumerate(headings)
    ]
    return {"caption": caption, "columns": columns, "rows": rows}


def write(value: dict[str, Any]) -> str:
    """Return the table of a comparison; what a table cannot hold reads back as something else."""
    rows = [[column["heading"] for column in value["columns"]], *value["rows"]]
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    lines.insert(1, "|" + " --- |" * len(value["columns"]))
    return "\n".join(lines)


def _are_verdicts(cells: list[str]) -> bool:
    return any(cells) and all(cell in VERDICTS or not cell for cell in cells)
