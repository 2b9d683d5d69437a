"""The laws of a scratch repository."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pygit2
import pytest
from pygit2.enums import ObjectType

from taskpar_ml.errors import MissingObjectError, OutputError
from taskpar_ml.repo import open_repository, resolve_commit, scratch_objects
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.scratch import scratch_repository
from tests.support.listing import state

Git = Callable[..., str]
ABSENT = pygit2.Oid(hex="1" * 40)


@pytest.fixture
def forked(new_repository: Callable[..., Path], git: Git) -> Path:
    """Two branches that change one file in different places, and a merge of both."""
    root = new_repository({"a.txt": "1\n2\n3\n4\n5\n", "dir/b.txt": "b\n"})
    for branch, old, new in (("left", "1", "one"), ("right", "5", "five")):
        git(root, "checkout", "-q", "-b", branch, "main")
        text = (root / "a.txt").read_text().replace(old, new)
        (root / "a.txt").write_text(text)
        git(root, "commit", "-q", "-a", "-m", branch)
    git(root, "merge", "-q", "left")
    return root


def merge_all(root: Path) -> bytes:
    """Merge both branches beside a repository; return the merged file."""
    repository = open_repository(root)
    base, left, right = (
        resolve_commit(repository, name).tree_id for name in ("main", "left", "right~1")
    )
    with scratch_repository(repository, place=str(root)) as scratch:
        index = scratch.merge_trees(base, left, right)
        assert index.conflicts is None
        tree = index.write_tree(scratch)
        assert tree == resolve_commit(repository, "right").tree_id
        return bytes(scratch[index["a.txt"].id].data)


@pytest.mark.parametrize("packed", [False, True])
def test_no_file_changes_though_the_merge_makes_what_is_there_already(
    forked: Path, git: Git, packed: bool
) -> None:
    if packed:
        git(forked, "gc", "-q")
    # Times long past, so that renewing them would show.
    for path in forked.rglob("*"):
        os.utime(path, (1, 1), follow_symlinks=False)
    before = state(forked)
    assert merge_all(forked) == b"one\n2\n3\n4\nfive\n"
    assert state(forked) == before


def test_an_alternate_would_not_keep_that_law(forked: Path, tmp_path: Path) -> None:
    blob = resolve_commit(open_repository(forked), "right").tree["a.txt"].id
    loose = forked / ".git" / "objects" / str(blob)[:2] / str(blob)[2:]
    os.utime(loose, (1, 1))
    other = pygit2.init_repository(tmp_path / "other", bare=True)
    other.odb.add_disk_alternate(str(forked / ".git" / "objects"))
    other.create_blob(b"one\n2\n3\n4\nfive\n")
    assert loose.stat().st_mtime > 1


def test_the_directory_is_gone_afterwards(forked: Path) -> None:
    repository = open_repository(forked)
    with scratch_repository(repository, place="here") as scratch:
        place = Path(scratch.path)
        scratch.create_blob(b"something new")
        assert place.is_dir()
    assert not place.exists()


def test_the_directory_is_gone_after_an_error(forked: Path) -> None:
    repository = open_repository(forked)
    places = []

    def fail() -> None:
        with scratch_repository(repository, place="here") as scratch:
            places.append(Path(scratch.path))
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        fail()
    assert [place.exists() for place in places] == [False]


def test_what_is_written_there_is_read_there_and_only_there(forked: Path) -> None:
    repository = open_repository(forked)
    with scratch_repository(repository, place="here") as scratch:
        blob = scratch.create_blob(b"something new")
        assert scratch[blob].data == b"something new"
        assert blob not in repository.odb


def test_every_object_can_be_read_also_borrowed_ones(
    forked: Path, tmp_path: Path, git: Git
) -> None:
    git(tmp_path, "clone", "-q", "--shared", str(forked), "borrower")
    repository = open_repository(tmp_path / "borrower")
    every = git(forked, "rev-list", "--objects", "--all", "--no-object-names").split()
    with scratch_repository(repository, place="here") as scratch:
        for name in every:
            oid = pygit2.Oid(hex=name)
            assert scratch.odb.read(oid) == repository.odb.read(oid)
            assert oid in scratch.odb


def test_no_ref_and_no_setting_is_taken_over(forked: Path, git: Git) -> None:
    git(forked, "config", "merge.renamelimit", "1")
    with scratch_repository(open_repository(forked), place="here") as scratch:
        assert list(scratch.references) == []
        assert "merge.renamelimit" not in scratch.config


def test_what_is_missing_is_one_error_whichever_call_finds_it(forked: Path) -> None:
    repository = open_repository(forked)
    blob = resolve_commit(repository, "left").tree["a.txt"].id
    (forked / ".git" / "objects" / str(blob)[:2] / str(blob)[2:]).unlink()
    with pytest.raises(MissingObjectError, match=rf"{forked}: object {blob} is missing.*git fsck"):
        merge_all(forked)

    def ask(call: Callable[[pygit2.Repository], object]) -> None:
        with scratch_repository(repository, place="here") as scratch:
            call(scratch)

    for call in (
        lambda scratch: scratch[ABSENT],
        lambda scratch: scratch.odb.read(ABSENT),
        lambda scratch: scratch.merge_trees(ABSENT, ABSENT, ABSENT),
    ):
        with pytest.raises(MissingObjectError, match=f"here: object {ABSENT} is missing"):
            ask(call)


def test_an_error_of_another_kind_stays_what_it_is(forked: Path) -> None:
    def ask() -> None:
        with scratch_repository(open_repository(forked), place="here") as scratch:
            scratch.odb.exists(ABSENT)
            scratch.references.create("no name", ABSENT)

    with pytest.raises(pygit2.InvalidSpecError):
        ask()


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt(), SystemExit(1)], ids=["int", "exit"])
def test_an_interrupt_while_libgit2_asks_for_an_object_stays_an_interrupt(
    forked: Path, monkeypatch: pytest.MonkeyPatch, interrupt: BaseException
) -> None:
    def interrupted(backend: object, oid: pygit2.Oid) -> bool:
        raise interrupt

    monkeypatch.setattr(scratch_objects.HeldObjects, "exists_cb", interrupted)
    with (
        pytest.raises(type(interrupt)) as raised,
        scratch_repository(open_repository(forked), place=".") as scratch,
    ):
        scratch.create_blob(b"new")
    assert raised.value is interrupt


def test_an_object_that_is_too_large_is_refused_but_its_size_is_known(
    forked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch_objects, "MAX_OBJECT_BYTES", 5)
    repository = open_repository(forked)
    blob = resolve_commit(repository, "left").tree["a.txt"].id

    def ask() -> None:
        with scratch_repository(repository, place="here") as scratch:
            assert scratch.odb.read_header(blob) == (ObjectType.BLOB, 12)
            scratch.odb.read(blob)

    with pytest.raises(MissingObjectError, match=f"object {blob} is larger than"):
        ask()


def test_nothing_is_fetched_into_a_partial_clone(forked: Path, tmp_path: Path, git: Git) -> None:
    git(forked, "config", "uploadpack.allowFilter", "true")
    options = ("--filter=blob:none", "--no-checkout", "--no-single-branch")
    git(tmp_path, "clone", "-q", *options, forked.as_uri(), "part")
    for branch in ("main", "left", "right"):
        git(tmp_path / "part", "update-ref", f"refs/heads/{branch}", f"origin/{branch}")
    before = state(tmp_path / "part")
    with pytest.raises(MissingObjectError, match="git fetch --refetch --no-filter"):
        merge_all(tmp_path / "part")
    assert state(tmp_path / "part") == before


def parents(reader: ObjectReader, commit: pygit2.Oid) -> list[str]:
    found = reader.commit(commit)
    assert found is not None
    return [str(each) for each in found.parent_ids]


def test_history_ends_where_a_shallow_clone_was_cut(forked: Path, tmp_path: Path, git: Git) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", forked.as_uri(), "cut")
    repository = open_repository(tmp_path / "cut")
    with scratch_repository(repository, place="here") as scratch:
        reader = ObjectReader(scratch, place="here")
        assert parents(reader, resolve_commit(repository, "HEAD").id) == []


@pytest.mark.parametrize("replaced", [True, False])
def test_history_bends_as_in_a_grafted_repository(forked: Path, git: Git, replaced: bool) -> None:
    tip, root = git(forked, "rev-parse", "right", "main").split()
    if replaced:
        git(forked, "replace", "--graft", tip, root)
    else:
        (forked / ".git" / "info").mkdir(exist_ok=True)
        (forked / ".git" / "info" / "grafts").write_text(f"{tip} {root}\n")
    repository = open_repository(forked)
    with scratch_repository(repository, place="here") as scratch:
        reader = ObjectReader(scratch, place="here")
        assert parents(reader, pygit2.Oid(hex=tip)) == [root]


def test_a_linked_worktree_lends_what_the_repository_holds(
    forked: Path, tmp_path: Path, git: Git
) -> None:
    git(forked, "worktree", "add", "-q", "--detach", str(tmp_path / "linked"))
    assert merge_all(tmp_path / "linked") == b"one\n2\n3\n4\nfive\n"


def test_a_directory_name_that_alternates_could_not_hold(forked: Path, tmp_path: Path) -> None:
    odd = forked.rename(tmp_path / "new\nline")
    assert merge_all(odd) == b"one\n2\n3\n4\nfive\n"


def test_other_threads_may_run_meanwhile(forked: Path) -> None:
    done = threading.Event()

    def spin() -> None:
        while not done.is_set():
            time.sleep(0)

    other = threading.Thread(target=spin)
    other.start()
    try:
        for _ in range(20):
            merge_all(forked)
    finally:
        done.set()
        other.join()


def test_a_temporary_directory_that_cannot_be_made_is_an_error(
    forked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(OutputError, match=r"temporary directory.*TMPDIR"):
        merge_all(forked)


def test_what_is_written_is_held_in_memory_until_it_is_forgotten(forked: Path) -> None:
    with scratch_repository(pygit2.Repository(str(forked)), place=".") as scratch:
        written = scratch.create_blob(b"new")
        empty = scratch.create_blob(b"")
        assert (scratch[written].data, scratch[empty].data) == (b"new", b"")
        assert not [each for each in Path(scratch.path, "objects").rglob("*") if each.is_file()]
        scratch.forget()
        assert written not in scratch
        again = scratch.create_blob(b"new")
        assert scratch[again].data == b"new"


def test_what_does_not_fit_into_memory_goes_to_a_file(
    forked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch_objects, "MAX_HELD_BYTES", 10)
    texts = [b"small", b"larger than that", b"", b"another large one", b"larger than that"]
    with scratch_repository(pygit2.Repository(str(forked)), place=".") as scratch:
        for _ in range(2):
            blobs = [scratch.create_blob(text) for text in texts]
            assert [scratch[oid].data for oid in reversed(blobs)] == texts[::-1]
            assert [scratch[oid].size for oid in blobs] == [len(text) for text in texts]
            scratch.forget()
            assert not any(oid in scratch for oid in blobs)


def test_what_is_remembered_of_the_repository_is_bounded(
    forked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch_objects, "MAX_REMEMBERED_BYTES", 10)
    repository = pygit2.Repository(str(forked))
    blobs = {repository.create_blob(text): text for text in (b"12345", b"678", b"90abc", b"x" * 50)}
    with scratch_repository(repository, place=".") as scratch:
        for _ in range(2):
            assert {oid: scratch[oid].data for oid in blobs} == blobs
