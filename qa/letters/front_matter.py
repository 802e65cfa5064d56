"""The front matter of a letter: YAML between two ``---`` lines, read with line numbers and written in one way.

Values are read as the strings that stand there (a title ``1984`` or ``yes`` stays text) and understood by key.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import yaml

from qa.letters.blocks.values import is_storable
from qa.letters.errors import LetterError

DELIMITER = "---"
_LOADER = yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader
_DEEPEST = 8  # brackets within brackets; no key needs more than three
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]|$)", re.ASCII)


@dataclass(frozen=True)
class Entry:
    """One key of the front matter: its value as strings, lists and dictionaries of strings, and its line."""

    value: Any
    line: int


def split(text: str) -> tuple[str, str, int]:
    """Return front matter, body and the body's first line number; raises ``LetterError`` for an unclosed one."""
    lines = text.split("\n")
    if lines[0].rstrip() != DELIMITER:
        return "", text, 1
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == DELIMITER:
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 2
    raise LetterError("the front matter has no closing --- line", line=1)


def read(source: str) -> dict[str, Entry]:
    """Return the entries of a front matter by key; raises ``LetterError`` with the line of what is wrong."""
    try:
        _measure(source)
        node = yaml.compose(source, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or "cannot be read"
        raise LetterError(f"the front matter is not YAML: {reason}", line=mark.line + 2 if mark else 1) from None
    if node is None:
        return {}
    if not isinstance(node, yaml.MappingNode):
        raise LetterError("the front matter must be a list of `key: value` lines", line=2)
    entries: dict[str, Entry] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 2  # the mark counts from 0, and the --- line stands above
        key = _plain(key_node, line)
        if not isinstance(key, str):
            raise LetterError("a key must be a word", line=line)
        if key in entries:
            raise LetterError(f"`{key}` is given twice", line=line)
        entries[key] = Entry(_plain(value_node, line), line)
    return entries


def _measure(source: str) -> None:
    """Refuse a front matter that is nested so deeply that libyaml, which recurses, would end the process."""
    depth = 0
    for event in yaml.parse(source, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise LetterError("the value is nested too deeply", line=event.start_mark.line + 2)


def write(values: dict[str, Any]) -> str:
    """Return values (text, dates, lists, flat dictionaries) as YAML lines in the given order, empty ones left out."""
    given = {key: value for key, value in values.items() if value not in ("", None, [], ())}
    if not given:
        return ""
    return yaml.dump(
        _Lines(given), Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=10_000
    )


def _plain(node: yaml.Node, line: int, depth: int = 0) -> Any:
    """Turn a YAML node into strings, lists and dictionaries; three levels are more than any key needs."""
    if depth > 3:
        raise LetterError("the value is nested too deeply", line=line)
    if isinstance(node, yaml.ScalarNode):
        if not is_storable(node.value):
            raise LetterError("the value holds a NUL character", line=line)
        is_null = not node.style and node.value in ("", "~", "null")
        return "" if is_null else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, line, depth + 1) for item in node.value]
    return {str(_plain(key, line, depth + 1)): _plain(value, line, depth + 1) for key, value in node.value}


class _Lines(dict[str, Any]):
    """The front matter itself: each key on a line of its own, whatever the values are."""


class _Dumper(yaml.SafeDumper):
    """Writes text so that ``read`` gives the same text back."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    # PyYAML folds line ends and leaves some separators (U+2028, U+0085) bare unless the text is double-quoted.
    style = None if text.isprintable() else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _represent_lines(dumper: yaml.SafeDumper, lines: _Lines) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", lines.items(), flow_style=False)


def _represent_moment(dumper: yaml.SafeDumper, moment: datetime) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", moment.isoformat())


_Dumper.add_representer(_Lines, _represent_lines)
_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(datetime, _represent_moment)
_Dumper.ignore_aliases = lambda self, data: True


def as_date(entry: Entry, key: str) -> date:
    """Return a date written as ``2025-09-12`` or ``2025-9-12`` (a time after it is ignored)."""
    match = _DATE.match(str(entry.value))
    try:
        return date(*map(int, match.groups()))
    except (AttributeError, ValueError):
        raise LetterError(f"`{key}` must be a date such as 2025-09-12, not {entry.value!r}", line=entry.line) from None
