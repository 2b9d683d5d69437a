"""The snapshot of a checkout, and that reading changes nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pygit2
import pytest

from taskpar_ml.errors import NotARepositoryError, RepositoryError
from taskpar_ml.repo import RepoSnapshot
from tests.support.listing import state

Git = Callable[..., str]


def test_tracked_and_untracked_but_neither_ignored_nor_deleted(project: Path, git: Git) -> None:
    (project / ".gitignore").write_text("*.log\nbuild/\n", encoding="utf-8")
    (project / "new" / "deep").mkdir(parents=True)
    (project / "new" / "deep" / "file.py").write_text("new", encoding="utf-8")
    (project / "noise.log").write_text("ignored", encoding="utf-8")
    (project / "build").mkdir()
    (project / "build" / "out.o").write_text("ignored", encoding="utf-8")
    (project / "staged.py").write_text("staged", encoding="utf-8")
    git(project, "add", "staged.py")
    (project / "old.txt").unlink()
    (project / "README.md").write_text("changed", encoding="utf-8")
    snapshot = RepoSnapshot.of_working_tree(project / "src")
    assert snapshot.commit is None
    assert snapshot.paths.paths == (
        *(".gitignore", "README.md", "new/deep/file.py"),
        *("src/a.py", "src/api/b.py", "src/api/v1/c.py", "staged.py"),
    )
    assert snapshot.read("README.md", limit=100) == b"changed"
    assert snapshot.read("README.md", limit=2) == b"ch"
    assert snapshot.read("new/deep/file.py", limit=100) == b"new"
    for absent in (
        "noise.log",
        "build/out.o",
        "old.txt",
        "src",
        "../project/README.md",
        ".git/HEAD",
    ):
        assert snapshot.read(absent, limit=100) is None
    assert snapshot.lacks == ()


def test_an_ignored_file_that_is_tracked_counts(project: Path, git: Git) -> None:
    (project / ".gitignore").write_text("old.txt\n", encoding="utf-8")
    assert "old.txt" in RepoSnapshot.of_working_tree(project).paths


def test_a_deleted_directory_and_a_file_in_its_place(project: Path) -> None:
    for path in ("src/api/v1/c.py", "src/api/b.py"):
        (project / path).unlink()
    (project / "src" / "api" / "v1").rmdir()
    (project / "src" / "api").rmdir()
    (project / "src" / "api").write_text("now a file", encoding="utf-8")
    snapshot = RepoSnapshot.of_working_tree(project)
    assert snapshot.paths.paths == ("README.md", "old.txt", "src/a.py", "src/api")
    assert snapshot.read("src/api", limit=100) == b"now a file"


def test_before_the_first_commit(tmp_path: Path, git: Git) -> None:
    git(tmp_path, "init", "-q", "young")
    (tmp_path / "young" / "a.py").write_text("a", encoding="utf-8")
    snapshot = RepoSnapshot.of_working_tree(tmp_path / "young")
    assert snapshot.paths.paths == ("a.py",)


def test_links_are_read_and_never_followed(project: Path, tmp_path: Path, git: Git) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "b.py").write_text("secret", encoding="utf-8")
    (project / "loop").symlink_to("loop")
    (project / "leak").symlink_to(tmp_path / "outside" / "b.py")
    snapshot = RepoSnapshot.of_working_tree(project)
    assert snapshot.read("leak", limit=1000) == os.fsencode(tmp_path / "outside" / "b.py")
    assert snapshot.read("loop", limit=1000) == b"loop"
    # A directory that becomes a link after the listing leads nowhere.
    (project / "src" / "api").rename(project / "moved")
    (project / "src" / "api").symlink_to(tmp_path / "outside")
    assert snapshot.read("src/api/b.py", limit=1000) is None


def test_a_directory_that_is_a_link_to_elsewhere_is_one_file(project: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "x.py").write_text("x", encoding="utf-8")
    (project / "outside").symlink_to(tmp_path / "outside")
    paths = RepoSnapshot.of_working_tree(project).paths
    assert "outside" in paths
    assert not paths.is_directory("outside")


def test_a_pipe_does_not_block(project: Path) -> None:
    snapshot = RepoSnapshot.of_working_tree(project)
    (project / "README.md").unlink()
    os.mkfifo(project / "README.md")
    assert snapshot.read("README.md", limit=10) is None
    assert RepoSnapshot.of_working_tree(project).read("README.md", limit=10) is None


def test_odd_names(project: Path) -> None:
    names = [b"caf\xe9", b"new\nline", b"trailing ", b'quo"te', "日本".encode()]
    for name in names:
        (Path(os.fsdecode(os.fsencode(project) + b"/" + name))).write_bytes(name)
    snapshot = RepoSnapshot.of_working_tree(project)
    for name in names:
        assert os.fsdecode(name) in snapshot.paths
        assert snapshot.read(os.fsdecode(name), limit=100) == name


def test_odd_names_that_are_tracked(project: Path, git: Git) -> None:
    name = os.fsencode(project) + b"/caf\xe9"
    Path(os.fsdecode(name)).write_bytes(b"latin")
    git(project, "add", ".")
    snapshot = RepoSnapshot.of_working_tree(project)
    assert "caf\udce9" in snapshot.paths
    Path(os.fsdecode(name)).unlink()
    assert "caf\udce9" not in RepoSnapshot.of_working_tree(project).paths


def test_submodules_and_repositories_inside_are_one_path(
    project: Path, tmp_path: Path, git: Git
) -> None:
    git(tmp_path, "clone", "-q", str(project), "other")
    git(project, "submodule", "add", "-q", str(tmp_path / "other"), "vendor/lib")
    (project / "vendor" / "lib" / "untracked.py").write_text("x", encoding="utf-8")
    git(project, "clone", "-q", str(tmp_path / "other"), "nested")
    snapshot = RepoSnapshot.of_working_tree(project)
    assert snapshot.submodules == {"vendor/lib", "nested"}
    assert {"vendor/lib", "nested", ".gitmodules"} <= set(snapshot.paths.paths)
    assert not snapshot.paths.is_directory("vendor/lib")
    assert not snapshot.paths.is_directory("nested")
    assert snapshot.read("vendor/lib", limit=10) is None


def test_a_submodule_that_is_not_checked_out_is_still_there(
    project: Path, tmp_path: Path, git: Git
) -> None:
    git(tmp_path, "clone", "-q", str(project), "other")
    git(project, "submodule", "add", "-q", str(tmp_path / "other"), "vendor/lib")
    git(project, "commit", "-q", "-m", "submodule")
    git(tmp_path, "clone", "-q", str(project), "fresh")
    assert "vendor/lib" in RepoSnapshot.of_working_tree(tmp_path / "fresh").paths


def test_a_sparse_checkout_keeps_what_it_leaves_out(project: Path, git: Git) -> None:
    git(project, "sparse-checkout", "set", "--no-cone", "/README.md")
    assert not (project / "src").exists()
    snapshot = RepoSnapshot.of_working_tree(project)
    assert "src/a.py" in snapshot.paths
    assert snapshot.read("src/a.py", limit=10) is None
    assert [notice.text for notice in snapshot.lacks if "sparse" in notice.text]


def test_a_merge_with_conflicts_names_each_path_once(project: Path, git: Git) -> None:
    git(project, "checkout", "-q", "-b", "side", "HEAD~1")
    (project / "README.md").write_text("side", encoding="utf-8")
    git(project, "commit", "-q", "-a", "-m", "side")
    git(project, "merge", "-q", "main", codes=(1,))
    snapshot = RepoSnapshot.of_working_tree(project)
    assert [path for path in snapshot.paths.paths if path == "README.md"] == ["README.md"]
    content = snapshot.read("README.md", limit=1000)
    assert content is not None
    assert b"<<<<<<<" in content


def test_a_bare_repository_has_no_working_tree(project: Path, tmp_path: Path, git: Git) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(project), "bare.git")
    with pytest.raises(RepositoryError, match=r"bare and has no working tree\. Name a commit"):
        RepoSnapshot.of_working_tree(tmp_path / "bare.git")


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(NotARepositoryError):
        RepoSnapshot.of_working_tree(tmp_path)


@pytest.mark.parametrize("split", [True, False])
def test_an_index_that_libgit2_cannot_read_is_an_error_with_a_cure(
    project: Path, git: Git, split: bool
) -> None:
    if split:
        git(project, "update-index", "--split-index")
    else:
        (project / ".git" / "index").write_bytes(b"damaged")
    with pytest.raises(RepositoryError, match=r"cannot be listed.*Name a commit"):
        RepoSnapshot.of_working_tree(project)
    assert "README.md" in RepoSnapshot.at(project).paths


@pytest.mark.parametrize("packed", [True, False])
def test_reading_changes_nothing(project: Path, tmp_path: Path, git: Git, packed: bool) -> None:
    git(project, "replace", "--graft", "HEAD~1")
    git(project, "worktree", "add", "-q", "--detach", str(tmp_path / "linked"), "HEAD")
    if packed:
        git(project, "gc", "-q")
    # An index with stale times is what a careless reader would refresh.
    os.utime(project / "README.md", (1, 1))
    os.utime(project / "src" / "a.py", (1, 1))
    (project / "untracked").write_text("x", encoding="utf-8")
    before = state(tmp_path)
    for root in (project, tmp_path / "linked"):
        for snapshot in (
            *(RepoSnapshot.at(root), RepoSnapshot.at(root, "HEAD@{0}")),
            RepoSnapshot.of_working_tree(root),
        ):
            for path in snapshot.paths.paths:
                snapshot.read(path, limit=100)
            snapshot.paths.matching("**/*.py")
    assert state(tmp_path) == before


def test_the_comparison_above_can_fail(project: Path) -> None:
    before = state(project)
    os.utime(project / "README.md", (1, 1))
    assert state(project) != before
    before = state(project)
    pygit2.Repository(project).create_blob(b"one more object")
    assert state(project) != before
