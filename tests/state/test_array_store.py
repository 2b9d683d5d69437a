"""Sets of arrays on disk: whole or absent, mapped, bounded in number."""

from __future__ import annotations

import json
import os
import shutil
import threading
import time

import numpy as np
import pytest

from taskpar_ml.array_files import MANIFEST
from taskpar_ml.array_store import ArrayStore
from tests.support.processes import bound_by_permissions, run_python, start_python

ARRAYS = {
    "counts": np.arange(50_000, dtype=np.int32).reshape(500, 100),
    "weights": np.asfortranarray(np.linspace(0, 1, 12).reshape(3, 4)),
    "nothing": np.empty((0, 3), dtype=np.float32),
    "one": np.array(7),
    "words": np.array(["a", "bcd"]),
    "pairs": np.array([(1, 2.5)], dtype=[("id", "i4"), ("risk", "f8")]),
}


@pytest.fixture
def root(tmp_path):
    return tmp_path / "state" / "arrays"


@pytest.fixture
def store(root):
    return ArrayStore(root)


def same(one, other):
    return one.keys() == other.keys() and all(
        np.array_equal(one[name], other[name]) and one[name].dtype == other[name].dtype
        for name in one
    )


def test_what_is_saved_is_loaded_mapped_and_read_only(store, root):
    assert store.load("history", "abc") is None
    saved = store.save("history", "abc", ARRAYS)
    for arrays in (saved, store.load("history", "abc"), ArrayStore(root).load("history", "abc")):
        assert same(arrays, ARRAYS)
        assert all(isinstance(each, np.memmap) for each in arrays.values())
        with pytest.raises(ValueError, match="read-only"):
            arrays["counts"][0] = 1
    assert store.load("history", "abd") is None
    assert store.load("other", "abc") is None


def test_a_set_may_be_empty(store):
    assert store.save("history", "abc", {}) == {}
    assert store.load("history", "abc") == {}


def test_files_are_the_users_alone_whatever_the_mask(store, root):
    old = os.umask(0)
    try:
        store.save("history", "abc", ARRAYS)
    finally:
        os.umask(old)
    for path in (root, *root.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)


@pytest.mark.parametrize("name", ["", "..", ".x", "a/b", "a\\b", "a\0", "é", "x" * 129])
def test_names_that_are_no_plain_file_names_are_refused(store, root, name):
    for kind, key, arrays in ((name, "k", {}), ("k", name, {}), ("k", "k", {name: np.ones(1)})):
        with pytest.raises(ValueError, match="must be 1 to 128"):
            store.save(kind, key, arrays)
    with pytest.raises(ValueError, match="must be 1 to 128"):
        store.load("k", name)
    assert not root.exists()


@pytest.mark.parametrize("dtype", [object, [("a", "i4"), ("b", object)]])
def test_python_objects_are_refused(store, root, dtype):
    with pytest.raises(ValueError, match="array 'bad' holds Python objects"):
        store.save("k", "k", {"good": np.ones(1), "bad": np.empty(2, dtype=dtype)})
    assert not root.exists()


# Damage.


def damaged(root, change):
    """Save a set, change its directory, and return what is then loaded and saved anew."""
    store = ArrayStore(root)
    store.save("history", "abc", ARRAYS)
    change(root / "history" / "abc")
    loaded = store.load("history", "abc")
    assert same(store.save("history", "abc", ARRAYS), ARRAYS)
    assert same(store.load("history", "abc"), ARRAYS)
    assert [path.name for path in (root / "history").iterdir()] == ["abc"]
    return loaded


def flipped(name, at):
    def change(place):
        content = bytearray((place / name).read_bytes())
        content[at] ^= 1
        (place / name).write_bytes(content)

    return change


def in_manifest(**changes):
    def change(place):
        (place / MANIFEST).write_text(
            json.dumps(json.loads((place / MANIFEST).read_text()) | changes)
        )

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda place: (place / "one.npy").unlink(),
        lambda place: (place / MANIFEST).unlink(),
        lambda place: (place / MANIFEST).write_text("{"),
        lambda place: (place / MANIFEST).write_text("[]"),
        lambda place: (place / MANIFEST).write_text("[" * 100_000),
        lambda place: (place / MANIFEST).write_bytes(b"\xff"),
        lambda place: os.truncate(place / "counts.npy", 150_000),
        lambda place: os.truncate(place / "counts.npy", 0),
        lambda place: (place / "one.npy").write_bytes((place / "one.npy").read_bytes() + b"x"),
        lambda place: shutil.copy(place / "one.npy", place / "counts.npy"),
        flipped("counts.npy", 7),
        flipped("counts.npy", 100),
        flipped("counts.npy", -1),
        flipped("one.npy", -5),
        flipped(MANIFEST, 40),
        in_manifest(version=2),
        in_manifest(key="abd"),
        in_manifest(arrays={}),
        in_manifest(arrays={"../../secret": {}}),
    ],
)
def test_what_is_not_as_written_is_absent_and_replaced(root, change):
    assert damaged(root, change) is None


def test_a_set_in_the_place_of_another_is_absent(root):
    store = ArrayStore(root)
    store.save("history", "abc", ARRAYS)
    shutil.copytree(root / "history" / "abc", root / "history" / "abd")
    assert store.load("history", "abd") is None


def test_a_byte_between_the_samples_of_a_large_file_is_not_noticed(root):
    """The price of opening in no time, as the documentation says."""
    store = ArrayStore(root)
    store.save("history", "abc", ARRAYS)
    flipped("counts.npy", 20_000)(root / "history" / "abc")
    assert store.load("history", "abc") is not None


def test_a_pickle_is_never_read(root):
    def change(place):
        with (place / "one.npy").open("wb") as file:
            np.save(file, np.array([{}], dtype=object), allow_pickle=True)

    assert damaged(root, change) is None


# What is no directory or file of ours.


@pytest.mark.parametrize("which", ["root", "kind", "key"])
def test_a_linked_directory_is_not_followed(root, tmp_path, which):
    store = ArrayStore(root)
    store.save("history", "abc", ARRAYS)
    place = {"root": root, "kind": root / "history", "key": root / "history" / "abc"}[which]
    place.rename(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere")
    before = sorted((tmp_path / "elsewhere").rglob("*"))
    assert store.load("history", "abc") is None
    assert same(store.save("history", "abc", ARRAYS), ARRAYS)
    assert sorted((tmp_path / "elsewhere").rglob("*")) == before
    assert place.is_symlink() == (which != "key")


def test_a_linked_file_is_not_followed_and_a_pipe_does_not_block(root, tmp_path):
    def link(place):
        (place / "one.npy").rename(tmp_path / "one.npy")
        (place / "one.npy").symlink_to(tmp_path / "one.npy")

    def pipe(place):
        (place / MANIFEST).unlink()
        os.mkfifo(place / MANIFEST)

    assert damaged(root, link) is None
    assert (tmp_path / "one.npy").exists()
    assert damaged(root, pipe) is None


@pytest.mark.parametrize("make", [lambda path: path.write_text("x"), os.mkfifo, os.mkdir])
def test_what_stands_in_the_place_of_a_set_is_replaced(root, make):
    (root / "history").mkdir(parents=True)
    make(root / "history" / "abc")
    assert same(ArrayStore(root).save("history", "abc", ARRAYS), ARRAYS)
    assert same(ArrayStore(root).load("history", "abc"), ARRAYS)


def test_where_nothing_can_be_written_the_arrays_come_back(tmp_path):
    (tmp_path / "file").write_text("x")
    store = ArrayStore(tmp_path / "file" / "arrays")
    assert store.save("history", "abc", ARRAYS)["one"] is ARRAYS["one"]
    assert store.load("history", "abc") is None


SAVING = """
import sys
from pathlib import Path
import numpy as np
from taskpar_ml.array_store import ArrayStore
store = ArrayStore(Path(sys.argv[1]))
saved = store.save("k", "k", {"a": np.arange(100_000)})
print(int(saved["a"].sum()), store.load("k", "k") is not None)
"""


def test_a_full_disk_or_one_that_cannot_be_written_is_no_error(root):
    import resource

    def little_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    assert run_python(SAVING, root, before=little_room) == "4999950000 False\n"
    assert list((root / "k").iterdir()) == []
    (root / "k").chmod(0o500)
    assert run_python(SAVING, root, before=bound_by_permissions) == "4999950000 False\n"
    (root / "k").chmod(0o700)
    assert run_python(SAVING, root, before=bound_by_permissions) == "4999950000 True\n"


# Many at once, and how many are kept.


def test_the_first_of_two_saves_stays(root):
    one, two = ArrayStore(root), ArrayStore(root)
    assert one.save("k", "k", {"a": np.zeros(3)})["a"].sum() == 0
    assert two.save("k", "k", {"a": np.ones(3)})["a"].sum() == 0


def test_threads_that_save_one_key_all_get_one_whole_set(root):
    got = []

    def work(number):
        got.append(ArrayStore(root).save("k", "k", {"a": np.full(10_000, number)})["a"])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({int(array[0]) for array in got}) == 1
    assert all((array == array[0]).all() for array in got)
    assert [path.name for path in (root / "k").iterdir()] == ["k"]


def test_those_used_longest_ago_go_and_stay_readable_where_they_are_mapped(root):
    store = ArrayStore(root, keep=2)
    first = store.save("k", "1", {"a": np.arange(9000)})["a"]
    store.save("k", "2", ARRAYS)
    for number, key in enumerate(("1", "2")):
        os.utime(root / "k" / key, (number, number))
    store.load("k", "1")
    store.save("k", "3", ARRAYS)
    store.save("other", "1", ARRAYS)
    assert sorted(path.name for path in (root / "k").iterdir()) == ["1", "3"]
    os.utime(root / "k" / "1", (1, 1))
    store.save("k", "4", ARRAYS)
    assert store.load("k", "1") is None
    assert first.sum() == 9000 * 8999 // 2


def test_what_killed_processes_left_is_cleared_after_a_day(root):
    store = ArrayStore(root)
    store.save("k", "1", ARRAYS)
    yesterday = time.time() - 90_000
    for name, age in ((".new-old", yesterday), (".old-old", yesterday), (".new-young", None)):
        (root / "k" / name).mkdir()
        (root / "k" / name / "a.npy").write_text("half")
        os.utime(root / "k" / name, None if age is None else (age, age))
    store.save("k", "2", ARRAYS)
    assert sorted(path.name for path in (root / "k").iterdir()) == [".new-young", "1", "2"]


KEEPING_ON = """
import sys
from pathlib import Path
import numpy as np
from taskpar_ml.array_store import ArrayStore
store = ArrayStore(Path(sys.argv[1]), keep=2)
for number in range(int(sys.argv[2])):
    key = str(number % 5)
    got = store.save("k", key, {"a": np.full(20_000, number % 5), "b": np.ones(3)})
    assert (got["a"] == number % 5).all()
    loaded = store.load("k", str((number + 1) % 5))
    assert loaded is None or (loaded["a"] == (number + 1) % 5).all()
"""


def test_processes_that_save_load_and_delete_at_once_see_whole_sets_only(root):
    processes = [start_python(KEEPING_ON, root, 30) for _ in range(3)]
    killed = start_python(KEEPING_ON, root, 10_000)
    for process in processes:
        _, err = process.communicate(timeout=120)
        assert (process.returncode, err) == (0, "")
    killed.kill()
    assert killed.communicate()[1] == ""
    left = [path for path in (root / "k").iterdir() if not path.name.startswith(".")]
    store = ArrayStore(root)
    assert left
    assert all(store.load("k", path.name) is not None for path in left)
