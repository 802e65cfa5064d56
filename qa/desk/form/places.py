"""Places in which two versions of a page differ, as the conflict page shows them."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext
from modelcluster.models import model_from_serializable_data
from wagtail.admin.compare import ChildRelationComparison, get_comparison_class_for_block
from wagtail.blocks import Block
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.utils.text import text_from_html

from qa.desk.form.contents import SCHEDULE, PageMerge
from qa.desk.form.three_way import BOTH, MINE, THEIRS, UNKNOWN, Change, Nothing
from qa.moments import named_moment

_CHARACTERS = 60  # of a block in a list of blocks


@dataclass(frozen=True)
class Place:
    """One line of the conflict page. ``result`` is what the merge makes of it; ``theirs`` and ``mine`` are asked."""

    name: str  # of the form's field for the answer
    label: str
    who: str
    is_asked: bool
    result: SafeString
    theirs: SafeString
    mine: SafeString


def places(merge: PageMerge, page: Page, others: str) -> list[Place]:
    """Return the places of a merge in the order of the form; ``others`` are the names of who else has saved."""
    shown = _Shown(merge, page)
    who = {THEIRS: others, MINE: gettext("you"), BOTH: gettext("both of you")}
    if merge.before is None:
        who[BOTH] = "–"
    order = {name: number for number, name in enumerate(merge.fields)}
    order["schedule"] = order.get(SCHEDULE[0], 0)
    changes = sorted(merge.merge.changes, key=lambda change: order[change.key.partition(":")[0]])
    return [
        Place(
            name=f"keep-{change.key}",
            label=shown.label(change),
            who=who[change.by],
            is_asked=change.by == BOTH,
            result=shown.html(change, change.before, change.merged),
            theirs=shown.html(change, change.before, change.theirs),
            mine=shown.html(change, change.before, change.mine),
        )
        for change in changes
    ]


class _Shown:
    """How values of a page are shown, each by what it is."""

    def __init__(self, merge: PageMerge, page: Page) -> None:
        self.merge = merge
        self.page = page

    def label(self, change: Change) -> str:
        name, _colon, part = change.key.partition(":")
        if name == "schedule":
            return gettext("Schedule")
        comparison = self.merge.fields[name]
        label = capfirst(comparison.field_label())
        if part == "order":
            return gettext("%(field)s: the order") % {"field": label}
        if part and isinstance(comparison.field, StreamField):
            value = next(one for one in (change.mine, change.theirs, change.before) if not isinstance(one, Nothing))
            block = comparison.field.stream_block.child_blocks.get(value["type"])
            return f"{label}: {block.label if block else value['type']}"
        return label

    def html(self, change: Change, before: Any, after: Any) -> SafeString:
        """Return what differs between two values of a place; what only ``after`` says where ``before`` is not known."""
        name, _colon, part = change.key.partition(":")
        if name == "schedule":
            old, new = ("" if value is UNKNOWN else _schedule(value) for value in (before, after))
            return _text_diff(new if before is UNKNOWN else old, new)
        comparison = self.merge.fields[name]
        is_rows = isinstance(comparison, ChildRelationComparison)
        if part == "order":
            show = self._rows_by_identity(name) if is_rows else self._blocks_by_identity(name)
            return format_html("<ol>{}</ol>", format_html_join("", "<li>{}</li>", ((show(one),) for one in after)))
        if is_rows:
            texts = (self._row(comparison.field.related_model, value) for value in (before, after))
            return _text_diff(*texts)
        if part:
            return _block_diff(comparison.field.stream_block.child_blocks, before, after)
        return self._field(name, None if before is UNKNOWN else before, after, is_known=before is not UNKNOWN)

    def _field(self, name: str, before: Any, after: Any, is_known: bool) -> SafeString:
        comparison = self.merge.fields[name]
        field = comparison.field
        objects = [self.page.__class__(**{field.attname: field.to_python(value)}) for value in (before, after)]
        objects = objects if is_known else [objects[1]] * 2
        return format_html("{}", type(comparison)(field, *objects).htmldiff() or "–")

    def _row(self, model: type[Model], row: Any) -> str:
        if isinstance(row, Nothing):
            return ""
        try:
            return str(model_from_serializable_data(model, row, check_fks=False))
        except ObjectDoesNotExist:
            return "–"

    def _rows_by_identity(self, name: str) -> Callable[[str], str]:
        model = self.merge.fields[name].field.related_model
        return lambda identity: self._row(model, self.merge.rows[name][identity])

    def _blocks_by_identity(self, name: str) -> Callable[[str], str]:
        known = self.merge.fields[name].field.stream_block.child_blocks
        stored = (json.loads(side[name]) for side in (self.merge.mine, self.merge.theirs))
        blocks = {block.get("id"): block for side in stored for block in side}

        def show(identity: str) -> str:
            block = blocks.get(identity)
            if block is None or block["type"] not in known:
                return "–"
            kind = known[block["type"]]
            words = text_from_html(kind.render_basic(kind.normalize(kind.to_python(block["value"]))))
            return f"{kind.label}: {Truncator(words).chars(_CHARACTERS)}"

        return show


def _schedule(moments: dict[str, str | None]) -> str:
    """Return when it goes live and expires, in the editor's time zone, as the form names these two."""
    labels = {"go_live_at": gettext("goes live"), "expire_at": gettext("expires")}
    said = [
        f"{labels[name]} {named_moment(datetime.fromisoformat(moment))}" for name, moment in moments.items() if moment
    ]
    return ", ".join(said) or gettext("no schedule")


def _text_diff(before: str, after: str) -> SafeString:
    if before == after:
        return format_html("{}", after)
    parts = (("deletion", before), ("addition", after))
    return format_html_join(" ", '<span class="{}">{}</span>', ((kind, text) for kind, text in parts if text))


def _block_diff(known: dict[str, Block], before: Any, after: Any) -> SafeString:
    there = [None if isinstance(value, Nothing) or value["type"] not in known else value for value in (before, after)]
    old, new = ((one and (known[one["type"]], _value(known[one["type"]], one["value"]))) for one in there)
    if old and new and old[0] is new[0]:
        block = old[0]
        return format_html("{}", get_comparison_class_for_block(block)(block, True, True, old[1], new[1]).htmldiff())
    unchanged = before is UNKNOWN
    parts: Iterable[tuple[str, Any]] = (("deletion", old), ("" if unchanged else "addition", new))
    shown = [(kind, *one) for kind, one in parts if one]
    if not shown:
        return format_html("<em>{}</em>", gettext("not there"))
    return format_html_join(
        "",
        '<div class="comparison__child-object {}">{}</div>',
        (
            (kind, get_comparison_class_for_block(block)(block, True, True, value, value).htmlvalue(value))
            for kind, block, value in shown
        ),
    )


def _value(block: Block, stored: Any) -> Any:
    return block.normalize(block.to_python(stored))
