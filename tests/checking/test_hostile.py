"""What cannot be checked, and what was made to break a check."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pygit2
import pytest
from pygit2.enums import ObjectType

from taskpar_ml import checking
from taskpar_ml.checking import check_overlap
from taskpar_ml.domain.overlap import Verdict
from taskpar_ml.errors import (
    EmptyRepositoryError,
    MissingObjectError,
    NotARepositoryError,
    SettingsError,
    UnknownRevisionError,
)
from tests.support.merging import LONG, changed, fork, report_of
from tests.support.verdicts import verdicts

Git = Callable[..., str]


@pytest.mark.parametrize("name", ["-dash", "--repo", "ünïcode", "a/b.c", "with'quote", "#1"])
def test_odd_names_of_branches(branches: Path, git: Git, name: str) -> None:
    git(branches, "update-ref", f"refs/heads/{name}", "one")
    report = check_overlap(branches, [name, "two"], onto="main")
    assert verdicts(report.pairs) == {(name, "two"): "conflict"}


@pytest.mark.parametrize(
    ("names", "onto", "error", "said"),
    [
        ([], "HEAD", SettingsError, "nothing to check was named. Name branches, or pass"),
        (["one", "one"], "HEAD", SettingsError, "'one' is named twice"),
        (["one", "nowhere"], "HEAD", UnknownRevisionError, "'nowhere' does not exist"),
        (["one"], "nowhere", UnknownRevisionError, "'nowhere' does not exist"),
        (["one:f"], "HEAD", UnknownRevisionError, "is a file, no commit"),
        (["o\nne"], "HEAD", UnknownRevisionError, "printable characters"),
    ],
)
def test_what_cannot_be_checked_is_an_error(branches, names, onto, error, said) -> None:
    with pytest.raises(error, match=said):
        check_overlap(branches, names, onto=onto)


def test_too_many_sides_are_refused(branches: Path, monkeypatch) -> None:
    monkeypatch.setattr(checking, "MAX_SIDES", 2)
    with pytest.raises(SettingsError, match="3 sides are more than 2"):
        check_overlap(branches, ["one", "two"], worktrees=True)


def test_no_repository_and_an_empty_one(tmp_path: Path, git: Git) -> None:
    with pytest.raises(NotARepositoryError):
        check_overlap(tmp_path, ["one"])
    git(tmp_path, "init", "-q", "empty")
    with pytest.raises(EmptyRepositoryError):
        check_overlap(tmp_path / "empty", ["one"])


def test_a_shallow_clone_that_cut_the_fork_off_is_an_error(branches, tmp_path: Path, git) -> None:
    options = ("--depth", "1", "--no-single-branch")
    git(tmp_path, "clone", "-q", *options, branches.as_uri(), "cut")
    with pytest.raises(MissingObjectError, match=r"no commit in common.*git fetch --unshallow"):
        check_overlap(tmp_path / "cut", ["origin/one"], onto="origin/main")
    git(tmp_path / "cut", "fetch", "-q", "--deepen", "1")
    report = check_overlap(tmp_path / "cut", ["origin/one", "origin/two"], onto="origin/main")
    assert report.verdict == Verdict.CONFLICT


@pytest.fixture
def partial(branches: Path, tmp_path: Path, git: Git) -> Path:
    """A clone that has the contents of main only."""
    git(branches, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", branches.as_uri(), "partial")
    return tmp_path / "partial"


def test_a_partial_clone_that_lacks_what_must_be_merged(partial: Path, git: Git) -> None:
    names = ["origin/one", "origin/two"]
    with pytest.raises(MissingObjectError, match=r"\(f\)\. `git fetch --refetch --no-filter`"):
        check_overlap(partial, names)
    git(partial, "fetch", "-q", "--refetch", "--no-filter")
    assert check_overlap(partial, names).verdict == Verdict.CONFLICT


def test_a_partial_clone_needs_no_content_where_nothing_meets(partial: Path) -> None:
    assert check_overlap(partial, ["origin/one"]).verdict == Verdict.APART


def test_a_replaced_commit_lends_its_parents_and_its_files(branches: Path, git: Git) -> None:
    git(branches, "replace", "two", "three")
    report = check_overlap(branches, ["one", "two"], onto="main")
    assert report.verdict == Verdict.OVERLAP
    assert any("grafted" in notice for notice in report.notices)


def test_a_hostile_tree_is_merged_and_written_nowhere(tmp_path: Path) -> None:
    repository = pygit2.init_repository(tmp_path / "hostile", bare=True)

    def commit(content: bytes, *parents: pygit2.Oid) -> pygit2.Oid:
        blob = repository.create_blob(content).raw
        names = (b"..", b".git", b"a/b", b"\xff\x1b[31m")
        raw = b"".join(b"100644 " + name + b"\0" + blob for name in names)
        tree = repository.odb.write(ObjectType.TREE, raw)
        head = f"tree {tree}\n" + "".join(f"parent {parent}\n" for parent in parents)
        who = "T <t@example.org> 1700000000 +0000"
        text = f"{head}author {who}\ncommitter {who}\n\nc\n"
        return repository.odb.write(ObjectType.COMMIT, text.encode())

    start = commit(b"1\n")
    tips = [str(commit(content, start)) for content in (b"2\n", b"3\n")]
    pair = check_overlap(tmp_path / "hostile", tips, onto=str(start)).pairs[0]
    assert [each.path for each in pair.conflicts] == [".git", "\udcff\x1b[31m"]


def test_a_cut_short_search_for_renames_is_said(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("taskpar_ml.repo.renames.MAX_COMPARED", 0)
    a, b = {"f": None, "g": changed(LONG, 1)}, {"f": changed(LONG, 9)}
    report = report_of(tmp_path, {"f": LONG, "x": "x\n"}, {**a, "y": LONG.upper()}, b)
    assert report.verdict == Verdict.CONFLICT
    assert "renames were followed where" in report.notices[0]


def test_a_large_repository_is_read_only_where_it_differs(tmp_path: Path, monkeypatch) -> None:
    base = {f"d{number}/f": f"{number}\n" for number in range(300)}
    start, *tips = fork(tmp_path, base, {"d1/f": "a\n"}, {"d2/f": "b\n"})
    read = []
    original = checking.ObjectReader.tree

    def counted(self, oid):
        read.append(oid)
        return original(self, oid)

    monkeypatch.setattr(checking.ObjectReader, "tree", counted)
    check_overlap(tmp_path, tips, onto=start)
    assert len(read) <= 8
