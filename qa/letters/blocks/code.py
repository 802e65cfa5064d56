"""A code block as a fence: ```` ```python title="a.py" caption="…" hl="2,4-6" numbers ````."""

import re
from typing import Any, ClassVar

from markdown_it.token import Token

from qa.blocks.code import canonical_code
from qa.letters.blocks.form import FieldsForm, Written
from qa.letters.blocks.values import longest_run, texts_of

# A name is looked for where a word begins, and nowhere inside it: a word of 40,000 letters took half a minute.
_ATTRIBUTE = re.compile(r'(?<!\w)(\w++)="((?:[^"\\]|\\.)*+)"')


class CodeForm(FieldsForm):
    """A fence of Markdown. The line numbers are on or off, everything else is text."""

    fields = ("code", "language", "filename", "caption", "highlight_lines", "line_numbers")
    defaults: ClassVar[dict[str, Any]] = {"highlight_lines": "", "line_numbers": False}
    has_fence = False
    language_field = "language"
    tokens = frozenset({"fence"})

    def check(self, given: Any) -> dict[str, Any]:
        given = self.defaults | given if isinstance(given, dict) else given
        numbers = isinstance(given, dict) and given["line_numbers"]
        if not isinstance(numbers, bool):
            raise ValueError(f"line_numbers is true or false, not {numbers!r}")
        value = texts_of(given | {"line_numbers": ""} if isinstance(given, dict) else given, self.fields)
        return value | {"code": canonical_code(value["code"]), "line_numbers": numbers}

    def read_token(self, token: Token, content: Token | None, lines: list[str]) -> dict[str, Any]:
        attributes = {
            key: value.replace('\\"', '"').replace("\\\\", "\\") for key, value in _ATTRIBUTE.findall(token.info)
        }
        words = token.info.split(maxsplit=1)
        language = words[0].strip("{}.") if words and "=" not in words[0] else ""
        return {
            "code": token.content.rstrip("\n"),
            "language": language,
            "filename": attributes.get("title", ""),
            "caption": attributes.get("caption", ""),
            "highlight_lines": attributes.get("hl", ""),
            "line_numbers": "numbers" in _ATTRIBUTE.sub("", token.info).split()[bool(language) :],
        }

    def write(self, kind: str, value: dict[str, Any], write_inside: Written) -> str:
        info = value["language"]
        for key, name in (("filename", "title"), ("caption", "caption"), ("highlight_lines", "hl")):
            if value[key]:
                escaped = value[key].replace("\\", "\\\\").replace('"', '\\"')
                info += f' {name}="{escaped}"'
        if value["line_numbers"]:
            info = (info or 'hl=""') + " numbers"  # alone, the word would be the name of a language
        mark = "~" if "`" in info else "`"  # a caption may quote code, but not on a line that begins with backticks
        fence = mark * (longest_run(mark, value["code"]) + 1)
        return (
            f"{fence}{info.strip()}\n{value['code']}\n{fence}" if value["code"] else f"{fence}{info.strip()}\n{fence}"
        )

    def from_stored(self, stored: Any) -> dict[str, Any]:
        return super().from_stored(stored) | {"line_numbers": bool(stored.get("line_numbers"))}
