"""Three-way merge of plain values and of rows with an identity: what two people made of the same version.

It knows nothing of pages: ``contents.py`` says what the values of a page are, and when two of them are the same. The
rule is that of ``diff3`` and ``git merge``: what only one of the two has changed is taken; what both have changed to
the same is no question; what both have changed differently is asked.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

THEIRS, MINE, BOTH = "theirs", "mine", "both"


class Nothing(Enum):
    """What stands in the place of a value: none is there, or nobody knows what it was."""

    GONE = "gone"
    UNKNOWN = "unknown"


GONE, UNKNOWN = Nothing.GONE, Nothing.UNKNOWN
Same = Callable[[Any, Any], bool]
Row = tuple[Hashable, Any]


@dataclass(frozen=True)
class Change:
    """A place in which the newest version and mine differ.

    ``by`` says who changed it since the form was opened: ``THEIRS`` or ``MINE`` is taken without a question, ``BOTH``
    is asked. ``before`` is ``UNKNOWN`` where the version that the form was opened with is not kept.
    """

    key: str
    by: str
    before: Any
    theirs: Any
    mine: Any
    merged: Any = GONE


@dataclass
class ThreeWay:
    """A merge under way: the answers that were given, and the changes found so far."""

    answers: Mapping[str, str] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    @property
    def open_questions(self) -> list[Change]:
        """The changes of both that no answer was given to."""
        return [one for one in self.changes if one.by == BOTH and self.answers.get(one.key) not in (THEIRS, MINE)]

    def value(self, key: str, before: Any, theirs: Any, mine: Any, same: Same) -> Any:
        """Return the merged value of one place; until both have been asked, it is the newest version's."""
        same = _or_nothing(same)
        if same(theirs, mine):
            return theirs
        if same(before, theirs):
            by, merged = MINE, mine
        elif same(before, mine):
            by, merged = THEIRS, theirs
        else:
            by, merged = BOTH, mine if self.answers.get(key) == MINE else theirs
        self.changes.append(Change(key, by, before, theirs, mine, merged))
        return merged

    def rows(
        self, key: str, before: Sequence[Row] | Nothing, theirs: Sequence[Row], mine: Sequence[Row], same: Same
    ) -> list[Row]:
        """Return the merged rows: each by its identity, then their order, which is a place of its own (``key:order``).

        What one of the two added stays behind the row that it was put behind.
        """
        sides = {THEIRS: dict(theirs), MINE: dict(mine)}
        earlier = {} if before is UNKNOWN else dict(before)
        unknown = UNKNOWN if before is UNKNOWN else GONE
        kept: dict[Hashable, Any] = {}
        for identity in dict.fromkeys([*earlier, *sides[THEIRS], *sides[MINE]]):
            versions = (side.get(identity, GONE) for side in (sides[THEIRS], sides[MINE]))
            merged = self.value(f"{key}:{identity}", earlier.get(identity, unknown), *versions, same)
            if merged is not GONE:
                kept[identity] = merged
        first, second = self._by_order(key, before, theirs, mine, kept)
        return [(identity, kept[identity]) for identity in _woven(first, second, kept)]

    def _by_order(
        self, key: str, before: Sequence[Row] | Nothing, theirs: Sequence[Row], mine: Sequence[Row], kept: Mapping
    ) -> tuple[Sequence[Row], Sequence[Row]]:
        """Return the two versions, that first whose order counts."""
        shared = {identity for identity, _value in theirs} & {identity for identity, _value in mine} & kept.keys()
        order = {name: _order_of(rows, shared) for name, rows in ((THEIRS, theirs), (MINE, mine))}
        if order[THEIRS] == order[MINE]:
            return theirs, mine
        old = UNKNOWN if before is UNKNOWN else _order_of(before, shared)

        def moved_nothing(one: Any, other: Any) -> bool:
            if UNKNOWN in (one, other):
                return False
            return _order_of(zip(one, one, strict=True), set(other)) == _order_of(
                zip(other, other, strict=True), set(one)
            )

        mine_counts = self._order(f"{key}:order", old, order, moved_nothing) == order[MINE]
        return (mine, theirs) if mine_counts else (theirs, mine)

    def _order(self, key: str, old: Any, order: Mapping[str, list], moved_nothing: Same) -> list:
        """Return the order that counts; that of the two never counts as the same here."""
        by = BOTH
        if moved_nothing(old, order[THEIRS]):
            by = MINE
        elif moved_nothing(old, order[MINE]):
            by = THEIRS
        chosen = self.answers.get(key) if by == BOTH else by
        merged = order[MINE if chosen == MINE else THEIRS]
        self.changes.append(Change(key, by, old, order[THEIRS], order[MINE], merged))
        return merged


def _or_nothing(same: Same) -> Same:
    """Return ``same``, for values that may be missing or unknown; what is unknown is never the same."""

    def compared(one: Any, other: Any) -> bool:
        if isinstance(one, Nothing) or isinstance(other, Nothing):
            return one is other and one is GONE
        return same(one, other)

    return compared


def _order_of(rows: Iterable[Row], shared: set[Hashable]) -> list[Hashable]:
    return [identity for identity, _value in rows if identity in shared]


def _woven(first: Sequence[Row], second: Sequence[Row], kept: Mapping[Hashable, Any]) -> Iterator[Hashable]:
    """Yield the identities that are kept, in the order of ``first``; those of ``second`` behind their predecessors."""
    woven = [identity for identity, _value in first if identity in kept]
    before = None
    for identity, _value in second:
        if identity not in kept:
            continue
        if identity not in woven:
            woven.insert(woven.index(before) + 1 if before is not None else 0, identity)
        before = identity
    yield from woven
