"""Writers that meet in the middle of their work, by arrangement."""

from __future__ import annotations

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest

from taskpar_ml.history.store import (
    history_store,
    landing_rows,
    mined_rows,
    outcome_rows,
    schema,
    sqlite_file,
)
from taskpar_ml.history.store.history_store import HistoryStore
from tests.support.pasts import Past, contents, past

MEETING = 0.4
"""Seconds in which the second comes as far as it can while the first stands still."""


@pytest.fixture
def meet(monkeypatch):
    """Hold whoever comes to a function first, until the others have had time to come too."""

    def arrange(module: Any, name: str) -> None:
        original, first = getattr(module, name), threading.Lock()

        def held(*arguments: Any, **named: Any) -> Any:
            if first.acquire(blocking=False):
                time.sleep(MEETING)
            return original(*arguments, **named)

        monkeypatch.setattr(module, name, held)

    return arrange


def at_once(*works):
    with ThreadPoolExecutor(len(works)) as threads:
        return [each.result() for each in [threads.submit(work) for work in works]]


@pytest.mark.parametrize(
    ("module", "name"),
    [(landing_rows, "_insert"), (mined_rows, "_insert"), (outcome_rows, "report_of")],
)
def test_who_looked_what_is_there_adds_before_another_looks(store, url, meet, module, name):
    told = past(9)
    shop = store.history("shop", create=True)
    if module is mined_rows:
        shop.append_landings(told.landings)
    meet(module, name)
    with HistoryStore.open(url) as again:
        other = again.history("shop")
        at_once(lambda: told.append_to(shop), lambda: told.append_to(other))
        expected = store.history("alone", create=True)
        told.append_to(expected)
        assert contents(shop) == contents(expected)


def test_two_who_make_one_history_have_the_same(store, url, meet):
    told = past(1)
    meet(history_store, "insert")
    with HistoryStore.open(url) as again:

        def append(to: HistoryStore, part: Past) -> None:
            part.append_to(to.history("shop", create=True))

        half = Past(told.landings[:5], (), (), ())
        at_once(lambda: append(store, half), lambda: append(again, told))
    assert [each.name for each in store.histories()] == ["shop"]
    assert list(store.history("shop").landings()) == list(told.landings)


def test_two_who_upgrade_do_it_once(postgres, meet):
    url = postgres.database()
    meet(schema, "_migrate")
    assert sorted(at_once(*[lambda: HistoryStore.upgrade(url)] * 2)) == [False, True]


def test_a_new_file_is_shared_even_while_another_uses_it(tmp_path, monkeypatch):
    path = tmp_path / "history.sqlite"
    share = sqlite_file._share

    def disturbed(connection: sqlite3.Connection, until: float) -> None:
        other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        end = threading.Timer(MEETING, other.close)
        end.start()
        share(connection, until)
        end.join()

    monkeypatch.setattr(sqlite_file, "_share", disturbed)
    with HistoryStore.open(str(path), wait=10) as store:
        assert store.histories() == []
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_two_who_make_one_file_do_it_once(tmp_path, meet):
    url = str(tmp_path / "history.sqlite")
    meet(schema, "_migrate")
    assert sorted(at_once(*[lambda: HistoryStore.upgrade(url)] * 2)) == [False, True]
