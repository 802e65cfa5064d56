"""The walk over a block's value and all that is in it, for whoever looks for something in an answer."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from wagtail.blocks import Block, ListBlock, StreamBlock, StreamValue, StructBlock
from wagtail.blocks.list_block import ListValue
from wagtail.contrib.typed_table_block.blocks import TypedTable, TypedTableBlock


class Part(NamedTuple):
    """A block, its value, and the way to it from where the walk began.

    The path has the name of a field, the id of a block of a stream or of an item of a list (its position where it has
    none), and row and column of a cell: joined by points it is what Wagtail calls a content path.
    """

    block: Block
    value: Any
    path: tuple[str | int, ...] = ()


def walk(block: Block, value: Any) -> Iterator[Part]:
    """Yield the block itself, then every block inside it, in reading order and not before it is asked for.

    The value may be what is stored or what Wagtail makes of it. Of a stored one no query is made, and what it names
    may have been deleted: only there its number is left. Blocks of types that are unknown (any more) are passed over.
    """
    yield from _walk(Part(block, value))


def _walk(part: Part) -> Iterator[Part]:
    yield part
    for block, value, *steps in _inside(part.block, part.value):
        yield from _walk(Part(block, value, (*part.path, *steps)))


def _inside(block: Block, value: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the blocks right inside a block, each with its value and the steps that lead to it."""
    if isinstance(block, StructBlock):
        # The value of Wagtail's ImageBlock is a picture, and no mapping.
        if isinstance(value, Mapping):
            yield from ((child, value.get(name), name) for name, child in block.child_blocks.items())
    elif isinstance(block, StreamBlock):
        yield from _blocks(block, value)
    elif isinstance(block, ListBlock):
        yield from _items(block, value)
    elif isinstance(block, TypedTableBlock):
        yield from _cells(block, value)


def _blocks(block: StreamBlock, value: Any) -> Iterator[tuple[Any, ...]]:
    for position, child in enumerate(value or ()):
        if isinstance(child, StreamValue.StreamChild):
            yield child.block, child.value, child.id or position
        elif inner := block.child_blocks.get(child["type"]):
            yield inner, child["value"], child.get("id") or position


def _items(block: ListBlock, value: Any) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, ListValue):
        yield from ((block.child_block, item.value, item.id) for item in value.bound_blocks)
        return
    for position, item in enumerate(value or ()):
        if isinstance(item, Mapping) and item.get("type") == "item":
            yield block.child_block, item["value"], item.get("id") or position
        else:  # stored before Wagtail 2.16, without an id
            yield block.child_block, item, position


def _cells(block: TypedTableBlock, value: Any) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, TypedTable):
        columns, rows = [column["block"] for column in value.columns], value.row_data
    else:
        stored = value or {}
        columns = [block.child_blocks.get(column["type"]) for column in stored.get("columns") or ()]
        rows = stored.get("rows") or ()
    for row, cells in enumerate(rows):
        for column, (child, cell) in enumerate(zip(columns, cells["values"], strict=False)):
            if child:
                yield child, cell, row, column
