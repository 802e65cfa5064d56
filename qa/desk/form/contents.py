"""Merge of two versions of a page, by field: blocks of a stream and rows below the page each count by themselves.

A content is what Wagtail keeps of a version (``Revision.content``). Only changes that somebody made count: what the
form itself makes of a value that it has never saved (keys of paragraphs, line ends, fields that a block did not have
yet) is none.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Field, ForeignKey, Model
from wagtail.admin.compare import ChildRelationComparison, FieldComparison
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.blocks import Block, RichTextBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.rich_text import features as known_features

from qa.blocks.text import canonical_text
from qa.desk.form.three_way import UNKNOWN, Row, ThreeWay

#: Two fields that only make sense together: who changes one decides about both.
SCHEDULE = ("go_live_at", "expire_at")
Content = dict[str, Any]


def content_of(page: Page) -> Content:
    """Return the content of a page that is not stored, as it would be stored."""
    return json.loads(json.dumps(page.serializable_data(), cls=DjangoJSONEncoder))


class PageMerge:
    """What comes of two versions of a page, given the one that both began with (``None``: it is not known).

    ``comparisons`` are Wagtail's, of the fields of the form in their order; what is in no form is the newest version's.
    ``answers`` say of what both have changed whose it shall be, ``{"title": "mine"}``.
    """

    def __init__(
        self,
        comparisons: Iterable[FieldComparison | ChildRelationComparison],
        before: Content | None,
        theirs: Content,
        mine: Content,
        answers: Mapping[str, str],
    ) -> None:
        self.before, self.theirs, self.mine = before, theirs, mine
        self.merge = ThreeWay(answers)
        self.fields = {_name_of(one): one for one in comparisons}
        self.rows: dict[str, dict[str, Content]] = {}  # of each relation, by what makes them the same row
        self.content = theirs | self._merged()

    @property
    def says_the_same(self) -> bool:
        """Whether the two versions differ in nothing that somebody has changed."""
        return not self.merge.changes

    def apply_to(self, page: Page, merged: Page) -> None:
        """Give ``page`` what was merged; ``merged`` is the page of ``content``."""
        for name, comparison in self.fields.items():
            if isinstance(comparison, ChildRelationComparison):
                getattr(page, name).set(list(getattr(merged, name).all()))
            else:
                setattr(page, comparison.field.attname, getattr(merged, comparison.field.attname))

    def _merged(self) -> Content:
        merged: Content = {}
        if schedule := [name for name in SCHEDULE if name in self.fields]:
            before, theirs, mine = (
                side if side is None else {name: side.get(name) for name in schedule} for side in self._sides()
            )
            merged |= self.merge.value("schedule", UNKNOWN if before is None else before, theirs, mine, _equal)
        for name, comparison in self.fields.items():
            if name not in schedule:
                merged[name] = self._merged_field(name, comparison)
        return merged

    def _sides(self) -> tuple[Content | None, Content, Content]:
        return self.before, self.theirs, self.mine

    def _values(self, name: str) -> Iterator[Any]:
        yield UNKNOWN if self.before is None else self.before.get(name, UNKNOWN)
        yield self.theirs.get(name)
        yield self.mine.get(name)

    def _merged_field(self, name: str, comparison: FieldComparison | ChildRelationComparison) -> Any:
        if isinstance(comparison, ChildRelationComparison):
            return self._merged_rows(name, comparison.field.related_model, comparison.field.field)
        field = comparison.field
        if isinstance(field, StreamField):
            return self._merged_stream(name, field)

        def same(one: Any, other: Any) -> bool:
            return plain_field(field, one) == plain_field(field, other)

        return self.merge.value(name, *self._values(name), same)

    def _merged_stream(self, name: str, field: StreamField) -> str:
        known = field.stream_block.child_blocks

        def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
            if one == other or one["type"] != other["type"] or one["type"] not in known:
                return one == other
            block = known[one["type"]]
            return plain_value(block, one["value"]) == plain_value(block, other["value"])

        versions = [value if value is UNKNOWN else _blocks(value) for value in self._values(name)]
        return json.dumps([block for _id, block in self.merge.rows(name, *versions, same)])

    def _merged_rows(self, name: str, model: type[Model], parent: ForeignKey) -> list[Content]:
        fields = [field for field in model._meta.fields if field.serialize and not field.primary_key]
        own = [field.name for field in fields if field != parent and field.name != "sort_order"]
        before, theirs, mine = self._values(name)
        known = [] if before is UNKNOWN else _ordered(before)
        identified = [_identified(known, _ordered(side), own, model) for side in (theirs, mine)]
        earlier = before if before is UNKNOWN else _identified(known, known, own, model)

        def same(one: Content, other: Content) -> bool:
            return all(one.get(field) == other.get(field) for field in own)

        self.rows[name] = {identity: row for side in identified for identity, row in side}
        there = {row["pk"] for row in theirs}
        rows = [row for _identity, row in self.merge.rows(name, earlier, *identified, same)]
        return [
            row | {"sort_order": number, "pk": row["pk"] if row["pk"] in there else None}
            for number, row in enumerate(rows)
        ]


def plain_value(block: Block, stored: Any) -> Any:
    """Return the stored value of a block without what the form adds by itself, for a comparison."""
    try:
        value = block.get_prep_value(block.normalize(block.to_python(stored)))
    except (AttributeError, KeyError, TypeError, ValueError):  # stored by something else than the desk
        return stored
    return _without_keys(value, block)


def _name_of(comparison: FieldComparison | ChildRelationComparison) -> str:
    field = comparison.field
    return field.get_accessor_name() if isinstance(comparison, ChildRelationComparison) else field.name


def _equal(one: Any, other: Any) -> bool:
    return one == other


def plain_field(field: Field, value: Any) -> Any:
    """Return the stored value of a field without what the form adds by itself, for a comparison."""
    if not isinstance(value, str):
        return value
    if isinstance(field, RichTextField):
        return _rich_text(value, field.features)
    return canonical_text(value).strip()


def _without_keys(value: Any, block: Block | None = None) -> Any:
    if isinstance(value, Mapping):
        inner = getattr(block, "child_blocks", {})
        if {"type", "value"} <= value.keys():  # a block of a stream, an item of a list
            child = inner.get(value["type"]) or getattr(block, "child_block", None)
            return {"type": value["type"], "value": _without_keys(value["value"], child)}
        return {name: _without_keys(one, inner.get(name)) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without_keys(one, block) for one in value]
    if isinstance(value, str):
        if isinstance(block, RichTextBlock):
            return _rich_text(value, block.features)
        return canonical_text(value).strip()
    return value


_KEY = re.compile(r' data-block-key="[^"]*"')


def _rich_text(html: str, features: list[str] | None) -> str:
    """Return rich text as the editor in the browser would send it back, without the keys of its paragraphs."""
    names = known_features.get_default_features() if features is None else features
    converter = ContentstateConverter(features=names)
    return _KEY.sub("", converter.to_database_format(converter.from_database_format(html or "")))


def _blocks(stored: Any) -> list[Row]:
    blocks = json.loads(stored) if isinstance(stored, str) else stored
    return [(block.get("id") or f"number-{number}", block) for number, block in enumerate(blocks or ())]


def _ordered(rows: list[Content]) -> list[Content]:
    return sorted(rows or (), key=lambda row: row.get("sort_order") or 0)


def _identified(before: list[Content], rows: list[Content], own: list[str], model: type[Model]) -> list[Row]:
    """Return the rows, each with what makes it the same row in another version.

    A row that only chooses something (a topic, a question) is what it chooses. Any other has a number, which a draft of
    a live page may lack, and which changes when a list is stored anew: then it is the row of before that says the same,
    or else the one at its place.
    """
    if len(own) == 1 and isinstance(model._meta.get_field(own[0]), ForeignKey):
        return _numbered((f"{row.get(own[0])}" for row in rows), rows)
    free = dict(enumerate(before))
    found: dict[int, str] = {}

    def take(matches: Any) -> None:
        for number, row in enumerate(rows):
            if number not in found:
                place = next((place for place, old in free.items() if matches(number, row, place, old)), None)
                if place is not None:
                    del free[place]
                    found[number] = f"row-{place}"

    take(lambda _number, row, _place, old: row["pk"] is not None and row["pk"] == old["pk"])
    take(lambda _number, row, _place, old: all(row.get(field) == old.get(field) for field in own))
    take(lambda number, row, place, old: number == place and None in (row["pk"], old["pk"]))
    return _numbered(
        (found.get(number) or json.dumps([row.get(field) for field in own]) for number, row in enumerate(rows)), rows
    )


def _numbered(identities: Iterable[str], rows: list[Content]) -> list[Row]:
    """Return pairs of an identity and its row; one that comes twice gets a number."""
    seen: dict[str, int] = {}
    pairs = []
    for identity, row in zip(identities, rows, strict=True):
        seen[identity] = seen.get(identity, 0) + 1
        pairs.append((identity if seen[identity] == 1 else f"{identity}-{seen[identity]}", row))
    return pairs
