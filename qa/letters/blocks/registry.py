"""The form in letters of every type of block, and what all of them share: the one place that knows their names."""

from collections.abc import Callable, Iterator, Set

from qa.blocks.reasoning import ReplyBlock
from qa.letters.blocks.code import CodeForm
from qa.letters.blocks.comparison import ComparisonForm
from qa.letters.blocks.form import BlockForm, Text
from qa.letters.blocks.media import DocumentForm, EmbedForm, ImageForm
from qa.letters.blocks.pushback import PushbackForm
from qa.letters.blocks.steps import StepsForm
from qa.letters.blocks.texts import CalloutForm, HeadingForm, ParagraphForm, QuoteForm, RelatedForm
from qa.letters.blocks.values import Block

#: By the name of the block in ``AnswerBlock``.
FORMS: dict[str, BlockForm] = {
    "paragraph": ParagraphForm(),
    "heading": HeadingForm(),
    "markdown": BlockForm(),
    "quote": QuoteForm(),
    "short_answer": BlockForm(),
    "steps": StepsForm(),
    "comparison": ComparisonForm(),
    "callout": CalloutForm(),
    "code": CodeForm(),
    "image": ImageForm(),
    "embed": EmbedForm(),
    "document": DocumentForm(),
    "related": RelatedForm(),
}
FORMS["pushback"] = PushbackForm({name: FORMS[name] for name in ReplyBlock.base_blocks})


def letters_named_in(blocks: list[Block]) -> set[str]:
    """Return the ids of the letters that the blocks name, ``page:12`` in a stream, ``""`` where one is left open."""
    forms = ((FORMS[block.type], block.value) for block in every_block(blocks))
    return {value[form.letter_field] for form, value in forms if form.letter_field}


def with_letters_renamed(blocks: list[Block], renamed: Callable[[str], str]) -> list[Block]:
    """Return the blocks, those that name another letter with what it is called now."""

    def change(block: Block) -> Block:
        field = FORMS[block.type].letter_field
        return Block(block.type, {**block.value, field: renamed(block.value[field])}) if field else block

    return changed(blocks, change)


def naming_only(blocks: list[Block], present: Set[str]) -> list[Block]:
    """Return the blocks without those that name a letter which is not ``present``."""
    left = []
    for block in blocks:
        form = FORMS[block.type]
        if form.letter_field and block.value[form.letter_field] not in present:
            continue
        inside = form.blocks_in(block.value)
        left.append(Block(block.type, form.with_blocks(block.value, naming_only(inside, present))))
    return left


def with_texts(blocks: list[Block], change: Text) -> list[Block]:
    """Return the blocks with every Markdown text of several lines, and every cell, changed."""
    return changed(blocks, lambda block: Block(block.type, FORMS[block.type].with_texts(block.value, change)))


def every_block(blocks: list[Block]) -> Iterator[Block]:
    """Yield the blocks and those inside them, in reading order."""
    for block in blocks:
        yield block
        yield from every_block(FORMS[block.type].blocks_in(block.value))


def changed(blocks: list[Block], change: Callable[[Block], Block]) -> list[Block]:
    """Return the blocks with each of them, and each inside them, changed."""
    return [change(_with_blocks_changed(block, change)) for block in blocks]


def _with_blocks_changed(block: Block, change: Callable[[Block], Block]) -> Block:
    form = FORMS[block.type]
    inside = form.blocks_in(block.value)
    return Block(block.type, form.with_blocks(block.value, changed(inside, change))) if inside else block
