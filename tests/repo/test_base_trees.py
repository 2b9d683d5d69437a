"""Several merge bases, merged into one."""

from __future__ import annotations

from pathlib import Path

import pygit2
import pytest

from taskpar_ml.checking import check_overlap
from taskpar_ml.domain.overlap import PairOverlap, Verdict
from taskpar_ml.repo import base_trees
from tests.support.merging import LONG, Content, changed, conflicts_of, write_commit

TOP, END = changed(LONG, 0, "top"), changed(LONG, 19, "end")
BOTH = changed(TOP, 19, "end")


def criss_cross(root: Path, ours: dict[str, Content], theirs: dict[str, Content]) -> PairOverlap:
    """Return the check of two branches that merged each other and then went on.

    One had changed the first line of ``f``, the other the last.
    """
    repository = pygit2.init_repository(root, bare=True)
    start = write_commit(repository, {"f": LONG})
    left = write_commit(repository, {"f": TOP}, start)
    right = write_commit(repository, {"f": END}, start)
    one = write_commit(repository, {"f": BOTH}, left, right)
    other = write_commit(repository, {"f": BOTH}, right, left)
    a = write_commit(repository, ours, one)
    b = write_commit(repository, theirs, other)
    pair = check_overlap(root, [str(a), str(b)], onto=str(start)).pairs[0]
    assert set(pair.bases) == {str(left), str(right)}
    return pair


def test_changes_apart_since_the_crossing_are_clean(tmp_path: Path) -> None:
    pair = criss_cross(tmp_path, {"f": changed(BOTH, 5)}, {"f": changed(BOTH, 12)})
    assert pair.verdict == Verdict.OVERLAP


def test_undoing_what_came_from_one_side_is_clean(tmp_path: Path) -> None:
    """Neither base alone knows both changes; against one of them this would conflict."""
    pair = criss_cross(tmp_path, {"f": LONG}, {"f": BOTH})
    assert conflicts_of(pair) == {}


def test_the_same_lines_since_the_crossing_conflict(tmp_path: Path) -> None:
    pair = criss_cross(tmp_path, {"f": changed(BOTH, 5)}, {"f": changed(BOTH, 5, "other")})
    assert conflicts_of(pair) == {"f": "content"}


def test_bases_that_conflict_with_each_other_do_not_end_the_check(tmp_path: Path) -> None:
    repository = pygit2.init_repository(tmp_path, bare=True)
    start = write_commit(repository, {"f": LONG, "g": "g\n"})
    left = write_commit(repository, {"f": changed(LONG, 3, "left")}, start)
    right = write_commit(repository, {"f": changed(LONG, 3, "right"), "g": "edited\n"}, start)
    resolved = {"f": changed(LONG, 3, "both")}
    one = write_commit(repository, resolved, left, right)
    other = write_commit(repository, resolved, right, left)
    a = write_commit(repository, {**resolved, "a": "a\n"}, one)
    b = write_commit(repository, {**resolved, "b": "b\n"}, other)
    pair = check_overlap(tmp_path, [str(a), str(b)], onto=str(start)).pairs[0]
    assert len(pair.bases) == 2
    assert pair.conflicts == ()


@pytest.mark.parametrize("crossings", [1, 6, 30])
def test_crossing_again_and_again_stays_bounded(
    tmp_path: Path, crossings: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    merges = []
    original = base_trees.BaseTrees._merge

    def counted(self: base_trees.BaseTrees, *trees: bytes) -> bytes:
        merges.append(trees)
        return original(self, *trees)

    monkeypatch.setattr(base_trees.BaseTrees, "_merge", counted)
    repository = pygit2.init_repository(tmp_path, bare=True)
    left = right = write_commit(repository, {"f": LONG})
    for number in range(crossings):
        files = {"f": changed(LONG, 0, str(number))}
        one = write_commit(repository, files, left, message=f"left {number}")
        two = write_commit(repository, files, right, message=f"right {number}")
        left = write_commit(repository, files, one, two, message="merge")
        right = write_commit(repository, files, two, one, message="merge")
    left = write_commit(repository, {"f": changed(LONG, 4)}, left)
    right = write_commit(repository, {"f": changed(LONG, 9)}, right)
    pair = check_overlap(tmp_path, [str(left), str(right)], onto=str(left)).pairs[0]
    assert pair.conflicts == ()
    assert 1 <= len(merges) <= base_trees.MAX_DEPTH
