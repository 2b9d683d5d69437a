"""Files that were changed again between the two tasks."""

from __future__ import annotations

import pytest

from tests.support.histories import History
from tests.support.merging import LONG
from tests.support.replays import (
    by_hunks,
    clean,
    conflict,
    drops,
    inserts,
    lands,
    pairs_of,
    replayed,
    sets,
    unknown,
)

OTHER = "other"


@pytest.mark.parametrize(
    ("between", "second", "expected"),
    [
        (sets(5, to=OTHER), sets(5, to="third"), by_hunks("a", "conflict")),
        (sets(5, to=OTHER), sets(6), by_hunks("a", "conflict")),
        (sets(5, to=OTHER), sets(15), by_hunks("a", "clean")),
        (inserts(0, "x", "y"), sets(7, to="third"), conflict("a")),
        (inserts(0, "x", "y"), sets(5), clean("a")),
        (inserts(0, "x", "y"), sets(15), clean("a")),
        (drops(5, 6), sets(15), by_hunks("a", "clean")),
        (drops(5, 6), sets(5), by_hunks("a", "conflict")),
        (drops(5, 6), sets(6), by_hunks("a", "clean")),
        (drops(0, 4), sets(1, to="third"), conflict("a")),
        # What was put right beside a task's lines is its neighbour: the merge refuses, but the
        # lines stay where they are.
        (inserts(5, "x"), sets(15), by_hunks("a", "clean")),
        (inserts(5, "x"), sets(4), by_hunks("a", "clean")),
        (inserts(6, "x"), sets(6, to="third"), by_hunks("a", "conflict")),
        (inserts(6, "x"), sets(7), by_hunks("a", "clean")),
    ],
    ids=[
        "replaced, same line",
        "replaced, next line",
        "replaced, far",
        "moved down, same line",
        "moved down, where it was",
        "moved down, far",
        "deleted, far",
        "deleted, its place",
        "deleted, beside its place",
        "moved up, same line",
        "lines above, far",
        "lines above, above them",
        "lines below, on them",
        "lines below, below them",
    ],
)
def test_lines_are_followed(history: History, between, second, expected) -> None:
    steps = {"a": sets(5)}, {"a": between}, {"a": second}
    assert replayed(history, {"a": LONG}, *steps) == (expected,)


def test_lines_are_followed_through_many_landings(history: History) -> None:
    between = [{"a": inserts(0, f"above {number}")} for number in range(6)]
    steps = {"a": sets(5)}, *between, {"a": sets(11, to="third")}
    assert replayed(history, {"a": LONG}, *steps) == (conflict("a"),)


def test_only_what_cannot_be_taken_back_is_decided_by_hunks(history: History) -> None:
    base = {"a": LONG, "b": LONG, "c": LONG}
    first = dict.fromkeys(base, sets(5))
    between = {"a": sets(5, to=OTHER), "b": inserts(0, "x")}
    second = {"a": sets(5, to="third"), "b": sets(6, to="third"), "c": sets(9)}
    expected = by_hunks("a", "conflict"), conflict("b"), clean("c")
    assert replayed(history, base, first, between, second) == expected


def test_a_file_that_was_created_and_rewritten_conflicts_with_whoever_edits_it(
    history: History,
) -> None:
    steps = {"a": LONG}, {"a": sets(3)}, {"a": sets(15)}
    expected = (by_hunks("a", "conflict", created=True),)
    assert replayed(history, {"x": "1"}, *steps) == expected


def test_a_file_that_was_created_and_rewritten_and_is_deleted(history: History) -> None:
    steps = {"a": LONG}, {"a": sets(3)}, {"a": None}
    expected = (by_hunks("a", "clean", created=True),)
    assert replayed(history, {"x": "1"}, *steps) == expected


def test_whoever_deletes_the_file_meets_all_of_its_lines(history: History) -> None:
    steps = {"a": sets(3)}, {"a": sets(3, to=OTHER)}, {"a": None}
    assert replayed(history, {"a": LONG}, *steps) == (by_hunks("a", "conflict"),)


def test_a_file_that_was_created_and_deleted_again_is_not_shared(history: History) -> None:
    steps = {"a": LONG}, {"a": None}, {"a": "another\n"}
    assert replayed(history, {"x": "1"}, *steps) == ()


def test_lines_are_followed_where_the_file_got_another_name(history: History) -> None:
    base = {"a": LONG, "b": LONG.replace("line", "text")}
    first = {"a": sets(5), "b": sets(5)}
    here = {path: sets(5)(content) for path, content in base.items()}
    between = {
        "a": None,
        "b": None,
        "m/a": sets(5, to=OTHER)(here["a"]),
        "m/b": sets(5, to=OTHER)(here["b"]),
    }
    second = {"m/a": sets(5, to="third"), "m/b": sets(15)}
    expected = by_hunks("m/a", "conflict"), by_hunks("m/b", "clean")
    assert replayed(history, base, first, between, second) == expected


def test_the_later_task_renames_what_cannot_be_taken_back(history: History) -> None:
    base = {"a": LONG, "b": LONG.replace("line", "text")}
    first = dict.fromkeys(base, sets(5))
    between = dict.fromkeys(base, sets(5, to=OTHER))
    now = {path: sets(5, to=OTHER)(content) for path, content in base.items()}
    second = {
        "a": None,
        "b": None,
        "m/a": now["a"],
        "m/b": sets(5, to="third")(now["b"]),
    }
    expected = by_hunks("a", "clean"), by_hunks("b", "conflict")
    assert replayed(history, base, first, between, second) == expected


def test_the_earlier_task_renamed_what_cannot_be_taken_back(history: History) -> None:
    first = {"a": None, "b": sets(5)(LONG)}
    between = {"b": sets(5, to=OTHER)}
    _, a, _, b, c = lands(
        history, {"a": LONG}, first, between, {"b": sets(5, to="third")}, {"b": sets(15)}
    )
    pairs = pairs_of(history.place)
    assert pairs[a, b].files == (by_hunks("b", "conflict"),)
    assert pairs[a, c].files == (by_hunks("b", "clean"),)


def test_a_file_of_the_same_name_is_another_one(history: History) -> None:
    steps = {"a": sets(5)}, {"a": None}, {"a": "another\n"}
    assert replayed(history, {"x": "1\n", "a": LONG}, *steps) == (unknown("a"),)
