"""What is peculiar to PostgreSQL: tables on command, sharing a database, passwords, waiting."""

from __future__ import annotations

import traceback

import psycopg
import pytest

from taskpar_ml.errors import StoreVersionError, UnusableStoreError
from taskpar_ml.history.store.history_store import HistoryStore
from tests.support.pasts import contents, past


def tables_of(url):
    with psycopg.connect(url) as connection:
        query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        return {name for (name,) in connection.execute(query)}


def test_tables_are_made_on_command_only_beside_those_of_others(postgres):
    url = postgres.database()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num text)")
        connection.execute("INSERT INTO alembic_version VALUES ('theirs')")
    with pytest.raises(StoreVersionError, match=r"holds no store yet. Run: taskpar store upgrade"):
        HistoryStore.open(url)
    assert tables_of(url) == {"alembic_version"}
    assert HistoryStore.upgrade(url)
    assert not HistoryStore.upgrade(url)
    assert all(name.startswith("taskpar_") for name in tables_of(url) - {"alembic_version"})
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT * FROM alembic_version").fetchall() == [("theirs",)]
    with HistoryStore.open(url) as store:
        past(1).append_to(store.history("shop", create=True))


def test_tables_of_a_newer_version_are_refused(postgres):
    url = postgres.database()
    HistoryStore.upgrade(url)
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE taskpar_store_version SET version_num = '9999'")
    for opening in (HistoryStore.open, HistoryStore.upgrade):
        with pytest.raises(StoreVersionError, match=r"newer version \(9999\)"):
            opening(url)


def test_older_tables_are_refused_until_they_are_upgraded(postgres, monkeypatch):
    from taskpar_ml.history.store import schema

    url = postgres.emptied()
    monkeypatch.setattr(schema, "KNOWN_VERSIONS", (*schema.KNOWN_VERSIONS, "9998"))
    with pytest.raises(StoreVersionError, match=r"of an older version. Run: taskpar store upgrade"):
        HistoryStore.open(url)


def test_no_message_holds_a_password(postgres):
    url = postgres.emptied()
    host = url.partition("host=")[2]
    refused = (
        f"postgresql://nobody:s3cret@/postgres?host={host}",
        "postgresql://ada:s3cret@127.0.0.1:1/tasks",
        "postgresql://ada@127.0.0.1:1/tasks?password=s3cret",
        f"postgresql://postgres:s3cret@/missing?host={host}",
    )
    for each in refused:
        with pytest.raises(UnusableStoreError, match="cannot be reached") as raised:
            HistoryStore.open(each)
        assert "s3cret" not in "".join(traceback.format_exception(raised.value))


def test_a_writer_waits_for_another_one_and_not_for_ever(postgres):
    url = postgres.emptied()
    with HistoryStore.open(url, wait=0.1) as store:
        shop, other = (store.history(name, create=True) for name in ("shop", "other"))
        with psycopg.connect(url) as connection:
            connection.execute("SELECT * FROM taskpar_histories WHERE id = 1 FOR UPDATE")
            with pytest.raises(UnusableStoreError, match="is being written by another process"):
                shop.set_recipe("{}")
            other.set_recipe("{}")  # histories do not wait for each other
            assert contents(shop)["recipe"] is None


def test_whoever_may_only_read_is_told_so(postgres):
    url = postgres.emptied()
    with HistoryStore.open(url) as store:
        past(1).append_to(store.history("shop", create=True))
    with psycopg.connect(url) as connection:
        connection.execute("DROP ROLE IF EXISTS guest")
        connection.execute("CREATE ROLE guest LOGIN")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest")
    with HistoryStore.open(url.replace("postgres@", "guest@")) as store:
        shop = store.history("shop")
        assert list(shop.landings()) == list(past(1).landings)
        with pytest.raises(UnusableStoreError, match="cannot be written"):
            shop.set_recipe("{}")
