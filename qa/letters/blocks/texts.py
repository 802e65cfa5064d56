"""The blocks of a letter that are texts: paragraph, heading, quote, callout, and the link to another question."""

import re
from typing import Any, ClassVar

from markdown_it.token import Token

from qa.blocks.reasoning import CalloutBlock
from qa.blocks.text import canonical_text
from qa.letters.blocks import rich_text
from qa.letters.blocks.form import BlockForm, Fence, FieldsForm, Text, Written
from qa.letters.blocks.values import is_date, text_of, texts_of
from qa.letters.errors import LetterError


class ParagraphForm(BlockForm):
    """Rich text, which is Markdown in a fence of its name."""

    def check(self, given: Any) -> str:
        return rich_text.checked(text_of(given))

    def read(self, fence: Fence) -> str:
        try:
            return rich_text.to_html(fence.content)
        except ValueError as error:
            raise LetterError(str(error), line=fence.line) from None

    def written(self, value: str) -> tuple[str, str]:
        return "", rich_text.to_markdown(value)

    def from_stored(self, stored: Any) -> str:
        return rich_text.canonical(stored or "")

    def with_texts(self, value: str, change: Text) -> str:
        return value  # its links are rich text's, and stay


class HeadingForm(FieldsForm):
    """A heading of Markdown: the first two levels are sections, the third is a subsection."""

    fields = ("text", "level")
    has_fence = False
    uncompleted_line = "text"
    tokens = frozenset({"heading_open"})

    def read_token(self, token: Token, content: Token, lines: list[str]) -> dict[str, str] | None:
        if token.tag not in ("h1", "h2", "h3"):
            return None
        return {"text": content.content, "level": "h3" if token.tag == "h3" else "h2"}

    def write(self, kind: str, value: dict[str, str], write_inside: Written) -> str:
        return f"{'###' if value['level'] == 'h3' else '##'} {value['text']}"


class QuoteForm(FieldsForm):
    """A block quote of Markdown, with a dash before the name of who said it."""

    fields = ("text", "who", "source")
    texts = ("text",)
    has_fence = False
    completed_text = "text"
    tokens = frozenset({"blockquote_open"})

    def read_token(self, token: Token, content: Token | None, lines: list[str]) -> dict[str, str]:
        inner = [re.sub(r"^ {0,3}> ?", "", line) for line in lines]
        text = canonical_text("\n".join(inner))
        before, _newline, last = text.rpartition("\n")
        who = last.removeprefix("— ")
        if who in ("", last) or not before.strip():
            return {"text": text, "who": "", "source": ""}
        linked, middle, source = who.rpartition("](")
        if middle and linked.startswith("[") and re.fullmatch(r"\S+\)", source):
            who, source = linked[1:], source[:-1]
        else:
            source = ""
        return {"text": canonical_text(before), "who": who, "source": source}

    def write(self, kind: str, value: dict[str, str], write_inside: Written) -> str:
        lines = value["text"].split("\n")
        if value["who"] or value["source"]:
            who = f"[{value['who']}]({value['source']})" if value["source"] else value["who"]
            lines += ["", f"— {who}"]
        return "\n".join(f"> {line}".rstrip() for line in lines)


class CalloutForm(FieldsForm):
    """A callout: its kind, and the day of a correction, stand behind the colons. The day may be ``None``."""

    KINDS: ClassVar[frozenset[str]] = frozenset(kind for kind, _label in CalloutBlock.KINDS)

    fields = ("kind", "date", "text")
    texts = ("text",)
    other_names = KINDS

    def check(self, given: Any) -> dict[str, Any]:
        dated = isinstance(given, dict) and given.get("date") is not None
        value = texts_of(
            given if dated or not isinstance(given, dict) else given | {"date": ""}, self.fields, self.texts
        )
        if dated and not is_date(value["date"]):
            raise ValueError(f"{value['date']!r} is no date")
        return value | {"date": value["date"] or None}

    def read(self, fence: Fence) -> dict[str, Any]:
        kind, _space, day = fence.info.partition(" ")
        if kind not in self.KINDS:
            raise LetterError(f"a callout is one of {', '.join(sorted(self.KINDS))}, not {kind!r}", line=fence.line)
        if day and not is_date(day):
            raise LetterError(f"after the kind of a callout comes a date or nothing, not {day!r}", line=fence.line)
        return {"kind": kind, "date": day or None, "text": canonical_text(fence.content)}

    def written(self, value: dict[str, Any]) -> tuple[str, str]:
        return f"{value['kind']} {value['date'] or ''}", value["text"]

    def from_stored(self, stored: Any) -> dict[str, Any]:
        texts = super().from_stored(stored)
        return texts | {"date": texts["date"] or None}


class RelatedForm(FieldsForm):
    """Another question: its letter's id behind the colons; ``page:ID`` where the page is known, as in streams."""

    fields = ("question", "note")
    letter_field = "question"

    def read(self, fence: Fence) -> dict[str, str]:
        if not fence.info:
            raise LetterError("::: related needs the id of a letter on the same line", line=fence.line)
        return {"question": fence.info, "note": fence.content.strip()}

    def written(self, value: dict[str, str]) -> tuple[str, str]:
        return value["question"], value["note"]

    def to_stored(self, value: dict[str, str]) -> dict[str, Any]:
        page_id = value["question"].removeprefix("page:")
        return {"question": int(page_id) if page_id else None, "note": value["note"]}

    def from_stored(self, stored: Any) -> dict[str, str]:
        pk = stored.get("question")
        return {"question": f"page:{pk}" if pk else "", "note": stored.get("note") or ""}
