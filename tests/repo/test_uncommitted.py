"""The tree of a checkout as it lies there; git says what it would commit."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from taskpar_ml.domain.taskset import Notice
from taskpar_ml.errors import MissingObjectError, RepositoryError
from taskpar_ml.repo import open_repository, uncommitted
from taskpar_ml.repo.checkouts import list_checkouts
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.scratch import scratch_repository
from taskpar_ml.repo.uncommitted import checkout_tree
from taskpar_ml.repo.worktree import read_checked_out
from tests.support.listing import state

Git = Callable[..., str]


def taken(root: Path) -> tuple[dict[str, str], set[str], list[Notice]]:
    """Return path to mode and content as seen, the paths that differ, and what was said."""
    repository = open_repository(root)
    checkout = list_checkouts(repository, place=str(root))[0][0]
    with scratch_repository(repository, place=str(root)) as scratch:
        reader = ObjectReader(scratch, place=str(root))
        tree = None if checkout.head is None else repository[checkout.head].tree_id.raw
        found = checkout_tree(checkout, scratch, reader, tree, place=str(root))
        listed = {}
        waiting = [("", found.tree)] if found.tree else []
        while waiting:
            prefix, oid = waiting.pop()
            for entry in scratch[oid.hex()] if oid else ():
                path = prefix + os.fsdecode(entry.raw_name)
                if entry.type_str == "tree":
                    waiting.append((f"{path}/", entry.id.raw))
                else:
                    listed[path] = f"{entry.filemode:o} {entry.id}"
    return listed, found.paths, found.notices


def would_be_committed(root: Path, git: Git) -> dict[str, str]:
    """Return the same as git has it, with an index and objects of its own."""
    copy = root.parent / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(root, copy, symlinks=True)
    git(copy, "add", "--all")
    told = git(copy, "ls-tree", "-r", "-z", git(copy, "write-tree")).split("\0")
    rows = (line.partition("\t") for line in told if line)
    return {path: f"{head.split()[0]} {head.split()[2]}" for head, _, path in rows}


def edit(root: Path) -> None:
    (root / "README.md").write_text("edited")


def delete(root: Path) -> None:
    (root / "src" / "a.py").unlink()


def untracked(root: Path) -> None:
    (root / "new" / "deep").mkdir(parents=True)
    (root / "new" / "deep" / "file").write_text("new")
    (root / os.fsdecode(b"caf\xe9")).write_text("odd")


def ignored(root: Path) -> None:
    (root / ".gitignore").write_text("*.log\n")
    (root / "noise.log").write_text("ignored")


def executable(root: Path) -> None:
    (root / "README.md").chmod(0o755)


def linked(root: Path) -> None:
    (root / "README.md").unlink()
    (root / "README.md").symlink_to("/etc/passwd")
    (root / "dangling").symlink_to("nowhere")


def directory_to_file(root: Path) -> None:
    shutil.rmtree(root / "src")
    (root / "src").write_text("a file now")


def directory_to_link(root: Path) -> None:
    (root.parent / "outside" / "api").mkdir(parents=True)
    (root.parent / "outside" / "a.py").write_text("secret")
    shutil.rmtree(root / "src")
    (root / "src").symlink_to(root.parent / "outside")


def file_to_directory(root: Path) -> None:
    (root / "old.txt").unlink()
    (root / "old.txt").mkdir()
    (root / "old.txt" / "inner").write_text("below")


def empty(root: Path) -> None:
    for path in ("README.md", "old.txt"):
        (root / path).unlink()
    shutil.rmtree(root / "src")


def same_size_same_time(root: Path) -> None:
    status = (root / "README.md").stat()
    (root / "README.md").write_text("eerht")
    os.utime(root / "README.md", ns=(status.st_atime_ns, status.st_mtime_ns))


def nothing(root: Path) -> None:
    os.utime(root / "README.md", (1, 1))


DEEDS = [
    *(edit, delete, untracked, ignored, executable, linked, directory_to_file),
    *(directory_to_link, file_to_directory, empty, same_size_same_time, nothing),
]


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("staged", [False, True])
def test_it_is_what_git_would_commit(project: Path, git: Git, deed, staged: bool) -> None:
    deed(project)
    if staged:
        git(project, "add", "--all")
    expected = would_be_committed(project, git)
    before = state(project)
    found, _, notices = taken(project)
    assert found == expected
    assert notices == []
    assert state(project) == before


def test_what_differs_from_the_commit_is_counted_once(project: Path, git: Git) -> None:
    edit(project)
    git(project, "add", "README.md")
    (project / "README.md").write_text("edited again")
    (project / "staged").write_text("x")
    git(project, "add", "staged")
    (project / "staged").unlink()
    untracked(project)
    assert taken(project)[1] == {"README.md", "new/deep/file", "caf\udce9"}


def test_staged_and_undone_again_is_no_difference(project: Path, git: Git) -> None:
    text = (project / "README.md").read_text()
    edit(project)
    git(project, "add", "README.md")
    (project / "README.md").write_text(text)
    assert taken(project)[1] == set()


@pytest.mark.parametrize("setting", [("core.autocrlf", "true"), ("core.autocrlf", "input"), None])
@pytest.mark.parametrize("rule", ["", "*.md text\n", "*.md text eol=crlf\n", "*.md -text\n"])
def test_line_ends_are_those_that_git_would_commit(project, git, setting, rule) -> None:
    if setting is not None:
        git(project, "config", *setting)
    (project / ".gitattributes").write_text(rule)
    (project / "README.md").write_bytes(b"one\r\ntwo\r\n")
    (project / "new.md").write_bytes(b"new\r\n")
    (project / "binary.md").write_bytes(b"\0\r\n")
    (project / "empty.md").write_bytes(b"")
    (project / "mixed.md").write_bytes(b"one\r\ntwo\n\r")
    assert taken(project)[0] == would_be_committed(project, git)


def test_modes_are_not_believed_where_the_file_system_has_none(project: Path, git: Git) -> None:
    git(project, "config", "core.fileMode", "false")
    executable(project)
    (project / "new").write_text("new")
    (project / "new").chmod(0o755)
    assert taken(project)[0] == would_be_committed(project, git)


def test_intended_files_count_as_they_lie_there(project: Path, git: Git) -> None:
    (project / "intended").write_text("content")
    git(project, "add", "--intent-to-add", "intended")
    assert taken(project)[0] == would_be_committed(project, git)


def test_submodules_keep_the_recorded_commit_and_inner_repositories_are_left_out(
    project: Path, tmp_path: Path, git: Git
) -> None:
    git(tmp_path, "clone", "-q", str(project), "other")
    git(project, "submodule", "add", "-q", str(tmp_path / "other"), "lib")
    git(project, "commit", "-q", "-m", "submodule")
    recorded = would_be_committed(project, git)["lib"]
    git(project / "lib", "commit", "-q", "--allow-empty", "-m", "moved on")
    (project / "lib" / "untracked").write_text("x")
    git(project, "clone", "-q", str(tmp_path / "other"), "inner")
    found, paths, _ = taken(project)
    assert found["lib"] == recorded
    assert paths == set()


def test_a_merge_under_way_is_taken_as_it_lies_there(project: Path, git: Git) -> None:
    git(project, "checkout", "-q", "-b", "side", "HEAD~1")
    (project / "README.md").write_text("side")
    git(project, "rm", "-q", "old.txt")
    git(project, "commit", "-q", "-a", "-m", "side")
    git(project, "checkout", "-q", "main")
    (project / "old.txt").write_text("modified")
    git(project, "commit", "-q", "-a", "-m", "modify")
    git(project, "merge", "-q", "side", codes=(1,))
    (project / "old.txt").unlink()
    found, paths, notices = taken(project)
    assert found == would_be_committed(project, git)
    assert paths == {"README.md", "old.txt"}
    (notice,) = notices
    assert "unresolved conflicts" in notice.text
    assert "README.md, old.txt" in notice.text


def test_before_the_first_commit_everything_is_new(tmp_path: Path, git: Git) -> None:
    git(tmp_path, "init", "-q", "young")
    (tmp_path / "young" / "a").write_text("a")
    (tmp_path / "young" / "b").write_text("b")
    git(tmp_path / "young", "add", "a")
    found, paths, _ = taken(tmp_path / "young")
    assert set(found) == paths == {"a", "b"}


def test_a_sparse_checkout_keeps_what_it_leaves_out(project: Path, git: Git) -> None:
    git(project, "sparse-checkout", "set", "--no-cone", "/README.md")
    edit(project)
    found, paths, _ = taken(project)
    assert "src/a.py" in found
    assert paths == {"README.md"}


@pytest.mark.parametrize("bound", ["MAX_FILE_BYTES", "MAX_CHECKOUT_BYTES"])
def test_a_file_too_large_counts_as_changed_and_binary(project, monkeypatch, bound) -> None:
    monkeypatch.setattr(uncommitted, bound, 4)
    (project / "large").write_text("12345")
    (project / "small").write_text("1234")
    found, paths, (notice,) = taken(project)
    assert paths == {"large", "small"}
    assert "too large" in notice.text
    assert notice.text.endswith(": large.")
    assert found["small"] != found["large"]


def test_a_file_that_may_not_be_read_is_no_deletion(project: Path, monkeypatch) -> None:
    edit(project)
    monkeypatch.setattr(uncommitted, "read_with_mode", lambda *_, **__: None)
    found, paths, (notice,) = taken(project)
    assert "README.md" in found
    assert paths == {"README.md"}
    assert "not allowed to be read" in notice.text


def test_a_filter_is_said_and_not_run(project: Path, git: Git, tmp_path: Path) -> None:
    git(project, "config", "filter.evil.clean", f"touch {tmp_path}/run")
    (project / ".gitattributes").write_text("*.md filter=evil\n")
    edit(project)
    _, paths, (notice,) = taken(project)
    assert paths == {".gitattributes", "README.md"}
    assert "a filter that is not run" in notice.text
    assert not (tmp_path / "run").exists()


def test_an_index_that_cannot_be_read_is_an_error_with_a_cure(project: Path) -> None:
    (project / ".git" / "index").write_bytes(b"damaged")
    with pytest.raises(RepositoryError, match=r"cannot be listed.*without --worktrees"):
        taken(project)


def test_a_commit_whose_tree_is_missing_is_an_error_that_says_so(project: Path, git: Git) -> None:
    edit(project)
    tree = git(project, "rev-parse", "HEAD^{tree}")
    (project / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    with pytest.raises(MissingObjectError, match=f"object .*{tree}.* is missing"):
        taken(project)


@pytest.mark.parametrize("path", ["../secret", "src/../../secret", "/etc/hostname", ""])
def test_no_path_leads_out_of_the_checkout(project: Path, path: str) -> None:
    (project.parent / "secret").write_text("secret")
    assert read_checked_out(str(project), path, limit=100) is None


@pytest.mark.parametrize("stage", [0, 1, 2, 3])
def test_an_index_cannot_lead_out_of_the_checkout(project: Path, git: Git, stage: int) -> None:
    (project.parent / "secret").write_text("secret")
    blob = git(project, "hash-object", "-w", "README.md")
    git(project, "update-index", "--index-info", stdin=f"100644 {blob} {stage}\t!!/secret\n")
    # Same length, and still the first by name.
    index = project / ".git" / "index"
    raw = index.read_bytes()[:-20].replace(b"!!/secret", b"../secret")
    index.write_bytes(raw + hashlib.sha1(raw).digest())
    secret = git(project, "hash-object", str(project.parent / "secret"))
    with contextlib.suppress(RepositoryError):
        assert not any(secret in held for held in taken(project)[0].values())
