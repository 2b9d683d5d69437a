"""Opening stores: what is one, what is none, and what is said then."""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing

import pytest
from sqlalchemy import Engine, event

from taskpar_ml.errors import StoreError, StoreVersionError, UnusableStoreError
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.history.store.location import StoreLocation
from tests.support.pasts import contents, past
from tests.support.processes import bound_by_permissions, run_python


@pytest.fixture
def path(tmp_path):
    return tmp_path / "history.sqlite"


def fill(url):
    with HistoryStore.open(str(url)) as store:
        history = store.history("shop", create=True)
        past(1).append_to(history)
        return contents(history)


def looks_of(directory):
    return {each.name: (each.read_bytes(), each.stat().st_mtime_ns) for each in directory.iterdir()}


@pytest.mark.parametrize(
    ("text", "url", "name"),
    [
        ("a/b.sqlite", None, "a/b.sqlite"),
        ("/a/b.sqlite", "sqlite:////a/b.sqlite", "/a/b.sqlite"),
        ("sqlite:////a/b c.sqlite", "sqlite:////a/b c.sqlite", "/a/b c.sqlite"),
        ("sqlite+pysqlite:////a", "sqlite:////a", "/a"),
        ("postgresql://u:p@h:1/d", "postgresql+psycopg://u:p@h:1/d", "postgresql://u@h:1/d"),
        ("postgresql+psycopg://h/d", "postgresql+psycopg://h/d", "postgresql://h/d"),
    ],
)
def test_urls_and_paths_name_a_store(text, url, name):
    location = StoreLocation.parse(text)
    assert url is None or location.url.render_as_string(hide_password=False) == url
    assert location.name == name


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no file is named"),
        (":memory:", "no file is named"),
        ("sqlite://", "no file is named"),
        ("sqlite:///", "no file is named"),
        ("sqlite:///a?mode=ro", "a file has no host and no options"),
        ("sqlite://host/a", "a file has no host and no options"),
        ("mysql://u:secret@h/d", "a store is never 'mysql'"),
        ("postgresql+asyncpg://u:secret@h/d", "a store is never 'postgresql.asyncpg'"),
        ("://secret", "the URL cannot be read"),
        ("postgresql://u:secret@h:port/d", "the URL cannot be read"),
        ("postgresql://u:in@secret@h/d", "an @ of a password is written %40"),
        ("sqlite:///a?secret", "a file has no host and no options"),
    ],
)
def test_other_texts_are_refused_without_being_repeated(text, problem):
    with pytest.raises(UnusableStoreError, match=problem) as raised:
        StoreLocation.parse(text)
    assert "secret" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_file_is_its_owners_only_and_is_found_again(path):
    nested = path.parent / "deep" / path.name
    before = fill(nested)
    assert {each.stat().st_mode & 0o777 for each in nested.parent.iterdir()} == {0o600}
    assert nested.parent.stat().st_mode & 0o777 == 0o700
    for url in (f"sqlite:///{nested}", str(nested)):
        with HistoryStore.open(url, create=False) as store:
            assert contents(store.history("shop")) == before
            assert store.name == str(nested)


def test_a_file_may_be_called_as_if_it_were_a_url(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    HistoryStore.open("file:a?mode=ro").close()
    names = [each.name for each in tmp_path.iterdir()]
    assert names == ["file:a?mode=ro"]
    assert (tmp_path / names[0]).stat().st_mode & 0o777 == 0o600


def test_reading_leaves_the_file_as_it_is(path):
    fill(path)
    before = path.read_bytes()
    with HistoryStore.open(str(path)) as store:
        contents(store.history("shop"))
        store.histories()
    assert path.read_bytes() == before


def test_a_store_that_is_not_there_is_not_made_unasked(path):
    with pytest.raises(
        UnusableStoreError, match=r"history.sqlite: there is no store yet. `taskpar mine`"
    ):
        HistoryStore.open(str(path), create=False)
    assert list(path.parent.iterdir()) == []


def other_database(path):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE theirs (x)")


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (other_database, "is a database of another program"),
        (lambda path: path.write_text("tasks:\n" * 100), "is no SQLite database"),
        (lambda path: path.write_bytes(b"SQLite format 3\0"), "is no SQLite database"),
    ],
)
@pytest.mark.parametrize("opening", [HistoryStore.open, HistoryStore.upgrade])
def test_other_files_are_refused_and_left_as_they_are(path, make, problem, opening):
    make(path)
    before = looks_of(path.parent)
    with pytest.raises(UnusableStoreError, match=problem):
        opening(str(path))
    assert looks_of(path.parent) == before


@pytest.mark.parametrize("make", [lambda path: path.mkdir(), os.mkfifo])
def test_what_is_no_file_is_refused(path, make):
    make(path)
    with pytest.raises(UnusableStoreError, match="is no file"):
        HistoryStore.open(str(path))


def test_a_place_below_a_file_is_refused(path):
    path.write_text("x")
    with pytest.raises(UnusableStoreError, match=r"cannot be opened \(Not a directory\)"):
        HistoryStore.open(str(path / "below"))


@pytest.mark.parametrize("place", ["pages", "header"])
def test_a_damaged_file_is_an_error_and_is_left_as_it_is(path, place):
    fill(path)
    content = bytearray(path.read_bytes())
    for page in range(4096, len(content), 4096) if place == "pages" else [16]:
        content[page : page + 16] = b"\xff" * 16
    path.write_bytes(content)
    with pytest.raises(UnusableStoreError, match=r"history.sqlite: is damaged .* Put a backup"):
        fill(path)
    assert path.read_bytes() == content


def test_values_that_nobody_wrote_are_damage(path):
    fill(path)
    for change in (
        "UPDATE taskpar_landings SET shape = 99",
        "UPDATE taskpar_landings SET shape = 1, title = x'ff'",
        "UPDATE taskpar_landings SET title = x''; DELETE FROM taskpar_paths",
    ):
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.executescript(change)
        with (
            HistoryStore.open(str(path)) as store,
            pytest.raises(UnusableStoreError, match="holds what cannot be understood"),
        ):
            list(store.history("shop").landings())


APPEND = """
import sys
from taskpar_ml.errors import StoreError
from taskpar_ml.history.store.history_store import HistoryStore
try:
    with HistoryStore.open(sys.argv[1]) as store:
        store.history("shop").set_recipe("{}")
except StoreError as error:
    print(type(error).__name__, error)
"""


def test_a_file_that_may_not_be_written_says_so(path):
    fill(path)
    path.chmod(0o400)
    said = run_python(APPEND, path, before=bound_by_permissions)
    assert said.startswith(f"UnusableStoreError {path}: cannot be written (")
    path.parent.chmod(0o500)
    said = run_python(APPEND, path, before=bound_by_permissions)
    assert said.startswith(f"UnusableStoreError {path}: cannot be written (")
    path.chmod(0o000)
    said = run_python(APPEND, path, before=bound_by_permissions)
    assert said.startswith(f"UnusableStoreError {path}: cannot be opened (Permission denied)")


def test_a_full_disk_says_so_and_nothing_is_half_written(path):
    fill(path)

    def bound(connection, record):
        connection.execute("PRAGMA max_page_count = 60")

    event.listen(Engine, "connect", bound)
    try:
        with HistoryStore.open(str(path)) as store:
            big = store.history("big", create=True)
            with pytest.raises(UnusableStoreError, match=r"the disk is full .*\. Make room\."):
                big.append_landings(past(2, landings=900).landings)
            assert list(big.landings()) == []
    finally:
        event.remove(Engine, "connect", bound)


def test_a_writer_waits_for_another_one_and_not_for_ever(path):
    before = fill(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with HistoryStore.open(str(path), wait=0.1) as store:
            history = store.history("shop")
            with pytest.raises(UnusableStoreError, match="is being written by another process"):
                history.set_recipe("{}")
            assert contents(history) == before
        other.execute("COMMIT")


def test_a_newer_file_is_refused_and_left_as_it_is(path):
    fill(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE taskpar_store_version SET version_num = '9999'")
    before = path.read_bytes()
    for opening in (HistoryStore.open, HistoryStore.upgrade):
        with pytest.raises(StoreVersionError, match=r"newer version \(9999\). Install a newer"):
            opening(str(path))
    assert path.read_bytes() == before


def test_an_unfinished_file_is_finished(path):
    """A process may die between making the file and making the tables."""
    path.touch()
    with HistoryStore.open(str(path)) as store:
        assert store.histories() == []
    with closing(sqlite3.connect(path)) as connection, connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (name,) in tables.fetchall():
            connection.execute(f"DROP TABLE {name}")
    with HistoryStore.open(str(path)) as store:
        assert store.histories() == []


def test_a_database_without_the_driver_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"pip install 'taskpar_ml\[postgres\]'"):
        HistoryStore.open("postgresql://ada:secret@localhost/tasks")
