"""Reading, comparing and writing trees; git is asked whether they are right."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pygit2
import pytest
from pygit2.enums import ObjectType

from taskpar_ml.errors import MissingObjectError, RepositoryError
from taskpar_ml.repo import changes as changes_module
from taskpar_ml.repo.changes import Bounds, tree_changes
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.trees import Entry, read_level, tree_of_commit, write_tree

Git = Callable[..., str]
FILE, LINK, TREE, MODULE = 0o100644, 0o120000, 0o040000, 0o160000


@pytest.fixture
def repository(tmp_path: Path) -> pygit2.Repository:
    return pygit2.init_repository(tmp_path / "trees", bare=True)


@pytest.fixture
def reader(repository: pygit2.Repository) -> ObjectReader:
    return ObjectReader(repository, place="trees")


def entry(repository: pygit2.Repository, content: str, mode: int = FILE) -> Entry:
    return Entry(mode, repository.create_blob(os.fsencode(content)).raw)


def raw_tree(repository: pygit2.Repository, *entries: tuple[bytes, bytes, bytes]) -> bytes:
    raw = b"".join(mode + b" " + name + b"\0" + oid for mode, name, oid in entries)
    return repository.odb.write(ObjectType.TREE, raw).raw


def written(
    repository: pygit2.Repository,
    reader: ObjectReader,
    files: Mapping[str, Entry | None],
    tree: bytes | None = None,
) -> bytes:
    return write_tree(repository, reader, tree, files, place="trees")


def listed(git: Git, tmp_path: Path, tree: bytes) -> list[str]:
    git(tmp_path / "trees", "fsck", "--no-dangling", "--strict")
    told = git(tmp_path / "trees", "ls-tree", "-r", "-z", tree.hex())
    return [line.partition("\t")[2] for line in told.split("\0") if line]


def test_git_reads_what_was_written(repository, reader, git, tmp_path):
    paths = ["a", "a-b", "a.b", "ab/c", "b/c/d", "b/c-d", "b0", "caf\udce9"]
    tree = written(repository, reader, {path: entry(repository, path) for path in reversed(paths)})
    # git sorts by bytes; a directory as if its name ended in a slash.
    assert listed(git, tmp_path, tree) == sorted(paths)


def test_a_tree_that_differs_in_places_keeps_the_rest(repository, reader, git, tmp_path):
    files = {path: entry(repository, path) for path in ("a", "d/b", "d/e/c", "f/g")}
    tree = written(repository, reader, files)
    changed = {"d/b": None, "d/e/new": entry(repository, "new"), "f/g": None, "none/at/all": None}
    assert listed(git, tmp_path, written(repository, reader, changed, tree)) == [
        *("a", "d/e/c", "d/e/new")
    ]
    assert written(repository, reader, {}, tree) == tree


def test_files_and_directories_take_each_others_place(repository, reader, git, tmp_path):
    x = entry(repository, "x")
    tree = written(repository, reader, {"a": x, "d/b": x, "d/c": x})
    swapped = {"a": None, "a/b": x, "d": x, "d/b": None, "d/c": None}
    assert listed(git, tmp_path, written(repository, reader, swapped, tree)) == ["a/b", "d"]
    # What is not there cannot be deleted, and takes nothing with it.
    assert written(repository, reader, {"a/b": None, "d": None}, tree) == tree


def test_changes_are_the_files_that_differ(repository, reader):
    one, two = entry(repository, "one"), entry(repository, "two")
    left = written(repository, reader, {"same": one, "edited": one, "d/gone": one, "e/f": one})
    right = written(repository, reader, {"same": one, "edited": two, "new/x": one, "e": two})
    found = tree_changes(reader, left, right, place="trees")
    assert found.files == {
        "edited": (one, two),
        "d/gone": (one, None),
        "new/x": (None, one),
        "e/f": (one, None),
        "e": (None, two),
    }
    assert found.gone == {"d", "e"}
    assert tree_changes(reader, left, left, place="trees").files == {}
    assert tree_changes(reader, None, left, place="trees").deleted == {}


def test_unusual_modes_count_as_the_usual_ones(repository, reader):
    blob = repository.create_blob(b"x").raw
    odd = raw_tree(repository, (b"100664", b"f", blob), (b"100775", b"g", blob))
    assert {name: each.mode for name, each in read_level(reader, odd, place="trees").items()} == {
        "f": 0o100644,
        "g": 0o100755,
    }


def test_names_that_lead_out_of_a_checkout_are_left_out(repository, reader):
    blob = repository.create_blob(b"x").raw
    names = (b"..", b".", b"a/b", b"fine")
    tree = raw_tree(repository, *((b"100644", name, blob) for name in names))
    assert list(read_level(reader, tree, place="trees")) == ["fine"]


def test_replaced_trees_and_files_are_followed(repository, tmp_path, git):
    reader = ObjectReader(repository, place="trees")
    one, two = entry(repository, "one"), entry(repository, "two")
    tree = written(repository, reader, {"d/f": one})
    git(tmp_path / "trees", "replace", one.id.hex(), two.id.hex())
    following = ObjectReader(pygit2.Repository(tmp_path / "trees"), place="trees")
    other = written(repository, reader, {"d/f": two})
    assert tree_changes(following, tree, other, place="trees").files == {}


def test_the_tree_of_a_commit_is_the_one_that_replaces_it(repository, reader, tmp_path, git):
    one, two = (written(repository, reader, {"f": entry(repository, text)}) for text in ("1", "2"))
    ada = pygit2.Signature("Ada", "ada@example.org")
    commit = repository.create_commit(None, ada, ada, "One", pygit2.Oid(raw=one), [])
    assert tree_of_commit(reader, commit, place="trees") == one
    git(tmp_path / "trees", "replace", one.hex(), two.hex())
    following = ObjectReader(pygit2.Repository(tmp_path / "trees"), place="trees")
    assert tree_of_commit(following, commit, place="trees") == two


def test_a_commit_that_cannot_be_read_is_an_error_that_names_it(reader):
    lost = pygit2.Oid(raw=b"\1" * 20)
    with pytest.raises(MissingObjectError, match=f"trees: object {lost} is missing or damaged"):
        tree_of_commit(reader, lost, place="trees")


@pytest.mark.parametrize("damage", ["missing", "garbage"])
def test_a_tree_that_cannot_be_read_is_an_error_that_names_it(repository, reader, damage):
    lost = b"\1" * 20
    if damage == "garbage":
        lost = repository.odb.write(ObjectType.TREE, b"100644 cut short").raw
    tree = raw_tree(repository, (b"40000", b"d", lost))
    with pytest.raises(MissingObjectError, match=f"object {lost.hex()} is missing or damaged"):
        tree_changes(reader, None, tree, place="trees")


def test_what_is_the_same_in_both_is_not_read(repository, reader):
    absent = (b"40000", b"d", b"\1" * 20)
    one, two = (repository.create_blob(each).raw for each in (b"one", b"two"))
    left, right = (raw_tree(repository, absent, (b"100644", b"f", each)) for each in (one, two))
    assert set(tree_changes(reader, left, right, place="trees").files) == {"f"}


def test_a_tree_that_unfolds_without_end_is_refused(repository, reader, monkeypatch):
    monkeypatch.setattr(changes_module, "MAX_CHANGES", 1000)
    tree = repository.create_blob(b"x").raw
    mode = b"100644"
    for _ in range(6):
        tree = raw_tree(repository, *((mode, b"%d" % number, tree) for number in range(10)))
        mode = b"40000"
    with pytest.raises(RepositoryError, match="differ in more than 1,000 files"):
        tree_changes(reader, None, tree, place="trees")
    cut = tree_changes(reader, None, tree, place="trees", bounds=Bounds(files=45, entries=10**9))
    assert cut.is_cut
    assert len(cut.files) == 50


def test_directories_count_towards_the_bounds(repository, reader):
    tree = raw_tree(repository)
    for _ in range(12):
        tree = raw_tree(repository, *((b"40000", b"%d" % number, tree) for number in range(10)))
    cut = tree_changes(reader, None, tree, place="trees", bounds=Bounds(files=1, entries=1_000))
    assert cut.is_cut
    assert cut.files == {}


def test_within_its_bounds_a_comparison_is_whole(repository, reader):
    x = entry(repository, "x")
    tree = written(repository, reader, {"a": x, "d/b": x, "d/c": x})
    found = tree_changes(reader, None, tree, place="trees", bounds=Bounds(files=3, entries=4))
    assert not found.is_cut
    assert set(found.files) == {"a", "d/b", "d/c"}


def test_a_path_without_end_is_refused_and_a_deep_one_is_written(repository, reader):
    x = entry(repository, "x")
    deep = written(repository, reader, {"/".join("d" * 2000): x})
    (path,) = tree_changes(reader, None, deep, place="trees").files
    assert path == "/".join("d" * 2000)
    for _ in range(100):
        deep = raw_tree(repository, (b"40000", b"d", deep))
    with pytest.raises(RepositoryError, match="longer than 4,096 characters"):
        tree_changes(reader, None, deep, place="trees")
    cut = tree_changes(reader, None, deep, place="trees", bounds=Bounds(files=9, entries=9_999))
    assert cut.is_cut
    assert cut.files == {}
