"""Checkouts with uncommitted work, and that a check changes nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from taskpar_ml.checking import check_overlap
from taskpar_ml.domain.overlap import Relation, SideKind, Verdict
from tests.support.listing import state
from tests.support.verdicts import verdicts

Git = Callable[..., str]


def test_a_bare_repository_is_checked_like_any_other(branches, tmp_path: Path, git: Git) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(branches), "bare.git")
    report = check_overlap(tmp_path / "bare.git", ["one", "two"], onto="main")
    assert report.verdict == Verdict.CONFLICT
    assert check_overlap(tmp_path / "bare.git", [], worktrees=True).sides == ()


def test_checkouts_take_part_with_what_is_not_committed(branches, tmp_path: Path, git) -> None:
    git(branches, "worktree", "add", "-q", str(tmp_path / "linked"), "three")
    (tmp_path / "linked" / "g").write_text("not committed\n")
    (tmp_path / "linked" / "fresh").write_text("untracked\n")
    (branches / "g").write_text("neither\n")
    report = check_overlap(branches, ["one"], onto="main", worktrees=True)
    one, main, linked = report.sides
    assert one.kind == SideKind.REVISION
    assert (main.name, main.branch, main.changed, main.uncommitted) == ("project/", "main", 1, 1)
    assert (linked.name, linked.branch, linked.changed) == ("linked/", "three", 3)
    assert (linked.uncommitted, linked.directory) == (2, str(tmp_path / "linked"))
    assert linked.commit == git(branches, "rev-parse", "three")
    assert verdicts(report.pairs) == {
        ("one", "project/"): "apart",
        ("one", "linked/"): "overlap",
        ("project/", "linked/"): "conflict",
    }
    assert [each.path for each in report.pairs[2].conflicts] == ["g"]


def test_checkouts_of_one_name_are_named_by_their_paths(branches, tmp_path: Path, git) -> None:
    for number, branch in enumerate(("one", "two")):
        git(branches, "worktree", "add", "-q", str(tmp_path / str(number) / "tree"), branch)
    names = [side.name for side in check_overlap(branches, [], worktrees=True).sides]
    assert names == ["project/", f"{tmp_path}/0/tree/", f"{tmp_path}/1/tree/"]


def test_a_checkout_before_its_first_commit(branches: Path, tmp_path: Path, git: Git) -> None:
    git(branches, "worktree", "add", "-q", "--detach", str(tmp_path / "young"))
    git(tmp_path / "young", "checkout", "-q", "--orphan", "young")
    report = check_overlap(branches, [], onto="main", worktrees=True)
    young = report.sides[1]
    assert (young.commit, young.branch, young.uncommitted) == (None, "young", 2)
    assert report.pairs[0].relation == Relation.UNRELATED
    # The same files as at the commit: added by both, and equal.
    assert report.pairs[0].conflicts == ()


def test_a_checkout_that_is_gone_is_a_notice(branches: Path, tmp_path: Path, git: Git) -> None:
    git(branches, "worktree", "add", "-q", str(tmp_path / "linked"), "three")
    (tmp_path / "linked").rename(tmp_path / "away")
    report = check_overlap(branches, ["one"], worktrees=True)
    assert [side.name for side in report.sides] == ["one", "project/"]
    assert "worktree linked" in report.notices[0]


@pytest.mark.parametrize("packed", [False, True])
def test_nothing_in_the_repository_changes(branches, tmp_path: Path, git: Git, packed) -> None:
    git(branches, "worktree", "add", "-q", str(tmp_path / "linked"), "three")
    git(branches, "merge", "-q", "three")
    if packed:
        git(branches, "gc", "-q")
    (tmp_path / "linked" / "g").write_text("not committed\n")
    for path in tmp_path.rglob("*"):
        os.utime(path, (1, 1), follow_symlinks=False)
    before = state(tmp_path)
    report = check_overlap(branches, ["one", "two", "three"], worktrees=True)
    assert report.verdict == Verdict.CONFLICT
    assert state(tmp_path) == before
