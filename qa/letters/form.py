"""The text form of a question: Markdown with front matter. ``parse`` and ``dump`` are inverse.

A letter knows no database: pictures are addresses, topics and experts are names, other questions are letter ids.
"""

from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from django.utils import timezone

from qa.letters import body, front_matter
from qa.letters.errors import LetterError
from qa.letters.front_matter import Entry

#: What ``status`` may say. ``private`` is published for readers who sign in; ``review`` waits for an editor.
STATUSES = ("draft", "review", "published", "private")


class Update(NamedTuple):
    """One line on what changed in an answer, and when."""

    on: date
    note: str


@dataclass
class Letter:
    """A question and its answer, as text. The fields up to ``updates`` are the front matter, in canonical order."""

    id: str = ""
    title: str = ""
    asker: str = ""
    asked: date | None = None
    answered_by: str = ""
    topics: list[str] = field(default_factory=list)
    summary: str = ""
    status: str = ""
    go_live: datetime | None = None
    expire: datetime | None = None
    reviewed: date | None = None
    review_after: date | None = None
    slug: str = ""
    follows: str = ""
    related: list[str] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    question: str = ""
    blocks: list[body.Block] = field(default_factory=list)


class Reading(NamedTuple):
    """What reading a file gave: the letter, all entries of its front matter, and those that no letter has."""

    letter: Letter
    entries: dict[str, Entry]
    unknown: dict[str, Entry]


KEYS = tuple(f.name for f in fields(Letter) if f.name not in ("question", "blocks"))
_LISTS = {"topics", "related"}
_DATES = {"asked", "reviewed", "review_after"}
_MOMENTS = {"go_live", "expire"}


def parse(text: str) -> Letter:
    """Return the letter that ``text`` holds; raises ``LetterError`` with a line number. Unknown keys are ignored."""
    return read(text).letter


def read(text: str) -> Reading:
    """Return the letter with everything its front matter says, for those who report what they do not know."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if "\x00" in text:
        raise LetterError(
            "the file holds a NUL character; is it text?", line=text[: text.index("\x00")].count("\n") + 1
        )
    source, letter_body, first_line = front_matter.split(text)
    entries = front_matter.read(source)
    values = {key: _value(key, entries[key]) for key in KEYS if key in entries}
    if values.get("status") and values["status"] not in STATUSES:
        raise LetterError(f"`status` must be one of {', '.join(STATUSES)}", line=entries["status"].line)
    question, blocks = body.parse(letter_body, first_line)
    letter = Letter(**values, question=question, blocks=blocks)
    if not letter.title:
        raise LetterError("the letter has no `title`", line=1)
    return Reading(letter, entries, {key: entry for key, entry in entries.items() if key not in KEYS})


def dump(letter: Letter) -> str:
    """Return the canonical text of a letter: what ``parse`` reads back as the same letter."""
    values = {key: getattr(letter, key) for key in KEYS}
    values["updates"] = [{"date": update.on, "note": update.note} for update in letter.updates]
    head = f"{front_matter.DELIMITER}\n{front_matter.write(values)}{front_matter.DELIMITER}\n"
    letter_body = body.dump(letter.question, letter.blocks)
    return f"{head}\n{letter_body}\n" if letter_body else head


def _value(key: str, entry: Entry) -> Any:
    """Return one entry as the type that its key has; raises ``LetterError`` when it is something else."""
    if key == "updates":
        return [_update(item, entry) for item in _list(entry)]
    if key in _LISTS:
        return [_text(key, Entry(item, entry.line)) for item in _list(entry)]
    if entry.value == "":
        return None if key in _DATES | _MOMENTS else ""
    if key in _DATES:
        return front_matter.as_date(entry, key)
    if key in _MOMENTS:
        return _moment(key, entry)
    return _text(key, entry)


def _list(entry: Entry) -> list[Any]:
    if isinstance(entry.value, list):
        return entry.value
    return [entry.value] if entry.value else []


def _text(key: str, entry: Entry) -> str:
    if not isinstance(entry.value, str):
        raise LetterError(f"`{key}` must be text", line=entry.line)
    return entry.value


def _moment(key: str, entry: Entry) -> datetime:
    """Return an aware time; one without offset is in the site's time zone."""
    try:
        moment = datetime.fromisoformat(_text(key, entry))
    except ValueError:
        raise LetterError(
            f"`{key}` must be a time such as 2025-09-12T09:00:00+00:00, not {entry.value!r}", line=entry.line
        ) from None
    moment = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    try:
        moment.astimezone(UTC)
    except OverflowError:  # the last hours of the year 9999
        raise LetterError(f"`{key}` is too far away: {entry.value!r}", line=entry.line) from None
    # A revision holds milliseconds: finer times would make the letter always differ from its page.
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _update(item: Any, entry: Entry) -> Update:
    if not isinstance(item, dict) or set(item) != {"date", "note"}:
        raise LetterError("each of `updates` must look like {date: 2025-09-12, note: What changed}", line=entry.line)
    note = _text("note", Entry(item["note"], entry.line))
    return Update(front_matter.as_date(Entry(item["date"], entry.line), "date"), note)
