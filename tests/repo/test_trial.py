"""What a trial merge says, kind by kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from taskpar_ml.domain.overlap import FileConflict, Relation, Verdict
from taskpar_ml.repo import contents, line_spans
from tests.support.merging import (
    LONG,
    MODULE,
    OTHER_MODULE,
    THIRD_MODULE,
    changed,
    conflicts_of,
    link,
    overlap_of,
    program,
)

FIVE = "1\n2\n3\n4\n5\n"
BINARY = b"\0one\n", b"\0two\n", b"\0three\n"

CONFLICTS = {
    "same lines": ({"f": FIVE}, {"f": changed(FIVE, 1)}, {"f": changed(FIVE, 1, "b")}, "content"),
    "lines next to each other": (
        *({"f": FIVE}, {"f": changed(FIVE, 1)}, {"f": changed(FIVE, 2)}),
        "content",
    ),
    "line ends and a line": (
        *({"f": FIVE}, {"f": FIVE.replace("\n", "\r\n")}, {"f": changed(FIVE, 2)}),
        "content",
    ),
    "both added": ({"x": "x"}, {"f": "one\n"}, {"f": "two\n"}, "both-added"),
    "deleted and modified": ({"f": FIVE}, {"f": None}, {"f": changed(FIVE, 0)}, "delete-modify"),
    "binary": ({"f": BINARY[0]}, {"f": BINARY[1]}, {"f": BINARY[2]}, "binary"),
    "binary on one side": ({"f": FIVE}, {"f": BINARY[0]}, {"f": changed(FIVE, 0)}, "binary"),
    "submodules": ({"f": MODULE}, {"f": OTHER_MODULE}, {"f": THIRD_MODULE}, "submodule"),
    "links": ({"f": link("a")}, {"f": link("b")}, {"f": link("c")}, "symlink"),
    "links that both added": ({"x": "x"}, {"f": link("b")}, {"f": link("c")}, "both-added"),
    "link and file": ({"f": FIVE}, {"f": link("b")}, {"f": changed(FIVE, 0)}, "type"),
    "submodule and file": ({"f": FIVE}, {"f": MODULE}, {"f": changed(FIVE, 0)}, "type"),
    "modes": ({"x": "x"}, {"f": "same\n"}, {"f": program("same\n")}, "mode"),
}

CLEAN = {
    "lines apart": ({"f": FIVE}, {"f": changed(FIVE, 0)}, {"f": changed(FIVE, 4)}),
    "the same change": ({"f": FIVE}, {"f": changed(FIVE, 0)}, {"f": changed(FIVE, 0)}),
    "the same new file": ({"x": "x"}, {"f": FIVE}, {"f": FIVE}),
    "both deleted": ({"f": FIVE, "x": "x"}, {"f": None}, {"f": None}),
    "mode and lines": ({"f": FIVE}, {"f": program(FIVE)}, {"f": changed(FIVE, 0)}),
    "mode and lines of one": (
        *({"f": FIVE}, {"f": program(changed(FIVE, 0))}, {"f": changed(FIVE, 4)}),
    ),
    "the same submodule": ({"f": MODULE}, {"f": OTHER_MODULE}, {"f": OTHER_MODULE}),
    "the same link": ({"f": link("a")}, {"f": link("b")}, {"f": link("b")}),
    "renamed and edited": (*({"f": LONG}, {"f": None, "g": LONG}, {"f": changed(LONG, 3)}),),
    "renamed with an edit, and edited elsewhere": (
        *({"f": LONG}, {"f": None, "d/g": changed(LONG, 17)}, {"f": changed(LONG, 3)}),
    ),
    "both renamed alike": ({"f": LONG}, {"f": None, "g": LONG}, {"f": None, "g": LONG}),
    "renamed, and made executable": (*({"f": LONG}, {"f": None, "g": LONG}, {"f": program(LONG)}),),
}


@pytest.mark.parametrize("case", CONFLICTS)
@pytest.mark.parametrize("swapped", [False, True])
def test_every_kind_of_conflict_in_one_file(tmp_path: Path, case: str, swapped: bool) -> None:
    base, a, b, kind = CONFLICTS[case]
    pair = overlap_of(tmp_path, base, *((b, a) if swapped else (a, b)))
    assert pair.verdict == Verdict.CONFLICT
    assert conflicts_of(pair) == {"f": kind}


@pytest.mark.parametrize("case", CLEAN)
@pytest.mark.parametrize("swapped", [False, True])
def test_what_merges_is_an_overlap(tmp_path: Path, case: str, swapped: bool) -> None:
    base, a, b = CLEAN[case]
    pair = overlap_of(tmp_path, base, *((b, a) if swapped else (a, b)))
    assert pair.verdict == Verdict.OVERLAP
    assert pair.conflicts == ()
    assert pair.shared


def test_files_of_their_own_are_apart(tmp_path: Path) -> None:
    base = {"f": FIVE, "g": FIVE, "d/h": FIVE}
    a = {"f": changed(FIVE, 0), "d/new": "new"}
    b = {"g": None, "d/other": "other", "d/h": changed(FIVE, 0)}
    pair = overlap_of(tmp_path, base, a, b)
    assert (pair.verdict, pair.shared, pair.conflicts) == (Verdict.APART, (), ())
    assert pair.relation == Relation.DIVERGED


def test_a_deletion_says_whose(tmp_path: Path) -> None:
    pair = overlap_of(tmp_path, {"f": FIVE}, {"f": None}, {"f": changed(FIVE, 0)})
    assert pair.conflicts == (
        FileConflict(path="f", kind="delete-modify", path_a=None, path_b="f"),
    )


def test_a_conflict_in_a_renamed_file_is_where_it_went(tmp_path: Path) -> None:
    a = {"f": None, "g": changed(LONG, 3)}
    pair = overlap_of(tmp_path, {"f": LONG}, a, {"f": changed(LONG, 3, "otherwise")})
    assert pair.conflicts == (FileConflict(path="g", kind="content", path_a="g", path_b="f"),)


def test_renamed_and_deleted(tmp_path: Path) -> None:
    pair = overlap_of(tmp_path, {"f": LONG}, {"f": None, "g": LONG}, {"f": None})
    assert pair.conflicts == (
        FileConflict(path="g", kind="rename-delete", path_a="g", path_b=None),
    )


def test_both_renamed_to_different_names(tmp_path: Path) -> None:
    a, b = {"f": None, "g": LONG}, {"f": None, "h": changed(LONG, 3)}
    pair = overlap_of(tmp_path, {"f": LONG}, a, b)
    assert pair.conflicts == (FileConflict(path="f", kind="rename-rename", path_a="g", path_b="h"),)


def test_a_rename_onto_what_the_other_added(tmp_path: Path) -> None:
    a = {"f": None, "g": LONG}
    pair = overlap_of(tmp_path, {"f": LONG}, a, {"f": changed(LONG, 3), "g": "mine\n"})
    assert conflicts_of(pair) == {"g": "rename-add"}


def test_two_changed_files_renamed_to_one_name_are_one_conflict(tmp_path: Path) -> None:
    other = LONG.replace("line", "row")
    base = {"f": LONG, "g": other}
    a = {"f": None, "h": LONG, "g": changed(other, 3)}
    b = {"g": None, "h": other, "f": changed(LONG, 3)}
    pair = overlap_of(tmp_path, base, a, b)
    assert [(each.path, each.kind) for each in pair.conflicts] == [("h", "rename-add")]


def test_two_files_renamed_to_one_name(tmp_path: Path) -> None:
    other = LONG.replace("line", "row")
    base = {"f": LONG, "g": other}
    pair = overlap_of(tmp_path, base, {"f": None, "h": LONG}, {"g": None, "h": other})
    assert conflicts_of(pair) == {"h": "both-added"}


@pytest.mark.parametrize("between", [{}, {"d-e": "changed\n"}])
def test_a_file_in_the_place_of_a_directory(tmp_path: Path, between: dict[str, str]) -> None:
    """Also with a changed file between the two in the order of names."""
    pair = overlap_of(tmp_path, {"d-e": "x\n"}, {"d": "a file\n", **between}, {"d/f": "below\n"})
    assert pair.conflicts == (
        FileConflict(path="d", kind="directory-file", path_a="d", path_b="d/f"),
    )


def test_a_file_in_the_place_of_a_directory_to_which_the_other_added(tmp_path: Path) -> None:
    pair = overlap_of(tmp_path, {"d/x": "x\n"}, {"d/x": None, "d": "a file\n"}, {"d/f": "new\n"})
    assert conflicts_of(pair) == {"d": "directory-file"}


def test_a_directory_in_the_place_of_a_file_on_both_sides_is_none(tmp_path: Path) -> None:
    a, b = {"d": None, "d/a": "a\n"}, {"d": None, "d/b": "b\n"}
    assert overlap_of(tmp_path, {"d": "a file\n"}, a, b).conflicts == ()


def test_a_file_added_to_a_directory_that_the_other_renamed(tmp_path: Path) -> None:
    base = {"old/f": LONG, "old/g": LONG.replace("line", "row")}
    a = {"old/f": None, "old/g": None, "new/f": base["old/f"], "new/g": base["old/g"]}
    pair = overlap_of(tmp_path, base, a, {"old/h": "new\n"})
    assert pair.shared == ()
    assert pair.conflicts == (
        FileConflict(path="old/h", kind="directory-rename", path_a="new/h", path_b="old/h"),
    )


def test_a_directory_of_which_something_is_left_is_not_renamed(tmp_path: Path) -> None:
    base = {"old/f": LONG, "old/g": "stays\n"}
    a = {"old/f": None, "new/f": LONG}
    pair = overlap_of(tmp_path, base, a, {"old/h": "new\n"})
    assert pair.verdict == Verdict.APART


def test_a_file_too_large_to_merge_conflicts_as_binary_content_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (contents, line_spans):
        monkeypatch.setattr(module, "MAX_MERGED_BYTES", len(FIVE) + 5)
    a, b = {"f": changed(FIVE, 0)}, {"f": changed(FIVE, 4)}
    pair = overlap_of(tmp_path, {"f": FIVE}, a, b)
    assert conflicts_of(pair) == {"f": "binary"}


def test_names_that_no_checkout_could_hold_are_merged_like_others(tmp_path: Path) -> None:
    names = ["caf\udce9", "new\nline", "-dash", "a\\b", ".gitattributes", "x" * 255]
    base = dict.fromkeys(names, FIVE)
    a, b = dict.fromkeys(names, changed(FIVE, 0)), dict.fromkeys(names, changed(FIVE, 0, "b"))
    assert conflicts_of(overlap_of(tmp_path, base, a, b)) == dict.fromkeys(names, "content")
