"""The body of a letter: Markdown in which headings, code, quotes and pictures are blocks, and colon fences the rest.

A block is written in its natural form wherever that form reads back as the same block, and as a ``::: block`` fence
with JSON where it does not (a quote that ends like an attribution, a heading with a line break): no value is lost.
"""

import json
import re
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.token import Token
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.footnote import footnote_plugin

from qa.blocks.reasoning import CalloutBlock
from qa.blocks.text import canonical_text
from qa.letters import rich_text
from qa.letters.errors import LetterError


class Block(NamedTuple):
    """One block of an answer: its name in ``AnswerBlock`` and its value as text, lists and dictionaries."""

    type: str
    value: Any


CALLOUT_KINDS = frozenset(kind for kind, _label in CalloutBlock.KINDS)
TYPES = frozenset(
    {"paragraph", "heading", "markdown", "quote", "steps", "pushback", "callout", "code", "image"},
)
REPLY_TYPES = frozenset({"paragraph", "markdown", "code"})
STOP = "**Then stop here:**"

_STRUCTURE = MarkdownIt("commonmark").enable("table").use(footnote_plugin).use(colon_fence_plugin)
_ATTRIBUTE = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_ATTRIBUTION = re.compile(r"^— (?:\[(?P<linked>.*)\]\((?P<source>\S+)\)|(?P<who>.+))$")
_STEP_TITLE = re.compile(r"^\*\*(.+)\*\*$")
_LABEL = re.compile(r"\[([^\[\]]+)\]")


def parse(source: str, first_line: int = 1) -> tuple[str, list[Block]]:
    """Return the reader's longer question (or ``""``) and the blocks of the answer.

    ``first_line`` is the line of the file on which ``source`` begins, for the errors. Raises ``LetterError``.
    """
    blocks = _read(source, first_line, TYPES | {"question"})
    question = ""
    if blocks and blocks[0].type == "question":
        question = blocks.pop(0).value
    if any(block.type == "question" for block in blocks):
        raise LetterError("::: question comes once, before everything else", line=first_line)
    return question, blocks


def dump(question: str, blocks: list[Block]) -> str:
    """Return the text that ``parse`` reads back as the same question and blocks."""
    wanted = ([Block("question", question)] if question else []) + blocks
    for form in (_natural, _fenced, _json):
        text = "\n\n".join(_write(wanted, form))
        if _reads_as(text, wanted, TYPES | {"question"}):
            return text
    raise AssertionError("a block that JSON cannot hold")  # unreachable: _json writes every value


# Reading


def _read(source: str, first_line: int, allowed: frozenset[str]) -> list[Block]:
    """Return the blocks of ``source``; lines between the special ones are Markdown blocks."""
    env: dict[str, Any] = {}
    lines = source.split("\n")
    blocks: list[Block] = []
    prose_from = 0
    for token, content in _top_level(_STRUCTURE.parse(source, env)):
        start, end = token.map
        block = _special(token, content, lines, first_line + start, allowed)
        if block is None:
            continue
        blocks += _prose(lines, prose_from, start, env)
        blocks.append(block)
        prose_from = end
    return blocks + _prose(lines, prose_from, len(lines), env)


def _top_level(tokens: list[Token]) -> list[tuple[Token, Token | None]]:
    """Return the tokens that open a block of the text itself, each with the inline token that follows it."""
    pairs = zip(tokens, [*tokens[1:], None], strict=True)
    return [(token, after) for token, after in pairs if token.level == 0 and token.map and token.nesting >= 0]


def _prose(lines: list[str], start: int, end: int, env: dict[str, Any]) -> list[Block]:
    text = canonical_text("\n".join(lines[start:end]))
    if not text:
        return []
    # A reference link may be defined far below: a block of its own must carry the definition with it.
    definitions = []
    for label in dict.fromkeys(map(normalizeReference, _LABEL.findall(text))):
        definition = env.get("references", {}).get(label)
        if definition and not start <= definition["map"][0] < end:
            definitions.append("\n".join(lines[slice(*definition["map"])]))
    return [Block("markdown", "\n\n".join([text, *definitions]))]


def _special(token: Token, content: Token | None, lines: list[str], line: int, allowed: frozenset[str]) -> Block | None:
    """Return the block that a top-level token stands for, ``None`` if it is part of the prose."""
    block = None
    if token.type == "colon_fence":
        block = _colon_fence(token, lines, line)
        if block.type not in allowed:
            raise LetterError(f"a {block.type} block cannot stand here", line=line)
    elif token.type == "fence":
        block = _code(token)
    elif token.type == "heading_open" and token.tag in ("h1", "h2", "h3"):
        block = Block("heading", {"text": content.content, "level": "h3" if token.tag == "h3" else "h2"})
    elif token.type == "blockquote_open":
        block = _quote(lines[slice(*token.map)])
    elif token.type == "paragraph_open":
        block = _image(content)
    return block if block and block.type in allowed else None


def _colon_fence(token: Token, lines: list[str], line: int) -> Block:
    name, _space, rest = token.info.strip().partition(" ")
    rest = rest.strip()
    last = lines[token.map[1] - 1].strip()
    if token.map[1] - token.map[0] < 2 or last.strip(":") or len(last) < len(token.markup):
        if not name:
            raise LetterError("this ::: line closes nothing", line=line)
        raise LetterError(f"::: {name} is never closed", line=line)
    content = token.content.removesuffix("\n")
    if name in ("question", "markdown"):
        return Block(name, canonical_text(content))
    if name == "paragraph":
        return Block(name, rich_text.to_html(content))
    if name == "steps":
        return Block(name, _steps(content, line + 1))
    if name == "pushback":
        if not rest:
            raise LetterError("::: pushback needs the objection on the same line", line=line)
        return Block(name, {"objection": rest, "reply": _read(content, line + 1, REPLY_TYPES)})
    if name == "callout" or name in CALLOUT_KINDS:
        return _callout(rest if name == "callout" else f"{name} {rest}".strip(), content, line)
    if name == "block":
        return _from_json(rest, content, line)
    raise LetterError(f"no block is called {name!r}" if name else "this ::: line closes nothing", line=line)


def _callout(info: str, content: str, line: int) -> Block:
    kind, _space, day = info.partition(" ")
    if kind not in CALLOUT_KINDS:
        raise LetterError(f"a callout is one of {', '.join(sorted(CALLOUT_KINDS))}, not {kind!r}", line=line)
    if day and not re.fullmatch(r"\d{4}-\d\d-\d\d", day):
        raise LetterError(f"after the kind of a callout comes a date or nothing, not {day!r}", line=line)
    return Block("callout", {"kind": kind, "date": day or None, "text": canonical_text(content)})


def _steps(content: str, line: int) -> list[dict[str, str]]:
    """Return the items of a numbered list, each with its bold title, text and optional stop line."""
    lines = content.split("\n")
    tokens = _STRUCTURE.parse(content, {})
    top = [token for token in tokens if token.level == 0 and token.nesting >= 0]
    if len(top) != 1 or top[0].type != "ordered_list_open":
        raise LetterError("::: steps holds one numbered list and nothing else", line=line)
    return [
        _step(lines[slice(*token.map)], line + token.map[0])
        for token in tokens
        if token.type == "list_item_open" and token.level == 1
    ]


def _step(lines: list[str], line: int) -> dict[str, str]:
    marker = re.match(r"\s*\d{1,9}[.)]\s*", lines[0])
    width = len(marker[0])
    inner = [lines[0][width:], *(item[min(width, len(item) - len(item.lstrip())) :] for item in lines[1:])]
    title = _STEP_TITLE.match(inner[0].strip())
    if title is None:
        raise LetterError("a step begins with its title in bold, alone on its line", line=line)
    text = canonical_text("\n".join(inner[1:]))
    before, _blank, last = text.rpartition("\n\n")
    if last.startswith(STOP):
        return {"title": title[1], "text": canonical_text(before), "stop": last.removeprefix(STOP).strip()}
    return {"title": title[1], "text": text, "stop": ""}


def _code(token: Token) -> Block:
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
        },
    )


def _quote(lines: list[str]) -> Block:
    inner = [re.sub(r"^ {0,3}> ?", "", line) for line in lines]
    text = canonical_text("\n".join(inner))
    before, _newline, last = text.rpartition("\n")
    match = _ATTRIBUTION.match(last)
    if not match or not before.strip():
        return Block("quote", {"text": text, "who": "", "source": ""})
    who = match["linked"] if match["source"] else match["who"]
    return Block("quote", {"text": canonical_text(before), "who": who or "", "source": match["source"] or ""})


def _image(content: Token) -> Block | None:
    """Return the block of a paragraph that is one picture of this letter (not one of another host)."""
    if len(content.children) != 1 or content.children[0].type != "image":
        return None
    picture = content.children[0]
    source = str(picture.attrGet("src") or "")
    if not source or re.match(r"(?:https?:|data:)?//|data:", source):
        return None
    alternative = "".join(child.content for child in picture.children or [])
    return Block("image", {"src": source, "alt": alternative, "caption": str(picture.attrGet("title") or "")})


def _from_json(name: str, content: str, line: int) -> Block:
    if name not in TYPES | {"question"}:
        raise LetterError(f"no block is called {name!r}", line=line)
    try:
        value = json.loads(content)
    except ValueError as error:
        raise LetterError(f"::: block {name} does not hold JSON: {error}", line=line) from None
    if name == "pushback" and isinstance(value, dict):
        value["reply"] = [Block(*item) for item in value.get("reply", [])]
    return Block(name, value)


# Writing


def _write(blocks: list[Block], form: Any) -> list[str]:
    """Return each block as text; prose that follows prose is fenced, or the two would read as one block."""
    written: list[str] = []
    after_prose = False
    for block in blocks:
        text = form(block)
        if after_prose and block.type == "markdown" and not text.startswith(":::"):
            text = _fenced(block)
        after_prose = block.type == "markdown" and not text.startswith(":::")
        written.append(text)
    return written


def _natural(block: Block) -> str:
    """Return a block in its natural form, or fenced if that would read back as something else."""
    if block.type == "markdown":
        text = block.value
        return text if _reads_as(text, [block], TYPES) else _fenced(block)
    return _fenced(block)


def _fenced(block: Block) -> str:
    """Return a block in a form that cannot run into its neighbours, as JSON if there is no other."""
    try:
        text = _WRITERS[block.type](block.value)
    except (KeyError, TypeError, AttributeError):  # a value that is not complete
        return _json(block)
    return text if _reads_as(text, [block], TYPES | {"question"}) else _json(block)


def _json(block: Block) -> str:
    return _colons(f"block {block.type}", json.dumps(block.value, ensure_ascii=False, indent=2))


def _reads_as(text: str, blocks: list[Block], allowed: frozenset[str]) -> bool:
    try:
        return _read(text, 1, allowed) == blocks
    except LetterError:
        return False


def _colons(info: str, content: str) -> str:
    """Return a colon fence that is longer than any line of colons in its content."""
    longest = max((len(run) for run in re.findall(r"^\s*(:{3,})", content, re.MULTILINE)), default=2)
    fence = ":" * (longest + 1)
    return f"{fence} {info}\n{content}\n{fence}"


def _write_heading(value: dict[str, str]) -> str:
    return f"{'###' if value['level'] == 'h3' else '##'} {value['text']}"


def _write_quote(value: dict[str, str]) -> str:
    lines = value["text"].split("\n")
    if value["who"] or value["source"]:
        who = f"[{value['who']}]({value['source']})" if value["source"] else value["who"]
        lines += ["", f"— {who}"]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _write_code(value: dict[str, str]) -> str:
    longest = max((len(run) for run in re.findall(r"^\s*(`{3,})", value["code"], re.MULTILINE)), default=2)
    info = value["language"]
    for key, name in (("filename", "title"), ("caption", "caption")):
        if value[key]:
            escaped = value[key].replace("\\", "\\\\").replace('"', '\\"')
            info += f' {name}="{escaped}"'
    fence = "`" * (longest + 1)
    return f"{fence}{info.strip()}\n{value['code']}\n{fence}" if value["code"] else f"{fence}{info.strip()}\n{fence}"


def _write_steps(steps: list[dict[str, str]]) -> str:
    items = []
    for number, step in enumerate(steps, start=1):
        marker = f"{number}. "
        parts = [f"**{step['title']}**", step["text"], f"{STOP} {step['stop']}" if step["stop"] else ""]
        text = "\n\n".join(part for part in parts if part)
        indented = [line and " " * len(marker) + line for line in text.split("\n")]
        items.append(marker + "\n".join(indented).lstrip(" "))
    return _colons("steps", "\n\n".join(items))


def _write_pushback(value: dict[str, Any]) -> str:
    return _colons(f"pushback {value['objection']}", "\n\n".join(_write(value["reply"], _natural)))


def _write_callout(value: dict[str, str]) -> str:
    return _colons(f"callout {value['kind']} {value['date'] or ''}".strip(), value["text"])


def _write_image(value: dict[str, str]) -> str:
    caption = f' "{value["caption"]}"' if value["caption"] else ""
    return f"![{value['alt']}]({value['src']}{caption})"


_WRITERS = {
    "question": lambda value: _colons("question", value),
    "markdown": lambda value: _colons("markdown", value),
    "paragraph": lambda value: _colons("paragraph", rich_text.to_markdown(value)),
    "heading": _write_heading,
    "quote": _write_quote,
    "code": _write_code,
    "steps": _write_steps,
    "pushback": _write_pushback,
    "callout": _write_callout,
    "image": _write_image,
}
