"""Loose objects: read as libgit2 reads them where they are whole, missing where they are not.

libgit2 may never return from a damaged one and then hears no interrupt, so whatever reads damage
runs in a process that is killed after a while.
"""

from __future__ import annotations

import os
import random
import zlib
from collections.abc import Callable
from pathlib import Path

import pygit2
import pytest
from pygit2.enums import FileMode, ObjectType

from taskpar_ml.repo import loose as loose_module
from taskpar_ml.repo import open_repository, resolve_commit
from taskpar_ml.repo.loose import LooseObjects
from taskpar_ml.repo.objects import ObjectReader
from tests.support.damage import DAMAGES, loose_file
from tests.support.listing import state
from tests.support.processes import run_python

Git = Callable[..., str]
SECONDS = 60
READ_DAMAGE = """
import sys
from pathlib import Path

import pygit2
from taskpar_ml.repo import open_repository
from taskpar_ml.repo.objects import ObjectReader
from tests.support.damage import DAMAGES, loose_file

holder, place, damage = sys.argv[1:]
for oid in list(open_repository(holder)):
    file = loose_file(Path(holder), oid)
    whole = file.read_bytes()
    file.chmod(0o644)
    for number, content in enumerate(DAMAGES[damage](whole)):
        file.write_bytes(content)
        repository = open_repository(place)
        reader = ObjectReader(repository, place="here")
        if any((reader.commit(oid), reader.tree(oid), reader.blob(oid))):
            print(oid, number, "is read")
        reader.size(oid)
        for ask in (repository.odb.read, repository.__getitem__, repository.revparse_single):
            for name in (oid,) if ask == repository.odb.read else (str(oid), str(oid)[:12]):
                try:
                    ask(name)
                    print(oid, number, ask, "answers")
                except (KeyError, pygit2.GitError):
                    pass
    file.write_bytes(whole)
"""
SHARE = """
import sys, threading
from taskpar_ml.repo import RepoSnapshot

sys.setswitchinterval(1e-5)
snapshot = RepoSnapshot.at(sys.argv[1])

def read():
    for _ in range(200):
        assert snapshot.read("README.md", limit=10) == b"three"

threads = [threading.Thread(target=read) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("done")
"""
RESOLVE = """
import sys
from taskpar_ml.errors import MissingObjectError
from taskpar_ml.repo import open_repository, resolve_commit

try:
    resolve_commit(open_repository(sys.argv[1]), "HEAD")
except MissingObjectError as error:
    print(error)
"""


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Objects of every kind, short and long, that become smaller by compression or do not."""
    place = tmp_path / "bare"
    repository = pygit2.init_repository(str(place), bare=True)
    noise = random.Random(1)
    for content in (
        b"",
        b"hello",
        noise.randbytes(300),
        noise.randbytes(20_000),
        b"line\n" * 9_000,
    ):
        blob = repository.create_blob(content)
    files = repository.TreeBuilder()
    for number in range(300):
        files.insert(f"file-{number}", blob, FileMode.BLOB)
    who = pygit2.Signature("A Person", "person@example.org", 1_700_000_000, 0)
    commit = repository.create_commit("HEAD", who, who, "A message", files.write(), [])
    repository.create_tag("v1", commit, ObjectType.COMMIT, who, "A tag")
    return place


def borrow(place: Path, *lenders: str) -> Path:
    """Make a repository that borrows the objects of others."""
    pygit2.init_repository(str(place), bare=True)
    (place / "objects" / "info" / "alternates").write_text("\n".join(lenders))
    return place


@pytest.mark.parametrize("borrowed", [False, True], ids=["own", "borrowed"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_object_is_missing(
    bare: Path, tmp_path: Path, damage: str, borrowed: bool
) -> None:
    place = borrow(tmp_path / "borrower", str(bare / "objects")) if borrowed else bare
    assert run_python(READ_DAMAGE, bare, place, damage, seconds=SECONDS) == ""


def test_a_damaged_commit_is_an_error_that_names_the_cure(project: Path) -> None:
    file = loose_file(project / ".git", resolve_commit(open_repository(project), "HEAD").id)
    file.chmod(0o644)
    os.truncate(file, 20)
    assert "is missing or damaged. Check the clone with `git fsck`" in run_python(
        RESOLVE, project, seconds=SECONDS
    )


@pytest.mark.parametrize("written", [False, True])
def test_a_named_pipe_in_place_of_an_object_is_not_waited_for(project: Path, written: bool) -> None:
    file = loose_file(project / ".git", resolve_commit(open_repository(project), "HEAD").id)
    file.unlink()
    os.mkfifo(file)
    writer = os.open(file, os.O_RDWR) if written else None
    assert "is missing or damaged" in run_python(RESOLVE, project, seconds=SECONDS)
    if writer is not None:
        os.close(writer)


def test_whole_objects_are_read_as_libgit2_reads_them(bare: Path) -> None:
    own, theirs = open_repository(bare), pygit2.Repository(str(bare))
    ids = set(own)
    assert ids == set(theirs)
    assert len(ids) == 8
    for oid in ids:
        kind, content = theirs.odb.read(oid)
        assert own.odb.read_header(oid) == (kind, len(content))
        assert own.odb.read(oid) == (kind, content)
        assert own[str(oid)[:12]].id == own[oid].id == oid
        assert oid in own.odb


@pytest.mark.parametrize("level", [0, 1, 9])
def test_objects_of_any_length_and_compression_are_read(tmp_path: Path, level: int) -> None:
    repository = pygit2.init_repository(str(tmp_path / "levels"), bare=True)
    noise = random.Random(level)
    for length in (*range(40, 70), 4_050, 4_096, 5_000, 65_535, 300_000):
        content = noise.randbytes(length)
        file = loose_file(tmp_path / "levels", repository.create_blob(content))
        file.chmod(0o644)
        file.write_bytes(zlib.compress(b"blob %d\0%s" % (length, content), level))
        assert open_repository(repository.path).odb.read(pygit2.hash(content))[1] == content


def test_an_object_that_is_too_large_is_not_loaded_but_its_size_is_known(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loose_module, "MAX_OBJECT_BYTES", 299)
    reader = ObjectReader(open_repository(bare), place="here")
    content = random.Random(1).randbytes(300)
    assert reader.size(pygit2.hash(content)) == 300
    assert reader.blob(pygit2.hash(content)) is None
    assert reader.blob(pygit2.hash(b"hello")) == b"hello"


@pytest.mark.parametrize("copy", ["packed", "borrowed"])
def test_a_whole_copy_stands_in_for_a_damaged_one(
    project: Path, tmp_path: Path, git: Git, copy: str
) -> None:
    git(tmp_path, "clone", "-q", "--bare", "--no-local", project.as_uri(), "clone")
    if copy == "packed":
        for file in (tmp_path / "clone" / "objects" / "pack").iterdir():
            (project / ".git" / "objects" / "pack" / file.name).write_bytes(file.read_bytes())
    else:
        lender = tmp_path / "lender"
        (project / ".git" / "objects" / "info" / "alternates").write_text(f"{lender}/objects\n")
        git(tmp_path, "clone", "-q", "--bare", project.as_uri(), "lender")
    ids = git(project, "rev-list", "--all", "--objects", "--no-object-names").split()
    for oid in ids:
        file = loose_file(project / ".git", oid)
        file.chmod(0o644)
        file.write_bytes(b"")
    repository = open_repository(project)
    assert all(repository.odb.read(pygit2.Oid(hex=oid))[1] for oid in ids)


def test_objects_are_borrowed_as_far_as_the_chain_of_lenders_goes(
    bare: Path, tmp_path: Path
) -> None:
    borrow(tmp_path / "next", "# a remark", "", "/nowhere", str(bare / "objects"))
    last = borrow(tmp_path / "last", "../../next/objects", "../../last/objects")
    (bare / "objects" / "info" / "alternates").write_text(f"{last}/objects")
    assert set(open_repository(last)) == set(pygit2.Repository(str(bare)))


def test_new_objects_are_found_by_a_repository_that_is_open(project: Path, git: Git) -> None:
    repository = open_repository(project)
    absent = pygit2.hash(b"new")
    assert repository.get(absent) is None
    git(project, "hash-object", "-w", "--stdin", stdin="new")
    assert repository[absent].id == absent
    git(project, "commit", "-q", "--allow-empty", "-m", "more")
    git(project, "gc", "-q")
    assert resolve_commit(repository, "HEAD").message == "more\n"


def test_nothing_is_written_into_a_repository_that_was_opened_to_be_read(project: Path) -> None:
    repository = open_repository(project)
    before = state(project)
    with pytest.raises(KeyError):
        repository.create_blob(b"new")
    assert state(project) == before


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt(), SystemExit(1)], ids=["int", "exit"])
def test_an_interrupt_while_an_object_is_read_stays_an_interrupt(
    project: Path, monkeypatch: pytest.MonkeyPatch, interrupt: BaseException
) -> None:
    def interrupted(backend: object, oid: pygit2.Oid) -> tuple[ObjectType, bytes]:
        raise interrupt

    head = resolve_commit(open_repository(project), "HEAD")
    monkeypatch.setattr(LooseObjects, "read_cb", interrupted)
    repository = open_repository(project)
    reader = ObjectReader(repository, place="here")
    for read in (
        lambda: reader.commit(head.id),
        lambda: reader.tree(head.tree_id),
        lambda: resolve_commit(repository, "HEAD"),
    ):
        with pytest.raises(type(interrupt)) as raised:
            read()
        assert raised.value is interrupt


def test_threads_may_share_a_snapshot(project: Path) -> None:
    assert run_python(SHARE, project, seconds=SECONDS) == "done\n"
