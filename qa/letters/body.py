"""The body of a letter: Markdown in which headings, code, quotes and pictures are blocks, and colon fences the rest.

A block is written in its natural form wherever that form reads back as the same block, and as a ``::: block`` fence
with JSON where it does not (a quote that ends like an attribution, a heading with a line break): no value is lost.
"""

import json
import re
from collections.abc import Set
from typing import Any

from markdown_it.common.utils import normalizeReference
from markdown_it.token import Token

from qa.blocks.text import canonical_text
from qa.letters.blocks.form import STRUCTURE, BlockForm, Fence, colons, fence_name
from qa.letters.blocks.registry import FORMS
from qa.letters.blocks.values import Block
from qa.letters.errors import LetterError

#: The reader's own letter, which stands above the blocks of the answer.
_QUESTION = "question"
_QUESTION_FORM = BlockForm()
_LABEL = re.compile(r"\[([^\[\]]+)\]")


def parse(source: str, first_line: int = 1) -> tuple[str, list[Block]]:
    """Return the reader's longer question (or ``""``) and the blocks of the answer.

    ``first_line`` is the line of the file on which ``source`` begins, for the errors. Raises ``LetterError``.
    """
    blocks = _read(source, first_line, _everything())
    question = blocks.pop(0).value if blocks and blocks[0].type == _QUESTION else ""
    return question, blocks


def dump(question: str, blocks: list[Block]) -> str:
    """Return the text that ``parse`` reads back as the same question and blocks.

    Only a value that no editor can make (a script in a paragraph) is written, as JSON, and then refused by ``parse``.
    """
    wanted = ([Block(_QUESTION, question)] if question else []) + blocks
    for form in (_natural, _fenced):
        text = "\n\n".join(_write(wanted, form))
        if _reads_as(text, wanted, _everything()):
            return text
    return "\n\n".join(_write(wanted, _json))


def _everything() -> Set[str]:
    """Return the types of all that may stand in a letter."""
    return {_QUESTION, *FORMS}


def _form(kind: str) -> BlockForm:
    return _QUESTION_FORM if kind == _QUESTION else FORMS[kind]


# Reading


def _read(source: str, first_line: int, allowed: Set[str]) -> list[Block]:
    """Return the blocks of ``source``; lines between the special ones are Markdown blocks."""
    lines = source.split("\n")
    tokens, definitions = _structure(source, lines)
    blocks: list[Block] = []
    prose_from = 0
    for token, content in tokens:
        start, end = token.map
        block = _special(token, content, lines, first_line + start, allowed)
        if block is None or _is_prose(block, definitions):
            continue
        if field := _form(block.type).completed_text:
            block.value[field] = _complete(block.value[field], definitions)
        blocks += _prose(lines[prose_from:start], definitions)
        if block.type == _QUESTION and blocks:
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
    tokens = STRUCTURE.parse(f"{source}\n", env)
    definitions = {
        label: "\n".join(lines[slice(*found["map"])]).strip() for label, found in env.get("references", {}).items()
    }
    for token in tokens:
        if token.type == "footnote_reference_open" and token.level == 0:
            label = normalizeReference(f"^{token.meta['label']}")
            definitions.setdefault(label, "\n".join(lines[slice(*token.map)]).strip())
    followed = zip(tokens, [*tokens, None][1:], strict=True)
    return [pair for pair in followed if pair[0].level == 0 and pair[0].map and pair[0].nesting >= 0], definitions


def _is_prose(block: Block, definitions: dict[str, str]) -> bool:
    """Return whether a line of the block uses what is defined elsewhere: as prose it takes the definitions along."""
    field = _form(block.type).uncompleted_line
    return bool(field and _uses(block.value[field], definitions))


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


def _special(token: Token, content: Token | None, lines: list[str], line: int, allowed: Set[str]) -> Block | None:
    """Return the block that a top-level token stands for, ``None`` if it is part of the prose."""
    if token.type == "colon_fence":
        block = _colon_fence(token, lines, line)
        if block.type not in allowed:
            raise LetterError(f"a {block.type} block cannot stand here", line=line)
        return block
    kind = next((kind for kind, form in FORMS.items() if token.type in form.tokens), None)
    if kind not in allowed:
        return None
    value = FORMS[kind].read_token(token, content, lines[slice(*token.map)])
    return None if value is None else Block(kind, value)


def _colon_fence(token: Token, lines: list[str], line: int) -> Block:
    name, _space, rest = token.info.strip().partition(" ")
    rest = rest.strip()
    last = lines[token.map[1] - 1] if token.map[1] - token.map[0] > 1 else ""
    if not re.fullmatch(rf" {{0,3}}{token.markup}:*[ \t]*", last):
        if not name:
            raise LetterError("this ::: line closes nothing", line=line)
        raise LetterError(f"::: {name} is never closed", line=line)
    content = token.content.removesuffix("\n")
    if name == "block":
        return _from_json(rest, content, line)
    kind = next((kind for kind in _everything() if _form(kind).has_fence and fence_name(kind) == name), None)
    if also := next((kind for kind, form in FORMS.items() if name in form.other_names), None):
        kind, rest = also, f"{name} {rest}".strip()
    if kind is None:
        raise LetterError(f"no block is called {name!r}" if name else "this ::: line closes nothing", line=line)
    fence = Fence(rest, content, line, lambda types: _read(content, line + 1, types))
    return Block(kind, _form(kind).read(fence))


def _from_json(name: str, content: str, line: int) -> Block:
    if name not in _everything():
        raise LetterError(f"no block is called {name!r}", line=line)
    try:
        return Block(name, _form(name).check(json.loads(content)))
    except (ValueError, RecursionError) as error:
        raise LetterError(f"::: block {name} does not hold such a block: {error}", line=line) from None


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


def _written_inside(blocks: list[Block]) -> str:
    """Return the blocks inside another one as text."""
    return "\n\n".join(_write(blocks, _natural))


def _natural(block: Block) -> str:
    """Return a block in its natural form, or fenced if that would read back as something else."""
    if block.type == "markdown":
        text = block.value
        return text if _reads_as(text, [block], FORMS.keys()) else _fenced(block)
    return _fenced(block)


def _fenced(block: Block) -> str:
    """Return a block in a form that cannot run into its neighbours, as JSON if there is no other."""
    try:
        text = _form(block.type).write(block.type, block.value, _written_inside)
    except (KeyError, TypeError, AttributeError, ValueError):  # a value that is not complete, or no Markdown
        return _json(block)
    return text if _reads_as(text, [block], _everything()) else _json(block)


def _json(block: Block) -> str:
    return colons(f"block {block.type}", json.dumps(block.value, ensure_ascii=False, indent=2, sort_keys=True))


def _reads_as(text: str, blocks: list[Block], allowed: Set[str]) -> bool:
    if "\r" in text:
        return False  # which every reader of files takes for a line end
    try:
        return _read(text, 1, allowed) == blocks
    except LetterError:
        return False
