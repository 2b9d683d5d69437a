"""The cache of facts under many processes, kills, full and read-only disks."""

from __future__ import annotations

import os
import random
import resource
import time

import pytest

from taskpar_ml.fact_cache import DiskFactCache
from tests.support.processes import bound_by_permissions, run_python, start_python

PREFACE = """
import os, sys
from pathlib import Path
from taskpar_ml.fact_cache import DiskFactCache
cache = DiskFactCache(Path(sys.argv[1]))
def value(key):
    return key * 150
"""
WRITER = (
    PREFACE
    + """
who = sys.argv[2]
for number in range(int(sys.argv[3])):
    facts = {key: value(key) for key in (b"%s %d %d" % (who.encode(), number, i) for i in range(5))}
    cache.put("a", facts)
    assert cache.get("a", list(facts)) == facts
    os.write(1, b"%d\\n" % number)
"""
)


def facts_of(who, numbers):
    keys = [f"{who} {number} {i}".encode() for number in numbers for i in range(5)]
    return {key: key * 150 for key in keys}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "facts.sqlite"


def test_nothing_is_lost_among_many_processes_that_start_at_once(path):
    writers = {str(number): start_python(WRITER, path, number, 40) for number in range(6)}
    with DiskFactCache(path) as reader:
        expected = {}
        for who, writer in writers.items():
            reader.put("a", {who.encode(): b"mine"})
            _, err = writer.communicate(timeout=120)
            assert (writer.returncode, err) == (0, "")
            expected |= facts_of(who, range(40)) | {who.encode(): b"mine"}
        assert reader.get("a", list(expected)) == expected


def kill_writers_at_random(path, rounds, *, at_once, seed):
    """Kill writers in the middle; what they said to have written must be there, in every round."""
    chance = random.Random(seed)
    written = 0
    for round in range(rounds):
        names = [f"{round}-{number}" for number in range(at_once)]
        writers = [start_python(WRITER, path, name, 100_000) for name in names]
        for writer in writers:
            assert os.read(writer.stdout.fileno(), 2) == b"0\n"
        time.sleep(chance.uniform(0, 0.15))
        for writer in writers:
            writer.kill()
        for name, writer in zip(names, writers, strict=True):
            out, err = writer.communicate(timeout=60)
            assert err == ""
            # The first line was read above; the last may be cut.
            expected = facts_of(name, [0, *map(int, out.split("\n")[:-1])])
            with DiskFactCache(path) as cache:
                assert cache.get("a", list(expected)) == expected
                cache.put("b", {name.encode(): b"still writable"})
                assert cache.get("b", [name.encode()])
                assert cache.notice is None
            written += len(expected)
    return written


def test_kills_lose_nothing_that_was_written(path):
    assert kill_writers_at_random(path, 3, at_once=2, seed=1) > 50


@pytest.mark.long
def test_hundreds_of_kills_lose_nothing_that_was_written(path):
    assert kill_writers_at_random(path, 150, at_once=4, seed=2) > 10_000


@pytest.mark.long
def test_hundreds_of_kills_while_the_file_is_built_leave_one_that_can_be_used(path):
    chance = random.Random(3)
    for _ in range(150):
        for damage in (b"", b"no database"):
            if damage or not path.exists():
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(damage)
            writers = [start_python(WRITER, path, name, 100_000) for name in ("1", "2")]
            time.sleep(chance.uniform(0.05, 0.2))
            for writer in writers:
                writer.kill()
                _, err = writer.communicate(timeout=60)
                assert err == ""
        with DiskFactCache(path) as cache:
            cache.put("b", {b"k": b"v"})
            assert cache.get("b", [b"k"]) == {b"k": b"v"}


# Disks.

TRYING = (
    PREFACE
    + """
import random
chance = random.Random(1)
facts = {b"%d" % number: chance.randbytes(3000) for number in range(200)}
for key, fact in facts.items():
    cache.put("a", {key: fact})
got = cache.get("a", list(facts))
assert got.items() <= facts.items()
print(len(got), cache.notice and cache.notice.text.split(": ")[1].split(". ")[0])
"""
)


@pytest.mark.parametrize("room", [0, 100, 20_000, 40_000, 200_000])
def test_a_full_disk_is_no_error(path, room):
    path.parent.mkdir()

    def little_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    kept = int(run_python(TRYING, path, before=little_room).split()[0])
    assert kept < 200
    # With room again it is used again; nothing that was kept is wrong.
    assert run_python(TRYING, path) == "200 None\n"


def test_a_directory_that_cannot_be_written_is_no_error(path):
    path.parent.mkdir(mode=0o500)
    answer = run_python(TRYING, path, before=bound_by_permissions)
    assert answer == "0 Permission denied\n"
    path.parent.chmod(0o700)
    assert run_python(TRYING, path, before=bound_by_permissions) == "200 None\n"


def test_a_file_that_cannot_be_written_is_made_writable(path):
    assert run_python(TRYING, path) == "200 None\n"
    path.chmod(0o400)
    assert run_python(TRYING, path, before=bound_by_permissions) == "200 None\n"
