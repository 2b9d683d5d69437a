"""Pairs that change lines of one file."""

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
)


def test_other_files_are_not_shared(history: History) -> None:
    assert replayed(history, {"a": LONG, "b": LONG}, {"a": sets(3)}, {"b": sets(3)}) == ()


@pytest.mark.parametrize(
    ("first", "second", "conflicts"),
    [
        (sets(3), sets(15), False),
        (sets(3), sets(5), False),
        (sets(3), sets(4), True),
        (sets(3), sets(3, to="again"), True),
        (sets(3, 9, 15), sets(6, 12), False),
        (sets(3, 9, 15), sets(6, 10), True),
        (inserts(20, "x"), sets(18), False),
        (inserts(20, "x"), sets(19), True),
        (inserts(20, "x"), inserts(20, "y"), True),
        (sets(0), sets(19), False),
    ],
    ids=lambda each: "" if not isinstance(each, bool) else "conflict" if each else "clean",
)
def test_lines_conflict_without_a_line_between_them(
    history: History, first, second, conflicts
) -> None:
    expected = (conflict("a") if conflicts else clean("a"),)
    base = {"a": LONG}
    one, other = {"a": first}, {"a": second}
    # Back to the start, then the other way round: what is in between was not there for either.
    back = {"a": LONG}
    _, a, b, _, c, d = lands(history, base, one, other, back, other, one)
    pairs = pairs_of(history.place)
    assert pairs[a, b].files == expected
    assert pairs[c, d].files == expected


def test_a_change_that_is_taken_back_within_the_later_task(history: History) -> None:
    # Both would have left the file as it was before, had they started there.
    assert replayed(history, {"a": LONG}, {"a": sets(3)}, {"a": LONG}) == (clean("a"),)


def test_a_task_that_was_reverted_since_meets_nobody(history: History) -> None:
    steps = {"a": sets(3)}, {"a": LONG}, {"a": sets(3)}
    assert replayed(history, {"a": LONG}, *steps) == ()


def test_the_revert_itself_meets_what_it_reverts(history: History) -> None:
    _, a, revert, b = lands(
        history, {"a": LONG}, {"a": sets(3)}, {"a": LONG}, {"a": sets(3, to="again")}
    )
    pairs = pairs_of(history.place)
    assert pairs[a, revert].files == (clean("a"),)
    assert pairs[a, b].files == ()
    assert pairs[revert, b].files == (conflict("a"),)


def test_a_file_that_grows_at_both_ends(history: History) -> None:
    first, second = {"a": inserts(0, "x")}, {"a": inserts(21, "y")}
    assert replayed(history, {"a": LONG}, first, second) == (clean("a"),)


def test_every_file_has_its_own_verdict(history: History) -> None:
    base = dict.fromkeys(("a", "b", "c", "d"), LONG)
    first = {"a": sets(3), "b": sets(3), "c": sets(3)}
    second = {"b": sets(3, to="again"), "c": sets(9), "d": sets(3)}
    assert replayed(history, base, first, second) == (conflict("b"), clean("c"))


def test_an_empty_file_that_both_fill(history: History) -> None:
    base = {"a": "", "b": ""}
    first, second = {"a": "1\n", "b": "1\n"}, {"a": "1\n2\n", "b": ""}
    assert replayed(history, base, first, second) == (conflict("a"), clean("b"))


def test_a_file_that_the_earlier_task_emptied(history: History) -> None:
    assert replayed(history, {"a": LONG}, {"a": ""}, {"a": "x\n"}) == (conflict("a"),)


def test_a_missing_newline_at_the_end_belongs_to_the_last_line(history: History) -> None:
    base = {"a": LONG.removesuffix("\n"), "b": LONG.removesuffix("\n")}
    first = {"a": LONG, "b": LONG}
    second = {"a": sets(19), "b": sets(17)}
    assert replayed(history, base, first, second) == (conflict("a"), clean("b"))


WINDOWS = LONG.replace("\n", "\r\n")


def test_lines_that_end_otherwise_are_other_lines(history: History) -> None:
    first, second = {"a": WINDOWS}, {"a": sets(3)}
    assert replayed(history, {"a": LONG}, first, second) == (conflict("a"),)


def test_windows_files_merge_like_others(history: History) -> None:
    base = {"a": WINDOWS, "b": WINDOWS}
    first = {"a": WINDOWS.replace("line 3", "x"), "b": WINDOWS.replace("line 3", "x")}
    second = {
        "a": first["a"].replace("line 9", "y"),
        "b": first["b"].replace("x\r\n", "y\r\n"),
    }
    assert replayed(history, base, first, second) == (clean("a"), conflict("b"))


def test_line_endings_changed_in_between_move_no_line(history: History) -> None:
    base = {"a": LONG, "b": LONG}
    first = {"a": sets(3), "b": sets(3)}
    windows = sets(3)(LONG).replace("\n", "\r\n")
    between = {"a": windows, "b": windows}
    second = {
        "a": windows.replace("line 9", "y"),
        "b": windows.replace("line 4", "y"),
    }
    expected = by_hunks("a", "clean"), by_hunks("b", "conflict")
    assert replayed(history, base, first, between, second) == expected


def test_indentation_changed_in_between_moves_no_line(history: History) -> None:
    base = {"a": LONG, "b": LONG}
    first = {"a": sets(3), "b": sets(3)}
    indented = sets(3)(LONG).replace("line", "    line").replace("changed", "    changed")
    between = {"a": indented, "b": indented}
    second = {"a": sets(9), "b": sets(4)}
    expected = by_hunks("a", "clean"), by_hunks("b", "conflict")
    assert replayed(history, base, first, between, second) == expected


def test_lines_deleted_by_both(history: History) -> None:
    first, second = {"a": drops(3, 6)}, {"a": drops(3, 4)}
    assert replayed(history, {"a": LONG}, first, second) == (conflict("a"),)
