"""Landings that are merges: what was done at the same time, and what a merge of tips says."""

from __future__ import annotations

from tests.support.histories import BOB, DAY, HOUR, History
from tests.support.merging import LONG
from tests.support.replays import clean, conflict, inserts, kinds_of, pairs_of, sets

SAME = sets(3, to="again")(sets(3)(LONG))


def test_branches_from_one_base_are_concurrent(history: History) -> None:
    history.commit("Start", {"a": LONG})
    one = history.branch(("One", {"a": sets(3)(LONG)}))
    two = history.branch(("Two", {"a": sets(3, to="again")(LONG)}))
    first = history.merge("Merge branch 'one'", one)
    second = history.merge("Merge branch 'two'", two)
    pair = pairs_of(history.place)[first, second]
    assert pair.concurrent
    assert pair.tips == (conflict("a"),)
    assert pair.files == (conflict("a"),)
    assert kinds_of(pair) == {"textual"}


def test_tips_are_merged_as_they_were_and_not_as_they_landed(history: History) -> None:
    """Whoever merged put the second branch's line elsewhere: replay sees only the outcome."""
    history.commit("Start", {"a": LONG})
    one = history.branch(("One", {"a": sets(3)(LONG)}))
    two = history.branch(("Two", {"a": sets(3, to="again")(LONG)}))
    first = history.merge("Merge branch 'one'", one)
    settled = sets(15, to="again")(sets(3)(LONG))
    second = history.merge("Merge branch 'two'", two, change={"a": settled})
    pair = pairs_of(history.place)[first, second]
    assert (pair.tips, pair.files) == ((conflict("a"),), (clean("a"),))


def test_only_files_that_both_landings_changed_count_in_a_merge_of_tips(history: History) -> None:
    history.commit("Start", {"a": LONG, "b": LONG})
    one = history.branch(("One", {"a": sets(3)(LONG), "b": sets(3)(LONG)}))
    two = history.branch(("Two", {"a": sets(9)(LONG), "b": sets(3, to="again")(LONG)}))
    first = history.merge("Merge branch 'one'", one)
    both = {"a": sets(3, 9)(LONG), "b": sets(3)(LONG)}
    second = history.merge("Merge branch 'two'", two, change=both)
    pair = pairs_of(history.place)[first, second]
    assert (pair.tips, pair.files) == ((clean("a"),), (clean("a"),))


def test_a_direct_push_is_concurrent_to_a_branch_that_lacks_it(history: History) -> None:
    history.commit("Start", {"a": LONG})
    two = history.branch(("Two", {"a": sets(3, to="again")(LONG)}))
    first = history.commit("Push", {"a": sets(3)(LONG)})
    second = history.merge("Merge branch 'two'", two)
    third = history.commit("Push more", {"a": sets(3, to="third")(LONG)})
    pairs = pairs_of(history.place)
    assert pairs[first, second].concurrent
    assert pairs[first, second].tips == (conflict("a"),)
    # Of a push it is not known when it was begun.
    assert not pairs[second, third].concurrent
    assert pairs[second, third].tips is None


def test_pairs_that_share_no_file_need_no_merge_of_tips(history: History) -> None:
    history.commit("Start", {"a": LONG, "b": LONG})
    one = history.branch(("One", {"a": sets(3)(LONG)}))
    two = history.branch(("Two", {"b": sets(3)(LONG)}))
    first = history.merge("Merge branch 'one'", one)
    second = history.merge("Merge branch 'two'", two)
    pair = pairs_of(history.place)[first, second]
    assert pair.concurrent
    assert pair.tips == ()


def test_a_branch_that_took_the_main_line_in_halfway(history: History) -> None:
    history.commit("Start", {"a": LONG, "b": "1\n"})
    begun = history.branch(("Two", {"a": sets(3)(LONG)}))
    before = history.commit("Before", {"a": inserts(20, "x")(LONG)})
    taken = inserts(20, "x")(sets(3)(LONG))
    synced = history.commit(
        "Merge branch 'main' into two", {"a": taken}, parents=[begun, before], onto=None, author=BOB
    )
    after = history.commit("After", {"b": "2\n"})
    last = history.merge("Merge branch 'two'", synced, change={"a": taken})
    pairs = pairs_of(history.place)
    assert not pairs[before, last].concurrent
    assert pairs[after, last].concurrent


def test_a_branch_on_top_of_another(history: History) -> None:
    history.commit("Start", {"a": LONG, "b": "1\n"})
    lower = history.branch(("Lower", {"a": sets(3)(LONG)}))
    upper = history.branch(("Upper", {"a": sets(3, to="again")(LONG)}), start=lower)
    one = history.merge("Merge branch 'lower'", lower)
    beside = history.commit("Beside", {"b": "2\n"})
    two = history.merge("Merge branch 'upper'", upper)
    pairs = pairs_of(history.place)
    assert not pairs[one, two].concurrent
    assert pairs[beside, two].concurrent
    assert pairs[one, two].files == (conflict("a"),)


def test_a_branch_contains_what_those_below_it_contain(history: History) -> None:
    history.commit("Start", {"a": LONG, "b": "1\n"})
    pushed = history.commit("Push (#1)", {"b": "2\n"})
    lowest = history.branch(("Lowest", {"a": sets(3)(LONG)}))
    lower = history.branch(("Lower", {"a": sets(5)(LONG)}), start=lowest)
    upper = history.branch(("Upper", {"a": sets(7)(LONG)}), start=lower)
    one = history.merge("Merge branch 'lowest'", lowest)
    beside = history.commit("Beside (#2)", {"b": "3\n"})
    two = history.merge("Merge branch 'lower'", lower)
    three = history.merge("Merge branch 'upper'", upper)
    pairs = pairs_of(history.place)
    concurrent = [
        earlier for earlier in (pushed, one, beside, two) if pairs[earlier, three].concurrent
    ]
    assert concurrent == [beside]


def test_a_branch_that_was_begun_between_joined_pushes(history: History) -> None:
    history.commit("Start", {"a": LONG, "b": "1\n"})
    history.commit("Step one", {"a": sets(3)(LONG)})
    within = history.branch(("Work", {"a": sets(3, to="again")(LONG)}))
    pushed = history.commit("Step two", {"b": "2\n"}, at=history.clock - 7 * DAY + HOUR)
    merged = history.merge("Merge branch 'work'", within)
    pairs = pairs_of(history.place)
    assert set(pairs) == {(pushed, merged)}
    assert not pairs[pushed, merged].concurrent
    assert pairs[pushed, merged].files == (conflict("a"),)


def test_squashed_branches_tell_nothing(history: History) -> None:
    history.commit("Start", {"a": LONG})
    first = history.commit("One (#7)", {"a": sets(3)(LONG)})
    second = history.commit("Two (#8)", {"a": sets(3, to="again")(LONG)}, author=BOB)
    pair = pairs_of(history.place)[first, second]
    assert (pair.concurrent, pair.tips) == (False, None)
    assert pair.files == (conflict("a"),)


def test_an_octopus_is_one_landing_and_not_concurrent(history: History) -> None:
    history.commit("Start", {"a": LONG, "b": LONG})
    before = history.branch(("Zero", {"b": sets(3)(LONG)}))
    arms = [history.branch(("Arm", {path: sets(9)(LONG)})) for path in ("a", "b")]
    first = history.merge("Merge branch 'zero'", before)
    merged = {"a": sets(9)(LONG), "b": sets(3, 9)(LONG)}
    second = history.merge("Merge branches 'one' and 'two'", *arms, change=merged)
    third = history.commit("Push", {"a": sets(9, to="again")(LONG), "b": sets(0)(merged["b"])})
    pairs = pairs_of(history.place)
    assert not pairs[first, second].concurrent
    assert pairs[first, second].files == (clean("b"),)
    assert pairs[second, third].files == (conflict("a"), clean("b"))


def test_what_only_the_merge_commit_did_is_part_of_its_landing(history: History) -> None:
    history.commit("Start", {"a": LONG, "b": LONG})
    tip = history.branch(("One", {"a": sets(3)(LONG)}))
    evil = history.merge("Merge branch 'one'", tip, change={"b": sets(5)(LONG)})
    later = history.commit("Later", {"b": sets(5, to="again")(LONG)})
    assert pairs_of(history.place)[evil, later].files == (conflict("b"),)


def test_tips_with_two_merge_bases(history: History) -> None:
    """Both branches took in the same other branch and the same push, each by itself."""
    history.commit("Start", {"a": LONG, "r": "1\n"})
    inner = history.branch(("Inner", {"a": sets(0)(LONG)}))
    push = history.commit("Push", {"a": sets(19)(LONG)})
    both = sets(0, 19)(LONG)
    tips = []
    for name, line in (("one", 10), ("two", 11)):
        crossed = history.commit(
            f"Merge into {name}", {"a": both}, parents=[push, inner], onto=None, author=BOB
        )
        tips.append(history.branch((name, {"a": sets(line)(both)}), start=crossed))
    third = history.merge("Merge branch 'inner'", inner, change={"a": both})
    first = history.merge("Merge branch 'one'", tips[0], change={"a": sets(10)(both)})
    second = history.merge("Merge branch 'two'", tips[1], change={"a": sets(10, 11)(both)})
    pairs = pairs_of(history.place)
    assert not pairs[push, second].concurrent
    assert not pairs[third, second].concurrent
    assert pairs[first, second].concurrent
    assert pairs[first, second].tips == (conflict("a"),)
