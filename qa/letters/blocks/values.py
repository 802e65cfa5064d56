"""A block of a letter, and the checks of texts and lists that come as JSON."""

import re
from datetime import date
from typing import Any, NamedTuple

from qa.blocks.text import canonical_text


class Block(NamedTuple):
    """One block of an answer: its name in ``AnswerBlock`` and its value as text, lists and dictionaries."""

    type: str
    value: Any


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


def texts_of(given: Any, names: tuple[str, ...], canonical: tuple[str, ...] = ()) -> dict[str, str]:
    """Return the texts of a dictionary that has exactly these names; raises ``ValueError`` for anything else.

    The ``canonical`` ones come in the form in which they are stored: an import compares them with what is there.
    """
    if not isinstance(given, dict) or set(given) != set(names):
        raise ValueError(f"it must have exactly {', '.join(names)}")
    texts = {name: text_of(given[name]) for name in names}
    return texts | {name: canonical_text(texts[name]) for name in canonical}


def list_of(given: Any) -> list[Any]:
    """Return what was given if it is a list; raises ``ValueError`` if not."""
    if not isinstance(given, list):
        raise ValueError("it must be a list")
    return given


def text_of(given: Any) -> str:
    """Return what was given if it is a text that can be stored; raises ``ValueError`` if not."""
    if not isinstance(given, str):
        raise ValueError(f"{given!r} is no text")
    if not is_storable(given):
        raise ValueError("a text holds a NUL character or half of a surrogate pair")
    return given


def stored_texts(stored: dict[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    """Return the texts of a stored value; what a draft has not filled in yet is empty."""
    return {name: stored.get(name) or "" for name in names}
