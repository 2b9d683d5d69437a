"""Ids of contents, and reading by them: at a commit, and in a checkout that differs from it."""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pygit2
import pytest

from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.repo import RepoSnapshot
from taskpar_ml.repo import sources as sources_module

Git = Callable[..., str]


def ids_of(snapshot: RepoSnapshot) -> Mapping[str, str]:
    return {path: identity.hex() for path, identity in snapshot.blob_ids().items()}


def tree_ids(root: Path, git: Git, revision: str = "HEAD") -> Mapping[str, str]:
    lines = git(root, "ls-tree", "-r", "--format=%(objectname) %(path)", revision).splitlines()
    return dict(reversed(line.split(" ", 1)) for line in lines)


def check_consistent(snapshot: RepoSnapshot) -> None:
    """Every id is that of its content, which can be read, and whose size is known."""
    assert snapshot.blob_ids()
    for path, identity in snapshot.blob_ids().items():
        content = snapshot.read_blob(identity, limit=1 << 20)
        assert content is not None
        assert pygit2.hash(content).raw == identity, path
        assert snapshot.blob_size(identity) == len(content)
        assert snapshot.read_blob(identity, limit=2) == content[:2]
        assert snapshot.read_blob(identity, limit=-1) == b""


def test_ids_at_a_commit_are_those_of_its_tree(project: Path, git: Git) -> None:
    for revision in ("HEAD", "HEAD~2"):
        snapshot = RepoSnapshot.at(project, revision)
        assert ids_of(snapshot) == tree_ids(project, git, revision)
        check_consistent(snapshot)
    # A copy has the id of the original.
    (project / "copy.py").write_text("a = 1\n", encoding="utf-8")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "copy")
    ids = RepoSnapshot.at(project).blob_ids()
    assert ids["copy.py"] == ids["src/a.py"]


def test_unknown_ids_have_no_content(project: Path, git: Git) -> None:
    tree = bytes.fromhex(git(project, "rev-parse", "HEAD^{tree}"))
    for snapshot in (RepoSnapshot.at(project), RepoSnapshot.of_working_tree(project)):
        for identity in (bytes(20), tree):
            assert snapshot.read_blob(identity, limit=10) is None
            assert snapshot.blob_size(identity) is None


def test_the_size_of_a_large_file_is_known_without_loading_it(project: Path, git: Git) -> None:
    (project / "large.bin").write_bytes(os.urandom(3 << 20))
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "large")
    snapshot = RepoSnapshot.at(project)
    identity = snapshot.blob_ids()["large.bin"]
    start = time.perf_counter()
    assert snapshot.blob_size(identity) == 3 << 20
    assert time.perf_counter() - start < 0.02


def test_submodules_have_none_and_links_have_that_of_their_path(
    project: Path, tmp_path: Path, git: Git
) -> None:
    git(tmp_path, "clone", "-q", str(project), "other")
    git(project, "submodule", "add", "-q", str(tmp_path / "other"), "lib")
    (project / "link").symlink_to("README.md")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "more")
    for snapshot in (RepoSnapshot.at(project), RepoSnapshot.of_working_tree(project)):
        assert "lib" not in snapshot.blob_ids()
        identity = snapshot.blob_ids()["link"]
        assert snapshot.read_blob(identity, limit=100) == b"README.md"


def test_a_replaced_object_has_the_id_of_its_replacement(project: Path, git: Git) -> None:
    other = git(project, "hash-object", "-w", "--stdin", stdin="other")
    git(project, "replace", git(project, "rev-parse", "HEAD:src/a.py"), other)
    for snapshot in (RepoSnapshot.at(project), RepoSnapshot.of_working_tree(project)):
        assert ids_of(snapshot)["src/a.py"] == other
        assert snapshot.read_blob(bytes.fromhex(other), limit=10) == b"other"


def test_an_object_whose_content_is_not_that_of_its_id_is_not_read(project: Path) -> None:
    """Facts are kept by id: a forged object must not speak for the true one."""
    snapshot = RepoSnapshot.at(project)
    identity = snapshot.blob_ids()["src/a.py"]
    name = identity.hex()
    loose = project / ".git" / "objects" / name[:2] / name[2:]
    loose.chmod(0o600)
    loose.write_bytes(zlib.compress(b"blob 6\0a = 2\n"))
    assert RepoSnapshot.at(project).read_blob(identity, limit=10) is None


# Checkouts.


def test_an_untouched_checkout_has_the_ids_of_the_commit(project: Path, git: Git) -> None:
    (project / "untouched.txt").write_text("same\n", encoding="utf-8")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "same")
    os.utime(project / "untouched.txt", (1, 1))  # older, yet the same
    snapshot = RepoSnapshot.of_working_tree(project)
    assert ids_of(snapshot) == tree_ids(project, git)
    check_consistent(snapshot)


def test_changed_files_have_the_ids_of_what_lies_there(project: Path, git: Git) -> None:
    (project / "README.md").write_text("eerht", encoding="utf-8")  # of the same length
    (project / "src" / "a.py").unlink()
    (project / "src" / "a.py").symlink_to("api/b.py")
    (project / "old.txt").unlink()
    (project / "new").write_text("new", encoding="utf-8")
    (project / "staged").write_text("staged", encoding="utf-8")
    git(project, "add", "staged")
    (project / "staged").write_text("changed after", encoding="utf-8")
    (project / "promised").write_text("content", encoding="utf-8")
    git(project, "add", "-N", "promised")
    snapshot = RepoSnapshot.of_working_tree(project)
    expected = {
        path: git(project, "hash-object", "--stdin", stdin=content)
        for path, content in {
            "README.md": "eerht",
            "new": "new",
            "staged": "changed after",
            "promised": "content",
            "src/a.py": "api/b.py",
            "src/api/b.py": "b = 1\n",
            "src/api/v1/c.py": "c = 1\n",
        }.items()
    }
    assert ids_of(snapshot) == expected
    check_consistent(snapshot)


def test_a_file_in_conflict_has_the_id_of_what_lies_there(project: Path, git: Git) -> None:
    git(project, "checkout", "-q", "-b", "side", "HEAD~1")
    (project / "README.md").write_text("side", encoding="utf-8")
    git(project, "commit", "-q", "-a", "-m", "side")
    git(project, "merge", "-q", "main", codes=(1,))
    snapshot = RepoSnapshot.of_working_tree(project)
    content = snapshot.read_blob(snapshot.blob_ids()["README.md"], limit=1000)
    assert content is not None
    assert b"<<<<<<<" in content


def test_a_file_that_changes_after_its_id_was_computed_is_not_taken_for_it(project: Path) -> None:
    (project / "new").write_text("new", encoding="utf-8")
    snapshot = RepoSnapshot.of_working_tree(project)
    identity = snapshot.blob_ids()["new"]
    (project / "new").write_text("newer", encoding="utf-8")
    assert snapshot.read_blob(identity, limit=10) is None
    assert snapshot.blob_ids()["new"] == identity
    (project / "new").unlink()
    assert snapshot.read_blob(identity, limit=10) is None


def test_converted_line_ends_are_no_change_and_are_read_as_recorded(
    project: Path, git: Git
) -> None:
    (project / ".gitattributes").write_text("*.txt text eol=crlf\n", encoding="utf-8")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "ends")
    (project / "old.txt").unlink()
    (project / "windows.txt").write_bytes(b"1\r\n2\r\n")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "windows")
    (project / "windows.txt").unlink()
    git(project, "checkout", "-q", "windows.txt")
    snapshot = RepoSnapshot.of_working_tree(project)
    assert snapshot.read("windows.txt", limit=100) == b"1\r\n2\r\n"
    assert snapshot.read_blob(snapshot.blob_ids()["windows.txt"], limit=100) == b"1\n2\n"


def test_sparse_deleted_and_unreadable_files_have_none(project: Path, git: Git) -> None:
    git(project, "sparse-checkout", "set", "--no-cone", "/README.md")
    (project / "pipe").write_text("x", encoding="utf-8")
    git(project, "add", "--sparse", "pipe")
    (project / "pipe").unlink()
    os.mkfifo(project / "pipe")
    snapshot = RepoSnapshot.of_working_tree(project)
    assert "src/a.py" in snapshot.paths
    assert snapshot.blob_ids().keys() == {"README.md"}


def test_the_effort_is_bounded(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources_module, "MAX_HASHED_FILE", 10)
    (project / "a-long").write_bytes(b"x" * 11)
    (project / "b-short").write_bytes(b"x" * 10)
    (project / "c-short").write_bytes(b"y" * 10)
    assert {"b-short", "c-short"} == RepoSnapshot.of_working_tree(
        project
    ).blob_ids().keys() - RepoSnapshot.at(project).paths.paths
    monkeypatch.setattr(sources_module, "MAX_HASHED", 25)
    ids = RepoSnapshot.of_working_tree(project).blob_ids()
    assert "b-short" in ids
    assert "c-short" not in ids


def test_a_snapshot_carries_what_it_is_given_and_equals_one_without(project: Path) -> None:
    class Given:
        def get(self, kind: str, keys: object) -> dict[bytes, bytes]:
            return {}

        def put(self, kind: str, facts: object) -> None: ...

    given = Given()
    plain = RepoSnapshot.of_working_tree(project)
    assert plain.cache is NO_CACHE
    assert plain.arrays is None
    for snapshot in (
        RepoSnapshot.at(project, cache=given),
        RepoSnapshot.of_working_tree(project, cache=given),
    ):
        assert snapshot.cache is given
        assert "Given" not in repr(snapshot)
    assert RepoSnapshot.at(project, cache=given) == RepoSnapshot.at(project)
