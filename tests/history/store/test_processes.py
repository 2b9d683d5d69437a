"""Stores under many processes: writers at once, killed writers, openers at once."""

from __future__ import annotations

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from taskpar_ml.errors import StoreError
from taskpar_ml.history.store.history_store import HistoryStore
from tests.support.pasts import contents, past
from tests.support.processes import run_python, start_python

WRITER = """
import random, sys
from taskpar_ml.history.store.history_store import HistoryStore
from tests.support.pasts import Past, past, pieces
url, seed = sys.argv[1], int(sys.argv[2])
told, chance = past(9, landings=60, window=6), random.Random(seed)
with HistoryStore.open(url) as store:
    shop = store.history("shop", create=True)
    sys.stdin.readline()
    for size in (7, 20):
        part = chance.sample(told.landings, len(told.landings))
        for piece in pieces(part, size):
            shop.append_landings(piece)
        start = chance.randrange(3)
        Past((), told.mined[start::2], told.texts[start::2], told.outcomes[start::2]).append_to(
            shop, size=size
        )
"""

BATCH = """
import sys
from taskpar_ml.history.store.history_store import HistoryStore
from tests.support.pasts import past
url, name = sys.argv[1:]
told = past(10, landings=200, window=20)
with HistoryStore.open(url) as store:
    shop = store.history(name, create=True)
    shop.append_landings(told.landings)
    print("ready", flush=True)
    shop.append_mined(told.mined)
    print("done", flush=True)
"""


def test_writers_at_once_lose_nothing(store, url, shop):
    writers = [start_python(WRITER, url, seed) for seed in range(2)]
    for writer in writers:
        writer.stdin.write("\n")
        writer.stdin.flush()
    told = past(9, landings=60, window=6)
    told.append_to(shop, size=5)
    for writer in writers:
        _, err = writer.communicate(timeout=120)
        assert (writer.returncode, err) == (0, "")
    alone = store.history("alone", create=True)
    told.append_to(alone)
    assert contents(shop) == contents(alone)
    assert len(store.histories()) == 2


def killed_in_the_middle(store, url, name, pause):
    """Kill a writer so long after it began its batch; return whether the batch is there."""
    writer = start_python(BATCH, url, name)
    assert writer.stdout.readline() == "ready\n"
    time.sleep(pause)
    writer.kill()
    out, err = writer.communicate(timeout=60)
    assert err == ""
    told, history = past(10, landings=200, window=20), store.history(name)
    mined, pairs = history.mined(), list(history.pairs())
    assert list(history.landings()) == list(told.landings)
    if mined or "done" in out:
        assert mined == {task.task for task in told.mined}
        assert pairs == told.pairs
    else:
        assert pairs == []
        history.append_mined(told.mined)
        assert list(history.pairs()) == told.pairs
    return bool(mined)


def test_a_killed_writer_leaves_no_half_batch(store, url):
    assert not killed_in_the_middle(store, url, "soon", 0.02)
    killed_in_the_middle(store, url, "later", 0.15)


@pytest.mark.long
def test_many_killed_writers_leave_no_half_batch(store, url):
    chance = random.Random(1)
    pauses = [chance.uniform(0, 1.0) for _ in range(60)]
    whole = [
        killed_in_the_middle(store, url, f"{place}", pause) for place, pause in enumerate(pauses)
    ]
    assert 5 < sum(whole) < 55


OPENER = """
import sys
from taskpar_ml.history.store.history_store import HistoryStore
sys.stdin.readline()
with HistoryStore.open(sys.argv[1]) as store:
    store.history(sys.argv[2], create=True)
    store.history("all", create=True)
    print([each.name for each in store.histories()].count("all"))
"""


def open_at_once(path):
    openers = [start_python(OPENER, path, number) for number in range(3)]
    for opener in openers:
        opener.stdin.write("\n")
        opener.stdin.flush()
    for opener in openers:
        out, err = opener.communicate(timeout=60)
        assert (opener.returncode, err, out) == (0, "", "1\n")
    with HistoryStore.open(str(path)) as store:
        assert [each.name for each in store.histories()] == ["0", "1", "2", "all"]


def test_processes_that_open_a_new_file_at_once_make_one_store(tmp_path):
    open_at_once(tmp_path / "deep" / "history.sqlite")


@pytest.mark.long
def test_processes_that_open_new_files_at_once_make_one_store_each(tmp_path):
    for round in range(30):
        open_at_once(tmp_path / f"{round}" / "history.sqlite")


UPGRADER = """
import sys
from taskpar_ml.history.store.history_store import HistoryStore
sys.stdin.readline()
print(HistoryStore.upgrade(sys.argv[1]))
"""


def test_of_processes_that_upgrade_at_once_one_does_it(postgres):
    url = postgres.database()
    upgraders = [start_python(UPGRADER, url) for _ in range(2)]
    said = [each.communicate("\n", timeout=60) for each in upgraders]
    assert sorted(said) == [("False\n", ""), ("True\n", "")]
    with HistoryStore.open(url) as store:
        assert store.histories() == []


def test_a_store_is_of_the_process_that_opened_it(shop):
    landings = past(1).landings
    shop.append_landings(landings)
    child = os.fork()
    if child == 0:
        try:
            shop.newest()
        except StoreError as error:
            os._exit(0 if "was opened by another process" in str(error) else 1)
        os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert shop.newest() == landings[-1]


def test_threads_may_share_a_store(shop):
    told = past(9, landings=60, window=6)
    with ThreadPoolExecutor(4) as threads:
        appending = [threads.submit(shop.append_landings, told.landings[at::3]) for at in range(3)]
        for each in appending:
            each.result()
        appending = [threads.submit(shop.append_mined, told.mined[at::3]) for at in range(4)]
        for each in appending:
            each.result()
    assert list(shop.landings()) == list(told.landings)
    assert list(shop.pairs()) == told.pairs


def test_a_reader_of_another_process_sees_what_is_there(url, shop):
    shop.append_landings(past(1).landings)
    script = (
        "import sys\nfrom taskpar_ml.history.store.history_store import HistoryStore\n"
        "with HistoryStore.open(sys.argv[1], create=False) as store:\n"
        "    print(store.history('shop').newest().landing.id)\n"
    )
    assert run_python(script, url) == f"{shop.newest().landing.id}\n"
