"""The body of a letter: Markdown in which headings, code, quotes and pictures are blocks, and colon fences the rest.

A block is written in its natural form wherever that form reads back as the same block, and as a ``::: block`` fence
with JSON where it does not (a quote that ends like an attribution, a heading with a line break): no value is lost.
"""

import json
import re
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.token import Token
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.footnote import footnote_plugin

from qa.blocks.reasoning import CalloutBlock
from qa.blocks.text import canonical_text
from qa.letters import code_fence, media, rich_text, tables
from qa.letters.errors import LetterError
from qa.letters.shapes import REPLY_TYPES, TYPES, Block, is_date, longest_run, value_of

CALLOUT_KINDS = frozenset(kind for kind, _label in CalloutBlock.KINDS)
STOP = "**Then stop here:**"

_STRUCTURE = MarkdownIt("commonmark").enable("table").use(footnote_plugin, move_to_end=False).use(colon_fence_plugin)
_STEP_TITLE = re.compile(r"^\*\*(.+)\*\*$")
_LABEL = re.compile(r"\[([^\[\]]+)\]")


def parse(source: str, first_line: int = 1) -> tuple[str, list[Block]]:
    """Return the reader's longer question (or ``""``) and the blocks of the answer.

    ``first_line`` is the line of the file on which ``source`` begins, for the errors. Raises ``LetterError``.
    """
    blocks = _read(source, first_line, TYPES | {"question"})
    question = blocks.pop(0).value if blocks and blocks[0].type == "question" else ""
    return question, blocks


def dump(question: str, blocks: list[Block]) -> str:
    """Return the text that ``parse`` reads back as the same question and blocks.

    Only a value that no editor can make (a script in a paragraph) is written, as JSON, and then refused by ``parse``.
    """
    wanted = ([Block("question", question)] if question else []) + blocks
    for form in (_natural, _fenced):
        text = "\n\n".join(_write(wanted, form))
        if _reads_as(text, wanted, TYPES | {"question"}):
            return text
    return "\n\n".join(_write(wanted, _json))


# Reading


def _read(source: str, first_line: int, allowed: frozenset[str]) -> list[Block]:
    """Return the blocks of ``source``; lines between the special ones are Markdown blocks."""
    lines = source.split("\n")
    tokens, definitions = _structure(source, lines)
    blocks: list[Block] = []
    prose_from = 0
    for token, content in tokens:
        start, end = token.map
        block = _special(token, content, lines, first_line + start, allowed)
        if block and block.type == "heading" and _uses(block.value["text"], definitions):
            block = None  # its links and footnotes are defined elsewhere: as prose it takes them along
        if block is None:
            continue
        if block.type == "quote":
            block.value["text"] = _complete(block.value["text"], definitions)
        blocks += _prose(lines[prose_from:start], definitions)
        if block.type == "question" and blocks:
            raise LetterError("::: question comes once, before everything else", line=first_line + start)
        blocks.append(block)
        prose_from = end
    return blocks + _prose(lines[prose_from:], definitions)


def _structure(source: str, lines: list[str]) -> tuple[list[tuple[Token, Token | None]], dict[str, str]]:
    """Return the tokens that open a block of the text itself, each with the token that follows it, and definitions.

    Definitions are those of links and footnotes, by the label that stands between the brackets where they are used.
    """
    env: dict[str, Any] = {}
    # With a line end behind it: the colon fence plugin reads past the end of a text whose last line is spaces.
    tokens = _STRUCTURE.parse(f"{source}\n", env)
    definitions = {
        label: "\n".join(lines[slice(*found["map"])]).strip() for label, found in env.get("references", {}).items()
    }
    for token in tokens:
        if token.type == "footnote_reference_open" and token.level == 0:
            label = normalizeReference(f"^{token.meta['label']}")
            definitions.setdefault(label, "\n".join(lines[slice(*token.map)]).strip())
    followed = zip(tokens, [*tokens, None][1:], strict=True)
    return [pair for pair in followed if pair[0].level == 0 and pair[0].map and pair[0].nesting >= 0], definitions


def _prose(lines: list[str], definitions: dict[str, str]) -> list[Block]:
    text = canonical_text("\n".join(lines))
    if not text:
        return []
    if definitions and all(token.type == "footnote_reference_open" for token, _next in _structure(text, lines)[0]):
        return []  # only definitions, which the blocks that use them carry with them
    return [Block("markdown", _complete(text, definitions))]


def _complete(text: str, definitions: dict[str, str]) -> str:
    """Return the text of a block with the definitions it uses: they may stand far below, in another block."""
    wanted = _uses(text, definitions)
    if not wanted:
        return text
    own = _structure(text, text.split("\n"))[1]
    return "\n\n".join([text, *(definitions[label] for label in wanted if label not in own)])


def _uses(text: str, definitions: dict[str, str]) -> list[str]:
    """Return the labels of the definitions that a text uses, in order."""
    used = dict.fromkeys(normalizeReference(label) for label in _LABEL.findall(text))
    return [label for label in used if label in definitions]


def _special(token: Token, content: Token | None, lines: list[str], line: int, allowed: frozenset[str]) -> Block | None:
    """Return the block that a top-level token stands for, ``None`` if it is part of the prose."""
    block = None
    if token.type == "colon_fence":
        block = _colon_fence(token, lines, line)
        if block.type not in allowed:
            raise LetterError(f"a {block.type} block cannot stand here", line=line)
    elif token.type == "fence":
        block = code_fence.read(token)
    elif token.type == "heading_open" and token.tag in ("h1", "h2", "h3"):
        block = Block("heading", {"text": content.content, "level": "h3" if token.tag == "h3" else "h2"})
    elif token.type == "blockquote_open":
        block = _quote(lines[slice(*token.map)])
    elif token.type == "paragraph_open":
        block = media.read_image(content)
    return block if block and block.type in allowed else None


def _colon_fence(token: Token, lines: list[str], line: int) -> Block:
    name, _space, rest = token.info.strip().partition(" ")
    rest = rest.strip()
    last = lines[token.map[1] - 1] if token.map[1] - token.map[0] > 1 else ""
    if not re.fullmatch(rf" {{0,3}}{token.markup}:*[ \t]*", last):
        if not name:
            raise LetterError("this ::: line closes nothing", line=line)
        raise LetterError(f"::: {name} is never closed", line=line)
    content = token.content.removesuffix("\n")
    if name in CALLOUT_KINDS:
        name, rest = "callout", f"{name} {rest}".strip()
    if name not in _READERS:
        raise LetterError(f"no block is called {name!r}" if name else "this ::: line closes nothing", line=line)
    return _READERS[name](rest, content, line)


def _paragraph(_rest: str, content: str, line: int) -> Block:
    try:
        return Block("paragraph", rich_text.to_html(content))
    except ValueError as error:
        raise LetterError(str(error), line=line) from None


def _pushback(objection: str, content: str, line: int) -> Block:
    if not objection:
        raise LetterError("::: pushback needs the objection on the same line", line=line)
    return Block("pushback", {"objection": objection, "reply": _read(content, line + 1, REPLY_TYPES)})


def _related(letter_id: str, content: str, line: int) -> Block:
    if not letter_id:
        raise LetterError("::: related needs the id of a letter on the same line", line=line)
    return Block("related", {"question": letter_id, "note": content.strip()})


def _callout(info: str, content: str, line: int) -> Block:
    kind, _space, day = info.partition(" ")
    if kind not in CALLOUT_KINDS:
        raise LetterError(f"a callout is one of {', '.join(sorted(CALLOUT_KINDS))}, not {kind!r}", line=line)
    if day and not is_date(day):
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


def _quote(lines: list[str]) -> Block:
    inner = [re.sub(r"^ {0,3}> ?", "", line) for line in lines]
    text = canonical_text("\n".join(inner))
    before, _newline, last = text.rpartition("\n")
    who = last.removeprefix("— ")
    if who in ("", last) or not before.strip():
        return Block("quote", {"text": text, "who": "", "source": ""})
    linked, middle, source = who.rpartition("](")
    if middle and linked.startswith("[") and re.fullmatch(r"\S+\)", source):
        who, source = linked[1:], source[:-1]
    else:
        source = ""
    return Block("quote", {"text": canonical_text(before), "who": who, "source": source})


def _from_json(name: str, content: str, line: int) -> Block:
    if name not in TYPES | {"question"}:
        raise LetterError(f"no block is called {name!r}", line=line)
    try:
        return Block(name, value_of(name, json.loads(content)))
    except (ValueError, RecursionError) as error:
        raise LetterError(f"::: block {name} does not hold such a block: {error}", line=line) from None


#: What stands behind the name on the opening line, the content, and the number of that line make a block.
_READERS = {
    "question": lambda _rest, content, _line: Block("question", canonical_text(content)),
    "markdown": lambda _rest, content, _line: Block("markdown", canonical_text(content)),
    "paragraph": _paragraph,
    "steps": lambda _rest, content, line: Block("steps", _steps(content, line + 1)),
    "pushback": _pushback,
    "callout": _callout,
    "short-answer": lambda _rest, content, _line: Block("short_answer", canonical_text(content)),
    "comparison": lambda rest, content, line: Block("comparison", tables.read(rest, content, line)),
    "related": _related,
    **media.READERS,
    "block": _from_json,
}


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
    except (KeyError, TypeError, AttributeError, ValueError):  # a value that is not complete, or no Markdown
        return _json(block)
    return text if _reads_as(text, [block], TYPES | {"question"}) else _json(block)


def _json(block: Block) -> str:
    return _colons(f"block {block.type}", json.dumps(block.value, ensure_ascii=False, indent=2, sort_keys=True))


def _reads_as(text: str, blocks: list[Block], allowed: frozenset[str]) -> bool:
    if "\r" in text:
        return False  # which every reader of files takes for a line end
    try:
        return _read(text, 1, allowed) == blocks
    except LetterError:
        return False


def _colons(info: str, content: str) -> str:
    """Return a colon fence that is longer than any line of colons in its content."""
    fence = ":" * (longest_run(":", content) + 1)
    return f"{fence} {info}\n{content}\n{fence}"


def _write_heading(value: dict[str, str]) -> str:
    return f"{'###' if value['level'] == 'h3' else '##'} {value['text']}"


def _write_quote(value: dict[str, str]) -> str:
    lines = value["text"].split("\n")
    if value["who"] or value["source"]:
        who = f"[{value['who']}]({value['source']})" if value["source"] else value["who"]
        lines += ["", f"— {who}"]
    return "\n".join(f"> {line}".rstrip() for line in lines)


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


_WRITERS = {
    "question": lambda value: _colons("question", value),
    "markdown": lambda value: _colons("markdown", value),
    "paragraph": lambda value: _colons("paragraph", rich_text.to_markdown(value)),
    "heading": _write_heading,
    "quote": _write_quote,
    "code": code_fence.write,
    "steps": _write_steps,
    "pushback": _write_pushback,
    "callout": _write_callout,
    "short_answer": lambda value: _colons("short-answer", value),
    "comparison": lambda value: _colons(f"comparison {value['caption']}".strip(), tables.write(value)),
    "related": lambda value: _colons(f"related {value['question']}", value["note"]),
    "image": lambda value: _colons("image", media.write_image(value)) if value["credit"] else media.write_image(value),
    "embed": lambda value: _colons(f"embed {value['address']}", value["title"]),
    "document": lambda value: _colons(f"document {value['src']}", value["title"]),
}
