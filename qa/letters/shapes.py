"""Shapes of the blocks' values in a letter, and the check of values that come as JSON."""

import re
from datetime import date
from typing import Any, NamedTuple

from qa.blocks.code import canonical_code
from qa.blocks.comparison import VERDICTS
from qa.blocks.text import canonical_text
from qa.letters import rich_text


class Block(NamedTuple):
    """One block of an answer: its name in ``AnswerBlock`` and its value as text, lists and dictionaries."""

    type: str
    value: Any


#: The fields of the blocks that have several; all of them are text, but for a callout's date, which may be ``None``,
#: and for the line numbers of code, which are on or off.
FIELDS = {
    "heading": ("text", "level"),
    "quote": ("text", "who", "source"),
    "code": ("code", "language", "filename", "caption", "highlight_lines", "line_numbers"),
    "callout": ("kind", "date", "text"),
    "related": ("question", "note"),  # the question's letter id; ``page:ID`` where the page is known, as in streams
    "image": ("src", "alt", "caption", "credit"),
    "embed": ("address", "title"),
    "document": ("src", "title"),
}
#: What JSON may leave out.
DEFAULTS = {"code": {"highlight_lines": "", "line_numbers": False}, "image": {"credit": ""}}
STEP_FIELDS = ("title", "text", "stop")
TEXT_TYPES = frozenset({"paragraph", "markdown"})
TYPES = frozenset({*FIELDS, *TEXT_TYPES, "short_answer", "steps", "pushback", "comparison"})
REPLY_TYPES = TEXT_TYPES | {"code"}

# What JSON and YAML can write and no database can store.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Return whether a text has neither NUL characters nor halves of surrogate pairs."""
    return not _UNSTORABLE.search(text)


def longest_run(mark: str, text: str) -> int:
    """Return the length of the longest run of a mark, of three or more, with which a line begins; 2 if there is none.

    A fence round the text must be longer.
    """
    return max((len(run) for run in re.findall(rf"^[^\S\n]*({mark}{{3,}})", text, re.MULTILINE)), default=2)


def is_date(text: str) -> bool:
    """Return whether a text is a day of the calendar, written as ``2025-09-12``."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def value_of(kind: str, given: Any) -> Any:
    """Return the value of a block that was given as JSON; raises ``ValueError`` if it is not one of its kind.

    Texts come in the form in which they are stored: an import compares them with what is there.
    """
    if kind in _CHECKS:
        return _CHECKS[kind](given)
    if kind not in FIELDS:
        return canonical_text(_text(given))
    if kind in DEFAULTS and isinstance(given, dict):
        given = DEFAULTS[kind] | given
    return _texts(given, FIELDS[kind], canonical=("text",) if kind == "quote" else ())


def _steps(given: Any) -> list[dict[str, str]]:
    return [_texts(step, STEP_FIELDS, canonical=("text",)) for step in _list(given)]


def _pushback(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict) or set(given) != {"objection", "reply"}:
        raise ValueError("it must have exactly objection, reply")
    return {"objection": _text(given["objection"]), "reply": [_reply(item) for item in _list(given["reply"])]}


def _callout(given: Any) -> dict[str, Any]:
    fields = FIELDS["callout"]
    dated = isinstance(given, dict) and given.get("date") is not None
    value = _texts(given if dated or not isinstance(given, dict) else given | {"date": ""}, fields, ("text",))
    if dated and not is_date(value["date"]):
        raise ValueError(f"{value['date']!r} is no date")
    return value | {"date": value["date"] or None}


def _code(given: Any) -> dict[str, Any]:
    given = DEFAULTS["code"] | given if isinstance(given, dict) else given
    numbers = isinstance(given, dict) and given["line_numbers"]
    if not isinstance(numbers, bool):
        raise ValueError(f"line_numbers is true or false, not {numbers!r}")
    value = _texts(given | {"line_numbers": ""} if isinstance(given, dict) else given, FIELDS["code"])
    return value | {"code": canonical_code(value["code"]), "line_numbers": numbers}


def _reply(item: Any) -> Block:
    if not isinstance(item, list) or len(item) != 2 or item[0] not in sorted(REPLY_TYPES):
        raise ValueError(f"each block of a reply is [name, value] with a name of {', '.join(sorted(REPLY_TYPES))}")
    return Block(item[0], value_of(*item))


def _comparison(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict) or set(given) != {"caption", "columns", "rows"}:
        raise ValueError("it must have exactly caption, columns, rows")
    columns = [_texts(column, ("type", "heading")) for column in _list(given["columns"])]
    rows = [[_text(cell) for cell in _list(row)] for row in _list(given["rows"])]
    if any(column["type"] not in ("text", "verdict") for column in columns):
        raise ValueError("a column's type is text or verdict")
    if any(len(row) != len(columns) for row in rows):
        raise ValueError("each row has as many cells as there are columns")
    verdicts = [number for number, column in enumerate(columns) if column["type"] == "verdict"]
    if any(row[number] not in ("", *VERDICTS) for row in rows for number in verdicts):
        raise ValueError(f"a verdict is one of {', '.join(VERDICTS)}")
    return {"caption": _text(given["caption"]), "columns": columns, "rows": rows}


def _paragraph(given: Any) -> str:
    return rich_text.checked(_text(given))


_CHECKS = {
    "steps": _steps,
    "pushback": _pushback,
    "comparison": _comparison,
    "paragraph": _paragraph,
    "callout": _callout,
    "code": _code,
}


def _texts(given: Any, names: tuple[str, ...], canonical: tuple[str, ...] = ()) -> dict[str, str]:
    if not isinstance(given, dict) or set(given) != set(names):
        raise ValueError(f"it must have exactly {', '.join(names)}")
    texts = {name: _text(given[name]) for name in names}
    return texts | {name: canonical_text(texts[name]) for name in canonical}


def _list(given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise ValueError("it must be a list")
    return given


def _text(given: Any) -> str:
    if not isinstance(given, str):
        raise ValueError(f"{given!r} is no text")
    if not is_storable(given):
        raise ValueError("a text holds a NUL character or half of a surrogate pair")
    return given
