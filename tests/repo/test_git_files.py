"""Small files of a git directory: read if they are files, and never waited for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from taskpar_ml.errors import RepositoryError
from taskpar_ml.history.view import HistoryView
from taskpar_ml.repo import git_files, open_repository
from taskpar_ml.repo.checkouts import list_checkouts
from taskpar_ml.repo.git import common_directory
from taskpar_ml.repo.git_files import GRAFTS, SHALLOW, read_bending, read_regular
from taskpar_ml.repo.scratch import scratch_repository
from tests.conftest import Git

Put = Callable[[Path], None]

NO_FILES = pytest.mark.parametrize(
    "put",
    [
        pytest.param(os.mkfifo, id="pipe"),
        pytest.param(lambda path: path.symlink_to("/dev/zero"), id="device"),
        pytest.param(lambda path: path.symlink_to(path), id="endless-link"),
        pytest.param(Path.mkdir, id="directory"),
    ],
)


def test_no_more_than_the_first_bytes_are_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    (tmp_path / "link").symlink_to("file")
    assert read_regular(tmp_path / "file", limit=3) == b"123"
    assert read_regular(tmp_path / "link", limit=9) == b"12345"


@NO_FILES
def test_what_is_no_file_is_nothing_to_read(tmp_path: Path, put: Put) -> None:
    put(tmp_path / "x")
    assert read_regular(tmp_path / "x", limit=9) is None
    assert read_bending(tmp_path, "x", place=".") is None


@pytest.mark.parametrize("name", ["absent", "absent/below", "nul\0"])
def test_a_file_that_is_not_there_is_nothing_to_read(tmp_path: Path, name: str) -> None:
    assert read_regular(tmp_path / name, limit=9) is None


def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    found = os.stat(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.setattr(git_files.os, "stat", lambda path: found)
    assert read_regular(tmp_path / "pipe", limit=9) == b""


@NO_FILES
def test_a_pointer_that_is_no_file_points_nowhere(project: Path, git: Git, put: Put) -> None:
    git(project, "worktree", "add", "-q", "../other", "-b", "other")
    pointer = project / ".git" / "worktrees" / "other" / "gitdir"
    pointer.unlink()
    put(pointer)
    put(project / ".git" / "commondir")
    repository = open_repository(project)
    assert common_directory(repository) == project / ".git"
    checkouts, (notice,) = list_checkouts(repository, place="here")
    assert [Path(each.root) for each in checkouts] == [project]
    assert "worktree other: its directory is gone" in str(notice)


@pytest.mark.parametrize("name", [SHALLOW, GRAFTS])
def test_history_that_is_bent_beyond_all_bounds_is_refused(
    project: Path, git: Git, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (project / ".git" / name).write_text(git(project, "rev-parse", "HEAD") + "\n")
    repository = open_repository(project)
    monkeypatch.setattr(git_files, "MAX_BENDING_BYTES", 40)
    with pytest.raises(RepositoryError, match=rf"here: .*{name} is larger than .*Clone"):
        read_bending(project / ".git", name, place="here")
    with pytest.raises(RepositoryError, match=f"{name} is larger"):
        HistoryView.at(project, "HEAD")
    with (
        pytest.raises(RepositoryError, match=f"{name} is larger"),
        scratch_repository(repository, place="here"),
    ):
        pass
