"""Warnings of hidden remarks in a letter, for the report of an import."""

from collections.abc import Iterator

from qa.letters import front_matter
from qa.rendering.markdown import hidden_parts

_MESSAGES = {
    "comment": "hidden comment `{}`: readers do not see it, but everybody does who edits or exports the letter",
    "unclosed": "hidden comment `{}` is never closed: readers do not see what follows it",
    "broken": "comment `{}` has no end in its paragraph: readers see it as text",
    "shown": "`{}` hides nothing here: readers see it as text",
}


def hidden_remarks(text: str) -> Iterator[tuple[str, int]]:
    """Yield a message and the line of the file for whatever the text of a letter hides or wants to hide."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    _front, body, first_line = front_matter.split(text)
    for part in hidden_parts(body):
        yield _MESSAGES[part.outcome].format(part.beginning), first_line + part.line
