"""Opening repositories of every kind, and resolving friendly and hostile revisions."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pygit2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taskpar_ml.errors import (
    EmptyRepositoryError,
    MissingObjectError,
    NotARepositoryError,
    RepositoryError,
    UnknownRevisionError,
)
from taskpar_ml.repo import open_repository, resolve_commit

Git = Callable[..., str]


def test_a_subdirectory_opens_the_repository_around_it(project: Path) -> None:
    assert open_repository(project / "src" / "api").path == open_repository(project).path


def test_the_git_directory_itself_opens(project: Path) -> None:
    assert open_repository(str(project / ".git")).path == open_repository(project).path


def test_a_bare_repository_opens(project: Path, tmp_path: Path, git: Git) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(project), "bare.git")
    repository = open_repository(tmp_path / "bare.git")
    assert repository.is_bare
    assert str(resolve_commit(repository, "HEAD").id) == git(project, "rev-parse", "HEAD")


def test_a_linked_worktree_has_its_own_head(project: Path, tmp_path: Path, git: Git) -> None:
    git(project, "worktree", "add", "-q", "--detach", str(tmp_path / "linked"), "HEAD~1")
    linked = open_repository(tmp_path / "linked")
    assert str(resolve_commit(linked, "HEAD").id) == git(project, "rev-parse", "HEAD~1")
    # The file that points to the repository is no ordinary file.
    assert open_repository(tmp_path / "linked" / ".git").path == linked.path


@pytest.mark.parametrize(
    "extension",
    [
        "worktreeConfig",
        "relativeWorktrees",
        "preciousObjects",
        "partialClone",
        "compatObjectFormat",
    ],
)
def test_extensions_that_do_not_touch_reading_are_accepted(
    project: Path, git: Git, extension: str
) -> None:
    git(project, "config", "core.repositoryformatversion", "1")
    git(project, "config", f"extensions.{extension}", "true")
    assert resolve_commit(open_repository(project), "HEAD")


@pytest.mark.parametrize("extension", ["refStorage", "neverHeardOf"])
def test_other_extensions_are_refused_with_a_cure(project: Path, git: Git, extension: str) -> None:
    git(project, "config", "core.repositoryformatversion", "1")
    git(project, "config", f"extensions.{extension}", "reftable")
    with pytest.raises(NotARepositoryError, match=f"(?i)extensions.{extension}.*git clone"):
        open_repository(project)


def test_a_sha256_repository_is_refused_with_a_cure(tmp_path: Path, git: Git) -> None:
    git(tmp_path, "init", "-q", "--object-format=sha256", "long")
    with pytest.raises(NotARepositoryError, match=r"only SHA-1.*fast-export"):
        open_repository(tmp_path / "long")


def test_nothing_at_the_path(tmp_path: Path) -> None:
    with pytest.raises(NotARepositoryError, match="there is nothing at this path") as caught:
        open_repository(tmp_path / "absent")
    assert caught.value.place == str(tmp_path / "absent")


def test_a_directory_without_repository(tmp_path: Path) -> None:
    with pytest.raises(NotARepositoryError, match=r"no git repository here.*git init"):
        open_repository(tmp_path)


def test_a_file_does_not_stand_for_the_repository_around_it(project: Path) -> None:
    with pytest.raises(NotARepositoryError, match="the path is a file"):
        open_repository(project / "README.md")
    with pytest.raises(NotARepositoryError, match="the path is a file"):
        open_repository(project / ".git" / "config")


@pytest.mark.parametrize("path", ["", "a\0b", "x" * 5000, "\udc80"])
def test_hostile_paths(path: str) -> None:
    with pytest.raises(NotARepositoryError):
        open_repository(path)


def test_a_damaged_configuration(project: Path) -> None:
    (project / ".git" / "config").write_text("[core\n", encoding="utf-8")
    with pytest.raises(NotARepositoryError, match="cannot be opened"):
        open_repository(project)


def test_a_dot_git_file_that_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: ../nowhere\n", encoding="utf-8")
    with pytest.raises(NotARepositoryError):
        open_repository(tmp_path)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away"
)
def test_a_repository_of_another_user_is_refused_with_a_cure(project: Path) -> None:
    for directory, _, names in os.walk(project):
        for name in [".", *names]:
            os.chown(Path(directory) / name, 12345, 12345)
    with pytest.raises(NotARepositoryError, match=r"another user.*safe\.directory") as caught:
        open_repository(project)
    assert str(project) in caught.value.cure


def test_an_empty_repository_says_what_to_do(tmp_path: Path, git: Git) -> None:
    git(tmp_path, "init", "-q", "empty")
    repository = open_repository(tmp_path / "empty")
    for revision in ("HEAD", "main", "0" * 40):
        with pytest.raises(EmptyRepositoryError, match="Commit something"):
            resolve_commit(repository, revision, place="empty")


def test_an_unborn_head_beside_other_branches_names_them(project: Path, git: Git) -> None:
    git(project, "symbolic-ref", "HEAD", "refs/heads/unborn")
    with pytest.raises(UnknownRevisionError, match=r"no commit.*main"):
        resolve_commit(open_repository(project), "HEAD")
    assert resolve_commit(open_repository(project), "main")


def test_what_git_understands_is_understood(project: Path, git: Git) -> None:
    git(project, "tag", "-a", "-m", "annotated", "v1", "HEAD~1")
    git(project, "tag", "-a", "-m", "of a tag", "v2", "v1")
    full = git(project, "rev-parse", "HEAD")
    repository = open_repository(project)
    for revision in (
        *("HEAD", "@", "main", "refs/heads/main", "v1", "v2", "HEAD~2", "HEAD^", "v1^{}"),
        *(full, full.upper(), full[:8], "HEAD@{0}", "HEAD@{1}", ":/commit 2", "HEAD^{/commit 1}"),
    ):
        expected = git(project, "rev-list", "-n1", revision)
        assert str(resolve_commit(repository, revision).id) == expected, revision


def test_a_full_id_is_an_id_even_where_a_branch_bears_it(project: Path, git: Git) -> None:
    older = git(project, "rev-parse", "HEAD~1")
    (project / ".git" / "refs" / "heads" / older).write_text(
        git(project, "rev-parse", "HEAD") + "\n", encoding="ascii"
    )
    assert str(resolve_commit(open_repository(project), older).id) == older


@pytest.mark.parametrize(
    ("revision", "problem"),
    [
        ("nowhere", r"'nowhere' does not exist. Known branches: main\."),
        ("0" * 40, "does not exist"),
        ("HEAD~3", "does not exist"),
        ("HEAD:README.md", "is a file, no commit"),
        ("HEAD:src", "is a tree, no commit"),
        ("HEAD^{tree}", "is a tree, no commit"),
        ("tag-of-file", "is a file, no commit"),
        ("b", "is ambiguous|does not exist"),
    ],
)
def test_what_is_no_commit_is_said_to_be_none(
    project: Path, git: Git, revision: str, problem: str
) -> None:
    git(project, "tag", "-a", "-m", "a file", "tag-of-file", "HEAD:README.md")
    with pytest.raises(UnknownRevisionError, match=problem):
        resolve_commit(open_repository(project), revision)


def test_an_ambiguous_beginning_of_an_id(project: Path) -> None:
    repository = open_repository(project)
    written = pygit2.Repository(str(project))
    seen: dict[str, None] = {}
    for number in range(100_000):
        start = str(written.create_blob(str(number).encode()))[:4]
        if start in seen:
            break
        seen[start] = None
    with pytest.raises(UnknownRevisionError, match=r"ambiguous.*more digits"):
        resolve_commit(repository, start)


HOSTILE = [
    *(
        "",
        "-",
        "--help",
        "-HEAD",
        "--upload-pack=touch x",
        " HEAD ",
        "HEAD\n",
        "a\tb",
        "HEAD\0",
        "\0",
    ),
    *("x" * 1025, "x" * 100_000, "HEAD" + "^" * 1000, "HEAD" + "~1" * 500, "HEAD~" + "9" * 30),
    *("@{", "@{}", "@{-1}", "@{upstream}", "@{push}", "@{99}", "HEAD@{" + "9" * 30 + "}"),
    *(":/", ":/(((((", ":/[", ":/" + "(" * 500 + ")" * 500, "HEAD^{/(x+x+)+y}", ":/(a*)*b", ":0:g"),
    *("HEAD..main", "HEAD...main", "^HEAD", "HEAD^@", "HEAD^!", "HEAD^{", "HEAD^{nope}", "HEAD^99"),
    *("../HEAD", "refs/../HEAD", "/etc/passwd", "\udc80", "\u202eHEAD", "é", "HEAD~-1", "HEAD:"),
    *("refs/heads/" + "a/" * 500, "[", "*", "main*", "ma?n", "$(id)", "`id`", "HEAD;id", "\ufeff"),
]


@pytest.mark.parametrize("revision", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_revisions_end_in_an_error_of_ours_or_a_commit(
    project: Path, revision: str
) -> None:
    problem = outcome(project, revision)
    assert problem is None or (problem.place == "here" and str(problem).isprintable())
    assert len(str(problem)) < 600


def outcome(project: Path, revision: str) -> UnknownRevisionError | None:
    try:
        commit = resolve_commit(open_repository(project), revision, place="here")
    except UnknownRevisionError as error:
        return error
    assert isinstance(commit, pygit2.Commit)
    return None


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=20) | st.text("HEAD@{}^~:/-.0129m\\", max_size=12))
def test_any_text_as_a_revision(project: Path, revision: str) -> None:
    outcome(project, revision)


def test_a_shallow_clone_says_that_its_history_was_cut(
    project: Path, tmp_path: Path, git: Git
) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", project.as_uri(), "shallow")
    for revision in ("HEAD~1", git(project, "rev-parse", "HEAD~1")):
        with pytest.raises(UnknownRevisionError, match=r"shallow.*git fetch --unshallow"):
            resolve_commit(open_repository(tmp_path / "shallow"), revision)


def test_a_branch_whose_commit_is_missing(project: Path, git: Git) -> None:
    name = git(project, "rev-parse", "HEAD")
    (project / ".git" / "objects" / name[:2] / name[2:]).unlink()
    for revision in ("HEAD", "main"):
        with pytest.raises(MissingObjectError, match=r"missing or damaged.*git fsck"):
            resolve_commit(open_repository(project), revision)


def test_a_commit_that_is_damaged(project: Path, git: Git) -> None:
    name = git(project, "rev-parse", "HEAD")
    file = project / ".git" / "objects" / name[:2] / name[2:]
    file.chmod(0o644)
    file.write_bytes(b"damaged")
    with pytest.raises(RepositoryError):
        resolve_commit(open_repository(project), "HEAD")
    with pytest.raises(RepositoryError):
        resolve_commit(open_repository(project), name)
