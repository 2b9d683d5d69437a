"""Pairs in which files get other names: before, between and after."""

from __future__ import annotations

import pytest

from tests.support.histories import History
from tests.support.merging import LONG
from tests.support.replays import (
    by_hunks,
    clean,
    conflict,
    lands,
    pairs_of,
    replayed,
    sets,
    works_of,
)

EDITED = sets(3)(LONG)
TEXT = LONG.replace("line", "text")


def test_an_edited_file_is_renamed(history: History) -> None:
    base = {"a": LONG, "b": TEXT}
    first = {"a": sets(3), "b": sets(3)}
    # One is only renamed, the other one edited besides.
    second = {"a": None, "b": None, "m/a": EDITED, "m/b": sets(3, 15)(TEXT)}
    assert replayed(history, base, first, second) == (clean("a"), clean("b"))


def test_an_edited_file_is_renamed_and_its_lines_edited(history: History) -> None:
    second = {"a": None, "m": sets(3, to="again")(LONG)}
    assert replayed(history, {"a": LONG}, {"a": sets(3)}, second) == (conflict("a"),)


@pytest.mark.parametrize(
    ("second", "expected"),
    [(sets(3), clean("m")), (sets(9), clean("m")), (sets(10), conflict("m"))],
    ids=["elsewhere", "elsewhere, too", "where it was edited"],
)
def test_a_renamed_file_is_edited_under_its_new_name(history: History, second, expected) -> None:
    first = {"a": None, "m": sets(11)(LONG)}
    assert replayed(history, {"a": LONG}, first, {"m": second}) == (expected,)


def test_a_renamed_file_is_deleted(history: History) -> None:
    base, first = {"x": "1\n", "a": LONG}, {"a": None, "m": LONG}
    assert replayed(history, base, first, {"m": None}) == (conflict("m", "rename-delete"),)


def test_a_renamed_file_is_renamed_again(history: History) -> None:
    first, second = {"a": None, "b": LONG}, {"b": None, "c": LONG}
    assert replayed(history, {"a": LONG}, first, second) == (conflict("b", "rename-rename"),)


def test_a_renamed_file_is_renamed_back(history: History) -> None:
    first, second = {"a": None, "b": LONG}, {"b": None, "a": LONG}
    assert replayed(history, {"a": LONG}, first, second) == (clean("b"),)


def test_the_old_name_is_taken_by_the_later_task(history: History) -> None:
    first = {"a": None, "m": LONG}
    second = {"a": "another\n"}
    assert replayed(history, {"a": LONG}, first, second) == (conflict("a", "both-added"),)


@pytest.mark.parametrize(
    ("second", "expected"),
    [(sets(3, to="again"), conflict("b")), (sets(9), clean("b"))],
    ids=["same line", "far"],
)
def test_a_file_beside_a_renamed_one_is_edited_by_all(history: History, second, expected) -> None:
    base = {"a": LONG, "b": TEXT, "c": TEXT}
    first = {"a": None, "m": LONG, "b": sets(3), "c": sets(3)}
    steps = first, {"b": sets(15), "c": sets(15)}, {"b": second}
    assert replayed(history, base, *steps) == (expected,)


@pytest.mark.parametrize(
    ("second", "expected"),
    [(sets(3, to="again"), conflict("m")), (sets(15), clean("m"))],
    ids=["same line", "far"],
)
def test_a_third_landing_renames_in_between(history: History, second, expected) -> None:
    between = {"a": None, "m": EDITED}
    steps = {"a": sets(3)}, between, {"m": second}
    assert replayed(history, {"a": LONG}, *steps) == (expected,)


def test_several_landings_rename_in_between(history: History) -> None:
    between = {"a": None, "b": EDITED}, {"b": None, "c/d": EDITED}, {"c/d": None, "a": EDITED}
    steps = {"a": sets(3)}, *between, {"a": sets(3, to="again")}
    assert replayed(history, {"a": LONG}, *steps) == (conflict("a"),)


def test_a_file_renamed_in_between_is_renamed_once_more(history: History) -> None:
    steps = {"a": sets(3)}, {"a": None, "b": EDITED}, {"b": None, "c": EDITED}
    assert replayed(history, {"a": LONG}, *steps) == (clean("b"),)


def test_a_file_created_under_another_name(history: History) -> None:
    steps = {"a": LONG}, {"a": None, "m": LONG}, {"m": sets(3)}
    found = replayed(history, {"x": "1\n"}, *steps)
    assert found == (by_hunks("m", "conflict", created=True),)


def test_automation_renames_what_tasks_change(history: History) -> None:
    """More than sixty files move: no task, but what tasks did to them moves along."""
    many = {f"d/{number}": TEXT.replace("text", f"text {number}") for number in range(70)}
    moved = {path.replace("d/", "e/"): content for path, content in many.items()}
    edited = {**moved, "e/0": sets(3)(many["d/0"]), "e/1": sets(3)(many["d/1"])}
    _, a, large, b = lands(
        history,
        many,
        {"d/0": sets(3), "d/1": sets(3)},
        {**dict.fromkeys(many), **edited},
        {"e/0": sets(3, to="again"), "e/1": sets(15)},
    )
    assert [work.id for work in works_of(history.place) if work.is_paired] == [a, b]
    pairs = pairs_of(history.place)
    assert large not in {each for pair in pairs for each in pair}
    assert pairs[a, b].files == (conflict("e/0"), clean("e/1"))


DIRECTORY = {f"d/{number}": TEXT.replace("text", f"text {number}") for number in range(4)}
MOVED = {path.replace("d/", "e/"): content for path, content in DIRECTORY.items()}


def test_a_file_is_added_to_a_directory_that_was_renamed(history: History) -> None:
    first = {**dict.fromkeys(DIRECTORY), **MOVED}
    found = replayed(history, DIRECTORY, first, {"e/new": LONG})
    assert found == (conflict("e/new", "directory-rename"),)


def test_a_directory_is_renamed_to_which_a_file_was_added(history: History) -> None:
    second = {**dict.fromkeys(DIRECTORY), **MOVED, "d/new": None, "e/new": LONG}
    found = replayed(history, DIRECTORY, {"d/new": LONG}, second)
    assert found == (conflict("d/new", "rename-delete", created=True),)


def test_a_file_is_edited_in_a_directory_that_was_renamed(history: History) -> None:
    first = {**dict.fromkeys(DIRECTORY), **MOVED}
    assert replayed(history, DIRECTORY, first, {"e/1": sets(3)}) == (clean("e/1"),)


def test_a_rename_of_one_file_leaves_all_others_alone(history: History) -> None:
    base = {"a": LONG, "b": TEXT}
    assert replayed(history, base, {"a": None, "m": LONG}, {"b": sets(3)}) == ()


def test_a_file_that_others_put_into_a_renamed_directory_is_not_shared(history: History) -> None:
    first = {**dict.fromkeys(DIRECTORY), **MOVED}
    second = {"e/new": sets(3), "e/1": sets(3)}
    found = replayed(history, DIRECTORY, first, {"e/new": LONG}, second)
    assert found == (clean("e/1"),)


def test_a_file_is_taken_back_into_a_directory_that_was_renamed_since(history: History) -> None:
    base = {**DIRECTORY, "d/x": LONG}
    first = {"d/x": None, "x": LONG}
    between = {**dict.fromkeys(DIRECTORY), **MOVED, "x": sets(3)}
    found = replayed(history, base, first, between, {"x": sets(15)})
    assert found == (clean("x"),)


@pytest.mark.parametrize(
    ("second", "verdict"), [(sets(3), "clean"), (sets(11, to="again"), "conflict")]
)
def test_the_old_name_is_taken_by_another_file_since(history: History, second, verdict) -> None:
    """The file cannot go back to its old name, and is not new for that."""
    base = {"a": LONG, "other": TEXT}
    first = {"a": None, "m": sets(11)(LONG)}
    between = {"other": None, "a": TEXT}
    found = replayed(history, base, first, between, {"m": second})
    assert found == (by_hunks("m", verdict),)
