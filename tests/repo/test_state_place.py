"""Which directory holds the state of a repository, and which must not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from taskpar_ml import state as state_module
from taskpar_ml.errors import OutputError, SettingsError
from taskpar_ml.repo.git import common_directory, open_repository
from taskpar_ml.repo.state_place import find_state
from taskpar_ml.starting import start_project
from taskpar_ml.state import State, of_user

Git = Callable[..., str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(state_module, "user_state_path", lambda name: tmp_path / "home" / name)
    return tmp_path / "home"


def found(place: Path, chosen: Path | None = None) -> State:
    return find_state(open_repository(place), chosen=chosen)


def users(root: Path) -> Path:
    return of_user(root.resolve() / ".git")


def test_state_is_the_users_until_init_makes_room(project: Path) -> None:
    assert found(project / "src").directory == users(project)
    assert not (project / ".taskpar").exists()
    start_project(project)
    assert found(project / "src").directory == project / ".taskpar"
    assert (project / ".taskpar").stat().st_mode & 0o777 == 0o700


def test_all_worktrees_share_one(project: Path, tmp_path: Path, git: Git) -> None:
    git(project, "worktree", "add", "-q", "--detach", str(tmp_path / "linked"))
    assert found(tmp_path / "linked").directory == users(project)
    start_project(tmp_path / "linked")
    assert found(tmp_path / "linked").directory == project / ".taskpar"


def test_a_link_to_a_repository_is_that_repository(project: Path, tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(project)
    assert found(tmp_path / "alias").directory == users(project)


def test_git_directories_of_other_names_have_none_beside_them(
    project: Path, tmp_path: Path, git: Git
) -> None:
    (tmp_path / ".taskpar").mkdir()
    git(tmp_path, "clone", "-q", "--bare", str(project), "bare.git")
    git(tmp_path, "clone", "-q", "--separate-git-dir", "apart", str(project), "checkout")
    git(project, "submodule", "add", "-q", str(tmp_path / "bare.git"), "lib")
    for place, common in (
        ("bare.git", "bare.git"),
        ("checkout", "apart"),
        ("project/lib", "project/.git/modules/lib"),
    ):
        assert common_directory(open_repository(tmp_path / place)) == tmp_path / common
        assert found(tmp_path / place).directory == of_user(tmp_path / common)
    start_project(tmp_path / "checkout")
    assert found(tmp_path / "checkout").directory == of_user(tmp_path / "apart")


# What must not be used.


def check_refused(project: Path, reason: str) -> None:
    state = found(project)
    assert state.directory == users(project)
    (notice,) = state.notices
    assert notice.place == str(project / ".taskpar")
    assert f"it is not used, because {reason}; state is kept in {users(project)}." in notice.text
    with pytest.raises(OutputError, match=reason):
        start_project(project)
    assert not (project / "tasks.yaml").exists()


TRACKED = "git tracks it: it came with the repository"


@pytest.mark.parametrize("name", [".taskpar/facts.sqlite", ".taskpar/arrays/a/b/c.npy"])
def test_what_git_tracks_came_with_the_repository(project: Path, git: Git, name: str) -> None:
    (project / name).parent.mkdir(parents=True)
    (project / name).write_text("planted", encoding="utf-8")
    assert found(project).directory == project / ".taskpar"
    git(project, "add", "-f", name)
    check_refused(project, TRACKED)
    git(project, "commit", "-q", "-m", "planted")
    check_refused(project, TRACKED)
    # What the commit holds counts though the index has forgotten it, and in any case.
    git(project, "rm", "-q", "-r", "--cached", ".taskpar")
    check_refused(project, TRACKED)
    git(project, "commit", "-q", "-m", "removed")
    assert found(project).directory == project / ".taskpar"


def test_upper_case_is_one_directory_on_some_disks(project: Path, git: Git) -> None:
    (project / ".TASKPAR").mkdir()
    (project / ".TASKPAR" / "x").write_text("planted", encoding="utf-8")
    git(project, "config", "core.ignorecase", "true")
    (project / ".taskpar").mkdir()
    git(project, "add", "-f", ".TASKPAR/x")
    check_refused(project, TRACKED)


def test_the_checkout_beside_the_directory_is_asked_not_the_linked_one(
    project: Path, tmp_path: Path, git: Git
) -> None:
    git(project, "worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    (project / ".taskpar").mkdir()
    (project / ".taskpar" / "x").write_text("planted", encoding="utf-8")
    git(project, "add", "-f", ".taskpar/x")
    assert found(tmp_path / "linked").directory == users(project)
    git(project, "rm", "-q", "-r", "--cached", ".taskpar")
    (tmp_path / "linked" / ".taskpar").mkdir()
    (tmp_path / "linked" / ".taskpar" / "x").write_text("mine", encoding="utf-8")
    git(tmp_path / "linked", "add", "-f", ".taskpar/x")
    assert found(tmp_path / "linked").directory == project / ".taskpar"


def test_a_repository_inside_that_came_as_files_cannot_bring_state(
    project: Path, tmp_path: Path, git: Git
) -> None:
    """A bare repository can be tracked file by file, and state beside it with it."""
    git(project, "clone", "-q", "--bare", str(project), "docs/inner")
    (project / "docs" / ".taskpar").mkdir()
    git(project, "add", "-f", "docs")
    state = found(project / "docs" / "inner")
    assert state.directory == of_user(project / "docs" / "inner")


def test_a_link_is_not_followed(project: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (project / ".taskpar").symlink_to(tmp_path / "elsewhere")
    check_refused(project, "it is a symbolic link")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_file_is_no_directory(project: Path) -> None:
    (project / ".taskpar").write_text("x", encoding="utf-8")
    check_refused(project, "it is no directory")


def test_others_must_not_be_able_to_write(project: Path) -> None:
    (project / ".taskpar").mkdir()
    (project / ".taskpar").chmod(0o777)
    check_refused(project, "everybody may write there")


def test_an_index_that_cannot_be_read_may_hold_anything(project: Path) -> None:
    (project / ".taskpar").mkdir()
    (project / ".git" / "index").write_bytes(b"damaged")
    check_refused(project, TRACKED)


def test_before_the_first_commit(tmp_path: Path, git: Git) -> None:
    git(tmp_path, "init", "-q", "young")
    start_project(tmp_path / "young")
    assert found(tmp_path / "young").directory == tmp_path / "young" / ".taskpar"


# A chosen directory.


def test_a_chosen_directory_is_made_and_wins(project: Path, tmp_path: Path) -> None:
    start_project(project)
    assert found(project, tmp_path / "a" / "b").directory == tmp_path / "a" / "b"
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert found(project, tmp_path / "link").directory == tmp_path / "a"


def test_a_chosen_directory_may_be_relative(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert found(project, Path("here")).directory == tmp_path / "here"


def test_a_chosen_place_that_cannot_be_is_an_error(project: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"--state or TASKPAR_STATE: .*it is no directory\."):
        found(project, tmp_path / "file")
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    with pytest.raises(SettingsError, match=r"everybody may write there\."):
        found(project, tmp_path / "open")


def test_a_chosen_place_that_cannot_be_made_is_said(project: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    state = found(project, tmp_path / "file" / "below")
    assert state.directory is None
    assert "nothing is remembered between commands: Not a directory" in state.notices[0].text
