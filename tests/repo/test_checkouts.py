"""The checkouts of a repository, and those that it only claims to have."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from taskpar_ml.repo import open_repository
from taskpar_ml.repo.checkouts import list_checkouts

Git = Callable[..., str]


@pytest.fixture
def linked(project: Path, tmp_path: Path, git: Git) -> Path:
    git(project, "worktree", "add", "-q", "-b", "topic", str(tmp_path / "linked"))
    return tmp_path / "linked"


def seen(place: Path) -> tuple[list[tuple[str, str | None]], list[str]]:
    found, notices = list_checkouts(open_repository(place), place="here")
    return [(each.root, each.branch) for each in found], [str(notice) for notice in notices]


@pytest.mark.parametrize("where", ["project", "project/src", "linked"])
def test_all_are_found_from_anywhere(project: Path, linked: Path, tmp_path: Path, where) -> None:
    found, notices = seen(tmp_path / where)
    assert found == [(str(project), "main"), (str(linked), "topic")]
    assert notices == []


def test_a_detached_head_is_on_no_branch(project: Path, tmp_path: Path, git: Git) -> None:
    git(project, "worktree", "add", "-q", "--detach", str(tmp_path / "d"), "HEAD~1")
    found, _ = list_checkouts(open_repository(project), place="here")
    assert found[1].branch is None
    assert str(found[1].head) == git(project, "rev-parse", "HEAD~1")


def test_a_bare_repository_has_linked_checkouts_only(project, tmp_path: Path, git: Git) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(project), "bare.git")
    assert seen(tmp_path / "bare.git") == ([], [])
    git(tmp_path / "bare.git", "worktree", "add", "-q", str(tmp_path / "main"), "main")
    assert seen(tmp_path / "bare.git")[0] == [(str(tmp_path / "main"), "main")]


@pytest.mark.parametrize("locked", [False, True])
def test_a_checkout_whose_directory_is_gone_is_said(project, linked, git, locked: bool) -> None:
    if locked:
        git(project, "worktree", "lock", str(linked))
    shutil.rmtree(linked)
    found, (notice,) = seen(project)
    assert [root for root, _ in found] == [str(project)]
    assert notice.startswith(f"here: worktree linked{' (locked)' if locked else ''}: {linked}")
    assert "is gone. `git worktree prune`" in notice


def test_a_directory_that_does_not_say_so_itself_is_not_believed(
    project: Path, linked: Path, tmp_path: Path, git: Git
) -> None:
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "secret").write_text("secret")
    (project / ".git" / "worktrees" / "linked" / "gitdir").write_text(f"{tmp_path}/private/.git\n")
    found, (notice,) = seen(project)
    assert [root for root, _ in found] == [str(project)]
    assert "private" in notice


def test_a_main_checkout_elsewhere_is_not_believed(project: Path, tmp_path: Path, git: Git) -> None:
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "secret").write_text("secret")
    git(project, "config", "core.worktree", str(tmp_path / "private"))
    found, (notice,) = seen(project)
    assert found == []
    assert notice.startswith("here: the main checkout: ")


def test_a_submodule_is_a_checkout_of_its_own(project: Path, tmp_path: Path, git: Git) -> None:
    git(tmp_path, "clone", "-q", str(project), "other")
    git(project, "submodule", "add", "-q", str(tmp_path / "other"), "lib")
    assert seen(project / "lib") == ([(str(project / "lib"), "main")], [])


def test_another_repository_is_not_believed(project, linked, tmp_path: Path, git: Git) -> None:
    git(tmp_path, "clone", "-q", str(project), "other")
    (project / ".git" / "worktrees" / "linked" / "gitdir").write_text(f"{tmp_path}/other/.git\n")
    found, (notice,) = seen(project)
    assert [root for root, _ in found] == [str(project)]
    assert "belongs to another repository" in notice


@pytest.mark.parametrize("content", [b"", b"\0", b"\xff\xfe\n", b"relative/.git\n", None])
def test_a_damaged_entry_is_said(project: Path, linked: Path, content: bytes | None) -> None:
    pointer = project / ".git" / "worktrees" / "linked" / "gitdir"
    pointer.unlink()
    if content is not None:
        pointer.write_bytes(content)
    found, notices = seen(project)
    assert [root for root, _ in found] == [str(project)]
    assert len(notices) == 1


def test_a_moved_main_checkout_is_found(project: Path, linked: Path, tmp_path: Path) -> None:
    project.rename(tmp_path / "moved")
    found, _ = seen(tmp_path / "moved")
    assert found[0] == (str(tmp_path / "moved"), "main")
