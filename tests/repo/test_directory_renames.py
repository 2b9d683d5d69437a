"""Files added to a directory that the other side renamed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.merging import LONG, Files, conflicts_of, overlap_of

ONE, TWO, THREE = LONG, LONG.replace("line", "row"), LONG.replace("line", "entry")
BASE = {"old/a": ONE, "old/b": TWO, "old/c": THREE, "kept": "kept\n"}


def moved(**targets: str) -> Files:
    """Return what moves every file of ``old`` to the named directories."""
    away: dict[str, str | None] = dict.fromkeys(("old/a", "old/b", "old/c"))
    return {**away, **{f"{to}{name}": BASE[f"old/{name}"] for name, to in targets.items()}}


@pytest.mark.parametrize("target", ["new/", "deep/er/", ""])
@pytest.mark.parametrize("swapped", [False, True])
def test_a_file_added_where_the_other_moved_away(
    tmp_path: Path, target: str, swapped: bool
) -> None:
    sides = [moved(a=target, b=target, c=target), {"old/added": "new\n"}]
    pair = overlap_of(tmp_path, BASE, *(reversed(sides) if swapped else sides))
    (conflict,) = pair.conflicts
    assert (conflict.path, conflict.kind) == ("old/added", "directory-rename")
    places = [f"{target}added", "old/added"]
    assert [conflict.path_a, conflict.path_b] == (places[::-1] if swapped else places)


def test_most_files_decide_where_a_directory_went(tmp_path: Path) -> None:
    a = moved(a="new/", b="new/", c="other/")
    (conflict,) = overlap_of(tmp_path, BASE, a, {"old/added": "new\n"}).conflicts
    assert conflict.path_a == "new/added"


def test_where_no_directory_has_most_nobody_knows(tmp_path: Path) -> None:
    a = {**moved(a="new/", b="other/"), "old/c": None}
    (conflict,) = overlap_of(tmp_path, BASE, a, {"old/added": "new\n"}).conflicts
    assert (conflict.kind, conflict.path_a) == ("directory-rename", None)


def test_a_directory_that_is_gone_but_went_nowhere_asks_nothing(tmp_path: Path) -> None:
    assert conflicts_of(overlap_of(tmp_path, BASE, moved(), {"old/added": "new\n"})) == {}


def test_a_directory_that_both_moved_asks_nothing(tmp_path: Path) -> None:
    both = moved(a="new/", b="new/", c="new/")
    pair = overlap_of(tmp_path, BASE, both, {**both, "new/added": "new\n"})
    assert conflicts_of(pair) == {}


def test_a_new_directory_in_it_asks_nothing(tmp_path: Path) -> None:
    """As in git, which asks for files added right to the directory."""
    a = moved(a="new/", b="new/", c="new/")
    assert conflicts_of(overlap_of(tmp_path, BASE, a, {"old/sub/added": "new\n"})) == {}


def test_a_file_that_would_go_back_where_it_came_from_asks_nothing(tmp_path: Path) -> None:
    base = {"old/a": ONE, "f": TWO}
    a = {"old/a": None, "g": ONE}
    assert conflicts_of(overlap_of(tmp_path, base, a, {"f": None, "old/f": TWO})) == {}


def test_a_directory_counts_for_those_above_it(tmp_path: Path) -> None:
    base = {"old/x/a": ONE, "old/x/b": TWO}
    a = {"old/x/a": None, "old/x/b": None, "new/x/a": ONE, "new/x/b": TWO}
    (conflict,) = overlap_of(tmp_path, base, a, {"old/added": "new\n"}).conflicts
    assert conflict.path_a == "new/added"
