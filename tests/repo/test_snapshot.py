"""What a snapshot at a commit holds, reads and tells."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pygit2
import pytest

from taskpar_ml.errors import EmptyRepositoryError, RepositoryError, UnknownRevisionError
from taskpar_ml.repo import PathIndex, RepoSnapshot
from taskpar_ml.repo import listing as listing_module
from taskpar_ml.repo import objects as objects_module
from taskpar_ml.repo.git import open_repository
from taskpar_ml.repo.messages import message_of

Git = Callable[..., str]


def commit_tree(root: Path, git: Git, entries: dict[bytes, tuple[bytes, bytes]]) -> str:
    """Commit a tree of raw names, each with its mode and content, past all checks of git."""
    repository = pygit2.Repository(root)
    raw = b""
    for name in sorted(entries):
        mode, content = entries[name]
        target = content
        if mode != b"40000" and mode != b"160000":
            target = repository.create_blob(content).raw
        raw += mode + b" " + name + b"\0" + target
    tree = repository.odb.write(pygit2.enums.ObjectType.TREE, raw)
    return git(root, "commit-tree", "-m", "raw", str(tree))


def test_every_file_at_the_commit(project: Path, git: Git) -> None:
    snapshot = RepoSnapshot.at(project)
    assert snapshot.paths.paths == (
        "README.md",
        "old.txt",
        "src/a.py",
        "src/api/b.py",
        "src/api/v1/c.py",
    )
    assert snapshot.commit == git(project, "rev-parse", "HEAD")
    assert snapshot.repository == str(project)
    assert snapshot.submodules == frozenset()
    assert snapshot.lacks == ()


def test_an_earlier_commit_knows_nothing_of_what_came_later(project: Path) -> None:
    snapshot = RepoSnapshot.at(project, "HEAD~1")
    assert "src/api/v1/c.py" not in snapshot.paths
    assert snapshot.read("README.md", limit=10) == b"one"


def test_paths_are_those_of_the_whole_repository_from_anywhere_inside(project: Path) -> None:
    assert RepoSnapshot.at(project / "src" / "api").paths == RepoSnapshot.at(project).paths


def test_the_working_tree_and_the_index_do_not_matter(project: Path, git: Git) -> None:
    before = RepoSnapshot.at(project).paths
    (project / "untracked.txt").write_text("x", encoding="utf-8")
    (project / "README.md").write_text("changed", encoding="utf-8")
    (project / "src" / "a.py").unlink()
    git(project, "add", "untracked.txt")
    snapshot = RepoSnapshot.at(project)
    assert snapshot.paths == before
    assert snapshot.read("README.md", limit=10) == b"three"


def test_a_bare_repository_and_a_linked_worktree(project: Path, tmp_path: Path, git: Git) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(project), "bare.git")
    git(project, "worktree", "add", "-q", "--detach", str(tmp_path / "linked"), "HEAD~2")
    assert RepoSnapshot.at(tmp_path / "bare.git").paths == RepoSnapshot.at(project).paths
    assert RepoSnapshot.at(tmp_path / "linked").paths.paths == ("README.md", "old.txt")


def test_an_empty_repository_and_an_unknown_revision(project: Path, tmp_path: Path) -> None:
    pygit2.init_repository(tmp_path / "empty")
    with pytest.raises(EmptyRepositoryError) as caught:
        RepoSnapshot.at(tmp_path / "empty")
    assert caught.value.place == str(tmp_path / "empty")
    with pytest.raises(UnknownRevisionError, match="nowhere"):
        RepoSnapshot.at(project, "nowhere")


def test_an_empty_commit(new_repository: Callable[..., Path]) -> None:
    snapshot = RepoSnapshot.at(new_repository({}))
    assert len(snapshot.paths) == 0
    assert snapshot.paths.matching("**").tolist() == []


def test_reading(project: Path) -> None:
    snapshot = RepoSnapshot.at(project)
    assert snapshot.read("src/a.py", limit=100) == b"a = 1\n"
    assert snapshot.read("src/a.py", limit=3) == b"a ="
    assert snapshot.read("src/a.py", limit=0) == b""
    assert snapshot.read("src/a.py", limit=-1) == b""
    for absent in (
        "src",
        "src/",
        "nope",
        "",
        "/etc/passwd",
        "../project/README.md",
        "src//a.py",
        "a\0",
    ):
        assert snapshot.read(absent, limit=100) is None


def test_an_object_too_large_to_load_reads_as_absent(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects_module, "MAX_OBJECT_BYTES", 5)
    snapshot = RepoSnapshot.at(project)
    # The trees are larger than that as well.
    assert snapshot.paths.paths == ()
    assert "cannot be read" in str(snapshot.lacks[0])


def test_a_submodule_is_one_path_without_content(project: Path, tmp_path: Path, git: Git) -> None:
    git(tmp_path, "clone", "-q", str(project), "other")
    git(project, "submodule", "add", "-q", str(tmp_path / "other"), "vendor/lib")
    git(project, "commit", "-q", "-m", "submodule")
    snapshot = RepoSnapshot.at(project)
    assert snapshot.submodules == {"vendor/lib"}
    assert [path for path in snapshot.paths.paths if path.startswith("vendor")] == ["vendor/lib"]
    assert snapshot.read("vendor/lib", limit=100) is None
    assert snapshot.paths.matching("vendor/lib/").size == 1


def test_symbolic_links_are_files_even_in_a_circle(project: Path, git: Git) -> None:
    (project / "loop").symlink_to("loop")
    (project / "src" / "up").symlink_to("..")
    (project / "secret").symlink_to("/etc/passwd")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "links")
    snapshot = RepoSnapshot.at(project)
    assert {"loop", "src/up", "secret"} <= set(snapshot.paths.paths)
    assert snapshot.read("secret", limit=100) == b"/etc/passwd"
    assert snapshot.read("src/up/README.md", limit=100) is None


ODD_NAMES = [
    *("new\nline", "quo\"te's", "tab\t", "trailing ", " leading", "back\\slash", "äöü", "日本語"),
    *("star*", "[id]", "{a,b}", "-dash", "~", "x" * 255, "e\u0301", "a:b", "#hash", "!bang", "…"),
]


@pytest.mark.parametrize("name", ODD_NAMES, ids=range(len(ODD_NAMES)))
def test_odd_names(new_repository: Callable[..., Path], name: str) -> None:
    snapshot = RepoSnapshot.at(new_repository({f"dir/{name}": name, name: "root"}))
    assert set(snapshot.paths.paths) == {f"dir/{name}", name}
    assert snapshot.read(f"dir/{name}", limit=1000) == name.encode()
    assert name in snapshot.paths
    named = [snapshot.paths.paths[at] for at in snapshot.paths.matching(f"dir/{name}")]
    assert f"dir/{name}" in named


def test_names_that_are_not_utf8(new_repository: Callable[..., Path], git: Git) -> None:
    root = new_repository({"a": ""})
    raw = {b"caf\xe9.txt": (b"100644", b"latin"), b"\xff\xfe": (b"100644", b"bytes")}
    snapshot = RepoSnapshot.at(root, commit_tree(root, git, raw))
    assert set(snapshot.paths.paths) == {"caf\udce9.txt", "\udcff\udcfe"}
    assert {os.fsencode(path) for path in snapshot.paths.paths} == set(raw)
    assert snapshot.read("caf\udce9.txt", limit=100) == b"latin"
    assert snapshot.paths.matching("caf?.txt").size == 1


def test_names_that_no_checkout_can_hold_are_left_out_and_told(
    new_repository: Callable[..., Path], git: Git
) -> None:
    root = new_repository({"a": ""})
    names = (b"..", b".", b"good", b"a/b", b"y" * 4097, b"z" * 4096)
    raw = dict.fromkeys(names, (b"100644", b"x"))
    snapshot = RepoSnapshot.at(root, commit_tree(root, git, raw))
    assert snapshot.paths.paths == ("good", "z" * 4096)
    assert len(snapshot.lacks) == 1
    assert "4 entries cannot be checked out" in snapshot.lacks[0].text
    assert snapshot.lacks[0].place == str(root)


def test_a_tree_that_unfolds_to_billions_is_refused(
    new_repository: Callable[..., Path], git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing_module, "MAX_ENTRIES", 10_000)
    root = new_repository({"a": ""})
    repository = pygit2.Repository(root)
    identity, mode = repository.create_blob(b"boom").raw, b"100644"
    for _ in range(12):
        raw = b"".join(mode + b" d%d\0" % number + identity for number in range(10))
        tree = repository.odb.write(pygit2.enums.ObjectType.TREE, raw)
        identity, mode = tree.raw, b"40000"
    bomb = git(root, "commit-tree", "-m", "bomb", str(tree))
    with pytest.raises(RepositoryError, match="more than 10,000 files and directories"):
        RepoSnapshot.at(root, bomb)


def test_fifty_directories_deep(new_repository: Callable[..., Path]) -> None:
    path = "/".join(f"d{number}" for number in range(50)) + "/leaf.py"
    snapshot = RepoSnapshot.at(new_repository({path: "deep", "top.py": ""}))
    assert snapshot.read(path, limit=10) == b"deep"
    assert snapshot.paths.matching("**/leaf.py").tolist() == [0]
    assert snapshot.paths.matching("d0/*/d2/**/*.py").tolist() == [0]


def test_twenty_thousand_files(tmp_path: Path, git: Git) -> None:
    git(tmp_path, "init", "-q", "large")
    paths = [f"d{n % 40}/e{n % 400}/file{n}.py" for n in range(20_000)]
    lines = ["blob\nmark :1\ndata 1\nx\n", "commit refs/heads/main\n"]
    lines += ["committer A <a@example.org> 1700000000 +0000\ndata 1\nm\n"]
    lines += [f"M 100644 :1 {path}\n" for path in paths]
    git(tmp_path / "large", "fast-import", "--quiet", stdin="".join(lines))
    snapshot = RepoSnapshot.at(tmp_path / "large", "main")
    assert snapshot.paths.paths == tuple(sorted(paths))
    assert snapshot.paths.matching("d7/**/file7.py").size == 1
    assert snapshot.paths.matching("**/*7.py").size == 2000


def test_messages_are_decoded_as_the_commit_says(project: Path, git: Git) -> None:
    for encoding, raw in (
        ("iso-8859-1", b"caf\xe9"),
        ("", b"broken \xff"),
        ("no-such-encoding", "naïve".encode()),
        ("zlib", b"not a text encoding"),
        ("undefined", b"undefined"),
        ("", b""),
    ):
        header = f"tree {git(project, 'rev-parse', 'HEAD^{tree}')}\n"
        header += f"parent {git(project, 'rev-parse', 'HEAD')}\n"
        header += "author A <a@example.org> 1700000000 +0000\n"
        header += "committer A <a@example.org> 1700000000 +0000\n"
        header += f"encoding {encoding}\n" if encoding else ""
        # By hand, because git would repair the message.
        made = git(
            project,
            "hash-object",
            "-w",
            "-t",
            "commit",
            "--stdin",
            stdin=f"{header}\n".encode() + raw,
        )
        git(project, "update-ref", "HEAD", made)
    repository = open_repository(project)
    newest_first = repository.walk(repository.head.target)
    messages = [message_of(each).strip() for each, _ in zip(newest_first, range(6), strict=False)]
    assert messages[::-1] == [
        *("café", "broken \ufffd", "naïve", "not a text encoding", "undefined", ""),
    ]


def test_the_git_executable_is_never_run(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    monkeypatch.setattr(os, "system", refuse)
    monkeypatch.setenv("PATH", "")
    snapshot = RepoSnapshot.at(project)
    assert snapshot.read("README.md", limit=5) == b"three"
    assert RepoSnapshot.of_working_tree(project).paths == snapshot.paths


def test_variables_of_git_do_not_lead_elsewhere(
    project: Path, new_repository: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = new_repository({"elsewhere": ""}, name="other")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    assert "README.md" in RepoSnapshot.at(project).paths
    assert "README.md" in RepoSnapshot.of_working_tree(project).paths


def test_a_snapshot_compares_by_what_it_holds(project: Path) -> None:
    assert RepoSnapshot.at(project) == RepoSnapshot.at(project, "main")
    assert RepoSnapshot.at(project) != RepoSnapshot.at(project, "HEAD~1")
    assert "_source" not in repr(RepoSnapshot.at(project))


def test_paths_without_a_repository_have_no_content() -> None:
    snapshot = RepoSnapshot(repository="nowhere", commit=None, paths=PathIndex(["a.py"]))
    assert snapshot.read("a.py", limit=10) is None
