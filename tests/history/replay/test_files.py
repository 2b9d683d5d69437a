"""Pairs in which a whole file comes, goes, or is something else."""

from __future__ import annotations

from itertools import pairwise

import pytest
from pygit2.enums import FileMode

from tests.support.histories import History
from tests.support.merging import LONG, MODULE, OTHER_MODULE, THIRD_MODULE, link, program
from tests.support.replays import (
    by_hunks,
    clean,
    conflict,
    kinds_of,
    lands,
    pairs_of,
    replayed,
    sets,
)

BASE = {"x": "1\n"}
BINARY = b"\0\1\2"


@pytest.mark.parametrize(
    ("second", "expected", "kinds"),
    [
        (sets(3), conflict("a", "delete-modify", created=True), {"textual", "dependency"}),
        (None, clean("a", created=True), {"dependency"}),
    ],
    ids=["edited", "deleted"],
)
def test_the_later_task_builds_upon_what_the_earlier_one_created(
    history: History, second, expected, kinds
) -> None:
    _, a, b = lands(history, BASE, {"a": LONG}, {"a": second})
    pair = pairs_of(history.place)[a, b]
    assert pair.files == (expected,)
    assert kinds_of(pair) == kinds


def test_a_created_file_that_is_renamed(history: History) -> None:
    found = replayed(history, BASE, {"a": LONG}, {"a": None, "b": LONG})
    assert found == (conflict("a", "rename-delete", created=True),)


def test_an_empty_file_that_is_filled(history: History) -> None:
    found = replayed(history, BASE, {"a": ""}, {"a": "1\n"})
    assert found == (conflict("a", "delete-modify", created=True),)


def test_a_deleted_file_that_is_added_again(history: History) -> None:
    base = {"x": "1\n", "a": LONG, "b": LONG.replace("line", "text")}
    first = {"a": None, "b": None}
    second = {"a": base["a"], "b": "another\n"}
    assert replayed(history, base, first, second) == (clean("a"), conflict("b", "both-added"))


def test_an_edited_file_that_is_deleted(history: History) -> None:
    found = replayed(history, {"x": "1\n", "a": LONG}, {"a": sets(3)}, {"a": None})
    assert found == (conflict("a", "delete-modify"),)


def test_both_add_files_to_one_new_directory(history: History) -> None:
    assert replayed(history, BASE, {"new/a": LONG}, {"new/b": "another\n"}) == ()


def test_a_directory_takes_the_place_of_a_file(history: History) -> None:
    base = {"x": "1\n", "a": LONG}
    found = replayed(history, base, {"a": sets(3)}, {"a": None, "a/b": "another\n"})
    assert found == (conflict("a", "directory-file"),)


def test_a_created_file_gives_way_to_a_directory(history: History) -> None:
    found = replayed(history, BASE, {"a": LONG}, {"a": None, "a/b": "another\n"})
    assert found == (clean("a", created=True),)


def test_a_file_took_the_place_of_a_directory(history: History) -> None:
    base = {"x": "1\n", "a/b": "another\n"}
    found = replayed(history, base, {"a/b": None, "a": LONG}, {"a": sets(3)})
    assert found == (conflict("a", "directory-file", created=True),)


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ((LONG, program(LONG), program(sets(3)(LONG))), clean("a")),
        ((LONG, sets(3)(LONG), program(sets(3)(LONG))), clean("a")),
        ((LONG, program(LONG), LONG), clean("a")),
        ((program(LONG), sets(3)(LONG), program(sets(4)(LONG))), conflict("a")),
        ((LONG, program(LONG), link("x")), conflict("a", "type")),
        ((link("x"), link("y"), link("z")), conflict("a", "symlink")),
        ((link("x"), link("y"), link("x")), clean("a")),
        ((link("x"), LONG, sets(3)(LONG)), conflict("a", "type")),
        ((MODULE, OTHER_MODULE, THIRD_MODULE), conflict("a", "submodule")),
        ((MODULE, OTHER_MODULE, MODULE), clean("a")),
        ((MODULE, LONG, sets(3)(LONG)), conflict("a", "type")),
        ((BINARY, BINARY * 2, BINARY * 3), conflict("a", "binary")),
        ((LONG, BINARY, BINARY * 3), conflict("a", "binary")),
        ((LONG, sets(3)(LONG), BINARY), conflict("a", "binary")),
    ],
    ids=[
        "mode, content",
        "content, mode",
        "mode there and back",
        "mode and content",
        "mode, link",
        "links",
        "link there and back",
        "link, then file",
        "submodules",
        "submodule there and back",
        "submodule, then file",
        "binary",
        "made binary",
        "text, binary",
    ],
)
def test_kinds_of_files(history: History, versions, expected) -> None:
    base, first, second = ({"x": "1\n", "a": version} for version in versions)
    assert replayed(history, base, first, second) == (expected,)


@pytest.mark.parametrize(
    ("versions", "verdict"),
    [
        ((BINARY, BINARY * 2, BINARY * 3, BINARY * 4), "conflict"),
        ((link("w"), link("x"), link("y"), link("z")), "conflict"),
        ((MODULE, OTHER_MODULE, THIRD_MODULE, (FileMode.COMMIT, b"4" * 20)), "conflict"),
        ((LONG, sets(3)(LONG), BINARY, BINARY * 2), "conflict"),
    ],
    ids=["binary", "links", "submodules", "made binary in between"],
)
def test_what_has_no_lines_is_one_piece(history: History, versions, verdict) -> None:
    base, *steps = ({"x": "1\n", "a": version} for version in versions)
    assert replayed(history, base, *steps) == (by_hunks("a", verdict),)


@pytest.mark.parametrize(
    "path", ["a b", "a\nb\t", "caf\udce9/\udcff", "été/日本", "-n", ":(glob)*", "a/" * 50 + "b"]
)
def test_names_of_any_kind(history: History, path) -> None:
    steps = {path: LONG}, {path: sets(3)}, {path: sets(3, to="again")}
    assert replayed(history, *steps) == (conflict(path),)


@pytest.mark.parametrize("path", ["a\nb", "caf\udce9"])
def test_names_of_any_kind_where_files_were_overwritten(history: History, path) -> None:
    between, second = {path: sets(3, to="other")}, {path: sets(3, to="again")}
    found = replayed(history, {path: LONG}, {path: sets(3)}, between, second)
    assert found == (by_hunks(path, "conflict"),)


@pytest.mark.parametrize(
    ("rule", "first", "second", "expected"),
    [
        ("merge=union", sets(3), sets(3, to="again"), clean("a.txt")),
        ("merge=text", sets(3), sets(3, to="again"), conflict("a.txt")),
        ("merge=ours", sets(3), sets(3, to="again"), conflict("a.txt")),
        ("-merge", sets(3), sets(15), conflict("a.txt", "binary")),
        ("merge=binary", sets(3), sets(15), conflict("a.txt", "binary")),
        ("binary", sets(3), sets(15), conflict("a.txt", "binary")),
        ("-text", sets(3), sets(15), clean("a.txt")),
    ],
)
def test_attributes_choose_how_files_merge(history: History, rule, first, second, expected) -> None:
    base = {"a.txt": LONG, ".gitattributes": f"*.txt {rule}\n"}
    assert replayed(history, base, {"a.txt": first}, {"a.txt": second}) == (expected,)


@pytest.mark.parametrize("last", ["", None], ids=["emptied", "deleted"])
def test_attributes_hold_from_the_landing_after_their_own(history: History, last) -> None:
    edits = [{"a.txt": sets(3, to=name)} for name in ("one", "two", "three", "four", "five")]
    edits[1][".gitattributes"] = "*.txt merge=union\n"
    edits[3][".gitattributes"] = last
    ids = lands(history, {"a.txt": LONG, ".gitattributes": ""}, *edits)
    pairs = pairs_of(history.place)
    verdicts = [
        next(each for each in pairs[pair].files if each.path == "a.txt").verdict.value
        for pair in pairwise(ids[1:])
    ]
    assert verdicts == ["conflict", "clean", "clean", "conflict"]


def test_a_union_of_lines_never_conflicts(history: History) -> None:
    base = {"a.txt": LONG, ".gitattributes": "*.txt merge=union\n"}
    between = {".gitattributes": "", "a.txt": sets(3, to="other")}
    back = {".gitattributes": base[".gitattributes"]}
    first, second = {"a.txt": sets(3)}, {"a.txt": sets(3, to="again")}
    assert replayed(history, base, first, between, back, second) == (clean("a.txt"),)


def test_attributes_that_forbid_merging_make_a_file_one_piece(history: History) -> None:
    base = {"a.txt": LONG, ".gitattributes": "*.txt -merge\n"}
    steps = {"a.txt": sets(3)}, {"a.txt": sets(9)}, {"a.txt": sets(15)}
    assert replayed(history, base, *steps) == (by_hunks("a.txt", "conflict"),)


def test_a_directory_became_a_file_that_was_edited_since(history: History) -> None:
    base = {"x": "1\n", "a/b": "another\n", "a/c": "third\n"}
    first = {"a/b": None, "a/c": None, "a": LONG}
    found = replayed(history, base, first, {"a": sets(3)}, {"a": sets(15), "x": "2\n"})
    assert found == (by_hunks("a", "conflict", created=True),)


def test_a_directory_took_the_place_of_the_file_since(history: History) -> None:
    """What the later task changes has the name of the earlier one's file above it, no more."""
    base = {"x": "1\n", "a": LONG}
    between = {"a": None, "a/b": "another\n", "a/c": "third\n"}
    second = {"a/b": "changed\n", "a/c": "changed\n"}
    assert replayed(history, base, {"a": sets(3)}, between, second) == ()
