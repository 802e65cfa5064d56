"""A code block as a fence: ```` ```python title="a.py" caption="…" hl="2,4-6" numbers ````."""

import re
from typing import Any

from markdown_it.token import Token

from qa.letters.shapes import Block, longest_run

# A name is looked for where a word begins, and nowhere inside it: a word of 40,000 letters took half a minute.
_ATTRIBUTE = re.compile(r'(?<!\w)(\w++)="((?:[^"\\]|\\.)*+)"')


def read(token: Token) -> Block:
    """Return the code block that a fence stands for."""
    attributes = {key: value.replace('\\"', '"').replace("\\\\", "\\") for key, value in _ATTRIBUTE.findall(token.info)}
    words = token.info.split(maxsplit=1)
    language = words[0].strip("{}.") if words and "=" not in words[0] else ""
    return Block(
        "code",
        {
            "code": token.content.rstrip("\n"),
            "language": language,
            "filename": attributes.get("title", ""),
            "caption": attributes.get("caption", ""),
            "highlight_lines": attributes.get("hl", ""),
            "line_numbers": "numbers" in _ATTRIBUTE.sub("", token.info).split()[bool(language) :],
        },
    )


def write(value: dict[str, Any]) -> str:
    """Return the value of a code block as a fence that is longer than any in the code."""
    info = value["language"]
    for key, name in (("filename", "title"), ("caption", "caption"), ("highlight_lines", "hl")):
        if value[key]:
            escaped = value[key].replace("\\", "\\\\").replace('"', '\\"')
            info += f' {name}="{escaped}"'
    if value["line_numbers"]:
        info = (info or 'hl=""') + " numbers"  # alone, the word would be the name of a language
    mark = "~" if "`" in info else "`"  # a caption may quote code, but not on a line that begins with backticks
    fence = mark * (longest_run(mark, value["code"]) + 1)
    return f"{fence}{info.strip()}\n{value['code']}\n{fence}" if value["code"] else f"{fence}{info.strip()}\n{fence}"
