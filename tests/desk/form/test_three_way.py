"""Two people's changes of one version are all kept, whoever saves first; only the same one is asked about."""

import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.desk.form.three_way import BOTH, GONE, MINE, THEIRS, UNKNOWN, ThreeWay

pytestmark = pytest.mark.same_on_every_database

BEFORE = [(name, f"{name} as it was") for name in "abcdefgh"]
SAME = operator.eq

names = st.sampled_from([name for name, _value in BEFORE])
#: What an editor does to the blocks of an answer: each block at most once.
edits = st.dictionaries(names, st.sampled_from(["change", "remove"]), max_size=4)
#: New blocks, each behind one that was there.
additions = st.lists(names, max_size=3)


def edited(who, changes, added):
    rows = []
    for name, value in BEFORE:
        if changes.get(name) != "remove":
            rows.append((name, f"{name} by {who}" if name in changes else value))
        rows += [(f"{who}{n}", f"new by {who}") for n, behind in enumerate(added) if behind == name]
    return rows


@given(edits, edits, additions, additions)
def test_changes_of_different_blocks_are_all_kept_whoever_saves_first(theirs, mine, their_new, my_new):
    mine = {name: how for name, how in mine.items() if name not in theirs}
    versions = edited("T", theirs, their_new), edited("M", mine, my_new)
    for one, other in (versions, versions[::-1]):
        merge = ThreeWay()
        result = merge.rows("answer", BEFORE, one, other, SAME)
        found = dict(result)
        assert not merge.open_questions
        assert len(found) == len(result)
        for who, changes, added in (("T", theirs, their_new), ("M", mine, my_new)):
            for name, how in changes.items():
                assert found.get(name) == (f"{name} by {who}" if how == "change" else None)
            assert all(found[f"{who}{n}"] == f"new by {who}" for n in range(len(added)))
        untouched = [name for name, _value in BEFORE if name not in theirs | mine]
        assert all(found[name] == f"{name} as it was" for name in untouched)
        assert [name for name, _value in result if name in dict(BEFORE)] == sorted(
            name for name in found if name in dict(BEFORE)
        )


@given(names, st.sampled_from(["change", "remove"]), st.sampled_from(["change", "remove"]), edits, edits)
def test_the_same_block_changed_by_both_is_always_asked_about(name, their_way, my_way, theirs, mine):
    theirs, mine = theirs | {name: their_way}, mine | {name: my_way}
    one, other = edited("T", theirs, []), edited("M", mine, [])
    merge = ThreeWay()
    merge.rows("answer", BEFORE, one, other, SAME)
    asked = {change.key for change in merge.open_questions}
    same = {each for each in theirs if each in mine and theirs[each] == mine[each] == "remove"}
    assert asked == {f"answer:{each}" for each in theirs if each in mine and each not in same}
    for answer, version in ((THEIRS, one), (MINE, other)):
        merge = ThreeWay(answers=dict.fromkeys(asked, answer))
        result = dict(merge.rows("answer", BEFORE, one, other, SAME))
        assert not merge.open_questions
        assert all(result.get(each) == dict(version).get(each) for each in theirs.keys() & mine.keys())


@given(st.permutations(BEFORE), st.permutations(BEFORE))
def test_an_order_that_one_has_changed_is_kept_and_one_that_both_have_is_asked_about(theirs, mine):
    merge = ThreeWay()
    result = merge.rows("answer", BEFORE, theirs, mine, SAME)
    if theirs == mine or mine == BEFORE:
        assert result == theirs
    elif theirs == BEFORE:
        assert result == mine
    else:
        assert [change.key for change in merge.open_questions] == ["answer:order"]
        again = ThreeWay(answers={"answer:order": MINE})
        assert again.rows("answer", BEFORE, theirs, mine, SAME) == mine


@given(st.permutations(BEFORE), edits, additions)
def test_a_block_moved_by_one_and_others_changed_by_the_other(moved, changes, added):
    mine = edited("M", changes, added)
    for one, other in ((moved, mine), (mine, moved)):
        merge = ThreeWay()
        result = merge.rows("answer", BEFORE, one, other, SAME)
        assert not merge.open_questions
        assert dict(result) == dict(mine)
        there = dict(mine)
        assert [name for name, _value in result if name in dict(BEFORE)] == [
            name for name, _value in moved if name in there
        ]


@given(st.text(), st.text(), st.text())
def test_a_value(before, theirs, mine):
    merge = ThreeWay()
    merged = merge.value("title", before, theirs, mine, SAME)
    if theirs == mine:
        assert (merged, merge.changes) == (theirs, [])
    elif mine == before:
        assert (merged, merge.changes[0].by) == (theirs, THEIRS)
    elif theirs == before:
        assert (merged, merge.changes[0].by) == (mine, MINE)
    else:
        assert merge.changes[0].by == BOTH
        assert ThreeWay(answers={"title": MINE}).value("title", before, theirs, mine, SAME) == mine


def test_of_what_nobody_remembers_each_difference_is_asked_about():
    merge = ThreeWay()
    merge.rows("answer", UNKNOWN, [("a", "1"), ("b", "2"), ("c", "3")], [("a", "1"), ("b", "two"), ("d", "4")], SAME)
    assert [change.key for change in merge.open_questions] == ["answer:b", "answer:c", "answer:d"]
    assert merge.changes[1].mine is merge.changes[2].theirs is GONE
    merge.value("title", UNKNOWN, "same", "same", SAME)
    assert len(merge.changes) == 3
