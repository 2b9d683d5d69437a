"""Shallow, partial, grafted and damaged clones: read what is there, tell what is not."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest

from taskpar_ml.errors import RepositoryError
from taskpar_ml.repo import RepoSnapshot

Git = Callable[..., str]


def texts(snapshot: RepoSnapshot) -> str:
    return "\n".join(map(str, snapshot.lacks))


@pytest.fixture
def clone(project: Path, tmp_path: Path, git: Git) -> Callable[..., Path]:
    git(project, "config", "uploadpack.allowFilter", "true")

    def make(*options: str) -> Path:
        git(tmp_path, "clone", "-q", *options, project.as_uri(), "clone")
        return tmp_path / "clone"

    return make


def test_a_shallow_clone_ends_where_it_was_cut(clone: Callable[..., Path], git: Git) -> None:
    root = clone("--depth", "2")
    snapshot = RepoSnapshot.at(root)
    assert snapshot.read("old.txt", limit=10) == b"old"
    assert len(snapshot.lacks) == 1
    assert "shallow" in texts(snapshot)
    # The cure that is named cures.
    git(root, "fetch", "-q", "--unshallow")
    healed = RepoSnapshot.at(root)
    assert healed.lacks == ()


def test_a_clone_without_contents_knows_the_names(clone: Callable[..., Path], git: Git) -> None:
    root = clone("--filter=blob:none", "--no-checkout")
    snapshot = RepoSnapshot.at(root)
    assert "src/api/b.py" in snapshot.paths
    assert snapshot.read("src/api/b.py", limit=10) is None
    assert len(snapshot.lacks) == 1
    assert "partial (blob:none)" in texts(snapshot)
    git(root, "fetch", "-q", "--refetch", "--no-filter")
    assert RepoSnapshot.at(root).read("src/api/b.py", limit=5) == b"b = 1"


def test_a_clone_without_trees_says_how_many_directories_it_lacks(
    clone: Callable[..., Path], git: Git
) -> None:
    root = clone("--filter=tree:0", "--no-checkout")
    snapshot = RepoSnapshot.at(root)
    assert len(snapshot.paths) == 0
    assert len(snapshot.lacks) == 2
    assert "1 directory cannot be read" in texts(snapshot)
    assert "git fetch --refetch --no-filter" in texts(snapshot)
    git(root, "fetch", "-q", "--refetch", "--no-filter")
    healed = RepoSnapshot.at(root)
    assert "src/api/b.py" in healed.paths
    assert "cannot be read" not in texts(healed)


def test_a_clone_to_some_depth_of_trees(clone: Callable[..., Path]) -> None:
    snapshot = RepoSnapshot.at(clone("--filter=tree:1", "--no-checkout"))
    assert snapshot.paths.paths == ("README.md", "old.txt")
    assert "1 directory cannot be read" in texts(snapshot)


def test_nothing_is_fetched(clone: Callable[..., Path], project: Path) -> None:
    root = clone("--filter=blob:none", "--no-checkout")
    before = sorted((root / ".git" / "objects").rglob("*"))
    snapshot = RepoSnapshot.at(root)
    assert all(snapshot.read(path, limit=10) is None for path in snapshot.paths.paths)
    assert sorted((root / ".git" / "objects").rglob("*")) == before


def test_a_partial_clone_that_names_its_remote_by_extension(
    clone: Callable[..., Path], git: Git
) -> None:
    root = clone("--filter=blob:none", "--no-checkout")
    git(root, "config", "extensions.partialClone", "origin")
    assert "partial (blob:none)" in texts(RepoSnapshot.at(root))
    git(root, "config", "--unset", "remote.origin.promisor")
    assert "partial" in texts(RepoSnapshot.at(root))


def test_a_replaced_commit_is_read_as_git_reads_it(project: Path, git: Git) -> None:
    git(project, "replace", "--graft", "HEAD", "HEAD~2")
    snapshot = RepoSnapshot.at(project)
    assert git(project, "log", "--format=%s").split("\n") == ["commit 3", "commit 1"]
    assert snapshot.commit == git(project, "rev-parse", "HEAD")
    assert len(snapshot.lacks) == 1
    assert "grafted" in texts(snapshot)


def test_replaced_trees_and_files_are_followed(project: Path, git: Git) -> None:
    blob = git(project, "hash-object", "-w", "--stdin", stdin="replaced")
    git(project, "replace", git(project, "rev-parse", "HEAD:README.md"), blob)
    git(
        project,
        "replace",
        "-f",
        git(project, "rev-parse", "HEAD:src"),
        git(project, "rev-parse", "HEAD:src/api/v1"),
    )
    snapshot = RepoSnapshot.at(project)
    assert snapshot.read("README.md", limit=20) == b"replaced"
    assert snapshot.paths.paths == ("README.md", "old.txt", "src/c.py")


def test_a_graft_file_is_followed(project: Path, git: Git) -> None:
    head, first = git(project, "rev-parse", "HEAD", "HEAD~2").split("\n")
    (project / ".git" / "info" / "grafts").write_text(f"{head} {first}\n", encoding="ascii")
    snapshot = RepoSnapshot.at(project)
    assert "grafted" in texts(snapshot)


def test_replacements_in_a_circle_come_to_an_end(project: Path, git: Git) -> None:
    head, middle = git(project, "rev-parse", "HEAD", "HEAD~1").split("\n")
    replace = project / ".git" / "refs" / "replace"
    replace.mkdir()
    (replace / head).write_text(f"{middle}\n", encoding="ascii")
    (replace / middle).write_text(f"{head}\n", encoding="ascii")
    (replace / "not-an-id").write_text(f"{head}\n", encoding="ascii")
    assert RepoSnapshot.at(project).commit == head


def damage(root: Path, name: str, content: bytes | None) -> None:
    file = root / ".git" / "objects" / name[:2] / name[2:]
    if content is None:
        file.unlink()
    else:
        file.chmod(0o644)
        file.write_bytes(content)


@pytest.mark.parametrize("content", [None, b"", b"damaged", b"x\x9c" * 100])
def test_damaged_directories_are_skipped_and_counted(
    project: Path, git: Git, content: bytes | None
) -> None:
    damage(project, git(project, "rev-parse", "HEAD:src/api"), content)
    snapshot = RepoSnapshot.at(project)
    assert snapshot.paths.paths == ("README.md", "old.txt", "src/a.py")
    assert len(snapshot.lacks) == 1
    assert "1 directory cannot be read" in texts(snapshot)
    assert "git fsck" in texts(snapshot)


@pytest.mark.parametrize("content", [None, b"", b"damaged"])
def test_damaged_files_read_as_absent(project: Path, git: Git, content: bytes | None) -> None:
    damage(project, git(project, "rev-parse", "HEAD:src/a.py"), content)
    snapshot = RepoSnapshot.at(project)
    assert "src/a.py" in snapshot.paths
    assert snapshot.read("src/a.py", limit=10) is None
    assert snapshot.read("src/api/b.py", limit=10) == b"b = 1\n"


def test_a_file_whose_content_is_another_object_is_not_believed(project: Path, git: Git) -> None:
    """The id of an object is the hash of its content; a swapped content is damage."""
    victim = git(project, "rev-parse", "HEAD:src/a.py")
    other = git(project, "rev-parse", "HEAD:src/api/b.py")
    swapped = (project / ".git" / "objects" / other[:2] / other[2:]).read_bytes()
    damage(project, victim, swapped)
    assert RepoSnapshot.at(project).read("src/a.py", limit=10) is None


def test_a_packed_and_damaged_repository_ends_in_an_error_of_ours(project: Path, git: Git) -> None:
    git(project, "gc", "-q", "--prune=now")
    for pack in (project / ".git" / "objects" / "pack").glob("*.pack"):
        pack.chmod(0o644)
        content = bytearray(pack.read_bytes())
        content[12 : len(content) - 20] = bytes(len(content) - 32)
        pack.write_bytes(bytes(content))
    with pytest.raises(RepositoryError):
        RepoSnapshot.at(project)


@pytest.mark.parametrize("content", [b"garbage\n", b"\xff\xfe", b"ref: HEAD\n"])
def test_damaged_refs_end_in_an_error_of_ours(project: Path, content: bytes) -> None:
    (project / ".git" / "packed-refs").write_bytes(content)
    with pytest.raises(RepositoryError, match=r"cannot be listed.*git fsck"):
        RepoSnapshot.at(project)
    with pytest.raises(RepositoryError, match="'nowhere' does not exist"):
        RepoSnapshot.at(project, "nowhere")


DAMAGED_FILES = ["HEAD", "config", "shallow", "info/grafts", "index", "commondir", "packed-refs"]


@pytest.mark.parametrize("file", [*DAMAGED_FILES, "objects/info/alternates", "refs/heads/main"])
@pytest.mark.parametrize("content", [b"", b"garbage\n", b"\xff\xfe\0", b"ref: HEAD\n", None])
def test_damaged_files_of_git_never_end_in_an_error_of_another_kind(
    project: Path, file: str, content: bytes | None
) -> None:
    target = project / ".git" / file
    target.unlink(missing_ok=True)
    if content is None:
        target.mkdir(parents=True)
    else:
        target.write_bytes(content)
    for take in (RepoSnapshot.at, RepoSnapshot.of_working_tree):
        with contextlib.suppress(RepositoryError):
            snapshot = take(project)
            for path in snapshot.paths.paths:
                snapshot.read(path, limit=10)


def test_objects_borrowed_from_another_repository(project: Path, tmp_path: Path, git: Git) -> None:
    git(tmp_path, "clone", "-q", "--shared", str(project), "borrower")
    assert RepoSnapshot.at(tmp_path / "borrower").paths == RepoSnapshot.at(project).paths
