"""The cache of facts: what is got is what was put, within its size and for its user only."""

from __future__ import annotations

import os
import random
import sqlite3
import threading
import time

import pytest

from taskpar_ml import fact_cache, fact_rows
from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.fact_cache import DiskFactCache
from tests.support.processes import run_python

DAY = 86_400
SOME = {
    b"": b"no key",
    b"\0\xff": b"",
    b"k" * 20: b"x" * 5000,
    b"r": random.Random(3).randbytes(900),
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "facts.sqlite"


@pytest.fixture
def cache(path):
    with DiskFactCache(path) as cache:
        yield cache


def size_on_disk(path):
    return sum(each.stat().st_size for each in path.parent.iterdir())


def many(count, *, length=3000, seed=1):
    chance = random.Random(seed)
    return {
        number.to_bytes(20, "big"): chance.randbytes(length // 3) * 3 for number in range(count)
    }


def test_what_is_put_is_got_byte_for_byte(cache, path):
    cache.put("words", SOME)
    assert cache.get("words", list(SOME)) == SOME
    with DiskFactCache(path) as other:
        assert other.get("words", [b"r", b"unknown", b"r"]) == {b"r": SOME[b"r"]}
    assert cache.notice is None


def test_kinds_are_apart_and_the_last_put_counts(cache):
    cache.put("a", {b"k": b"1"})
    cache.put("b", {b"k": b"2"})
    cache.put("a", {b"k": b"3"})
    assert cache.get("a", [b"k"]) == {b"k": b"3"}
    assert cache.get("b", [b"k"]) == {b"k": b"2"}
    assert cache.get("c", [b"k"]) == {}


def test_nothing_asked_or_put_is_nothing(cache, path):
    cache.put("a", {})
    assert cache.get("a", []) == {}
    assert not path.exists()  # made when first needed


def test_more_keys_than_a_statement_and_more_facts_than_a_batch(cache, monkeypatch):
    monkeypatch.setattr(fact_rows, "_BATCH_FACTS", 100)
    facts = many(fact_cache._KEYS_AT_ONCE * 2 + 1, length=30)
    cache.put("a", facts)
    assert cache.get("a", list(facts)) == facts


def test_too_long_a_value_is_forgotten_and_its_neighbours_are_not(cache, monkeypatch):
    monkeypatch.setattr(fact_rows, "LARGEST_FACT", 10)
    cache.put("a", {b"1": b"x" * 11, b"2": b"x" * 10})
    assert cache.get("a", [b"1", b"2"]) == {b"2": b"x" * 10}


def test_values_are_compressed_where_that_helps(cache, path):
    cache.put("a", {bytes([number]): bytes([number]) * 100_000 for number in range(50)})
    assert size_on_disk(path) < 500_000
    assert cache.get("a", [b"\7"]) == {b"\7": b"\7" * 100_000}


def test_files_are_the_users_alone_whatever_the_mask(path):
    old = os.umask(0)
    try:
        with DiskFactCache(path) as cache:
            cache.put("a", SOME)
            modes = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()}
    finally:
        os.umask(old)
    assert set(modes.values()) == {0o600}
    assert "facts.sqlite-wal" in modes
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_no_cache_forgets():
    NO_CACHE.put("a", {b"k": b"v"})
    assert NO_CACHE.get("a", [b"k"]) == {}


# Size.


def test_the_file_stays_within_its_size_and_one_batch(path):
    with DiskFactCache(path, max_bytes=1 << 20) as cache:
        for round in range(10):
            cache.put("a", many(200, seed=round))
            cache.put(f"kind {round}", many(400, seed=round))
        last = cache.get("kind 9", list(many(400)))
        assert path.stat().st_size < (1 << 20) * 1.3
        assert len(last) == 400
        assert cache.get("kind 0", list(many(400))) == {}


def test_what_was_used_least_lately_goes_first(path):
    now = 10 * DAY
    with DiskFactCache(path, max_bytes=1 << 20, now=lambda: now) as cache:
        old, used = many(400, seed=1), many(100, seed=2)
        cache.put("old", old)
        cache.put("used", used)
        now = 11 * DAY
        cache.get("used", list(used))
        now += 1
        new = many(500, seed=3)
        cache.put("new", new)
        assert cache.get("used", list(used)) == used
        assert cache.get("new", list(new)) == new
        assert 0 < len(cache.get("old", list(old))) < 300


def test_use_is_noted_once_a_day(path):
    now = 10 * DAY
    with DiskFactCache(path, now=lambda: now) as cache:
        cache.put("a", SOME)
        watching = sqlite3.connect(path)

        def stamps():
            return sorted(
                used / DAY / 1000 for (used,) in watching.execute("SELECT used FROM facts")
            )

        def version():
            return watching.execute("PRAGMA data_version").fetchone()

        before = version()
        now += DAY - 1
        cache.get("a", [b""])
        assert version() == before
        now += 1
        cache.get("a", [b"", b"unknown"])
        assert stamps() == [10, 10, 10, 11]
        now = 5 * DAY  # a clock that was wrong
        cache.get("a", [b"r"])
        assert stamps() == [5, 10, 10, 11]
        watching.close()


def test_noting_use_waits_for_no_writer(path):
    with DiskFactCache(path, now=lambda: 0) as writer:
        writer.put("a", SOME)
    busy = sqlite3.connect(path, isolation_level=None)
    busy.execute("BEGIN IMMEDIATE")
    with DiskFactCache(path, now=lambda: 2 * DAY) as cache:
        start = time.monotonic()
        assert cache.get("a", list(SOME)) == SOME
        assert time.monotonic() - start < 5
    busy.execute("ROLLBACK")
    busy.close()


# Threads and forks.


def test_threads_take_turns(cache):
    wrong = []

    def work(name):
        for number in range(20):
            cache.put(name, {bytes([number]): name.encode() * 50})
            if cache.get(name, [bytes([number])]) != {bytes([number]): name.encode() * 50}:
                wrong.append((name, number))

    threads = [threading.Thread(target=work, args=(str(number),)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


FORKING = """
import os, sys, threading
from pathlib import Path
from taskpar_ml.fact_cache import DiskFactCache
cache = DiskFactCache(Path(sys.argv[1]))
cache.put("a", {b"before": b"1"})
stop = threading.Event()
def busy():
    while not stop.is_set():
        cache.put("b", {b"k": b"v"})
thread = threading.Thread(target=busy)
thread.start()
children = []
for number in range(5):
    child = os.fork()
    if child == 0:
        cache.put("a", {b"child %d" % number: b"2"})
        good = cache.get("a", [b"before"]) == {b"before": b"1"}
        sys.exit(0 if good else 9)
    children.append(child)
    cache.put("a", {b"parent %d" % number: b"3"})
statuses = [os.waitpid(child, 0)[1] for child in children]
stop.set()
thread.join()
keys = [b"%s %d" % (who, number) for who in (b"child", b"parent") for number in range(5)]
print(statuses, len(cache.get("a", keys)))
"""


def test_both_sides_of_a_fork_go_on(path):
    assert run_python(FORKING, path) == "[0, 0, 0, 0, 0] 10\n"


# Speed: the bounds are ten times what it takes on a small machine.


def test_thousands_of_facts_take_a_blink(path):
    facts = many(5000)
    with DiskFactCache(path) as cache:
        start = time.perf_counter()
        cache.put("a", facts)
        written = time.perf_counter()
        assert cache.get("a", list(facts)) == facts
        read = time.perf_counter()
    assert read - written < 1
    assert written - start < 4
