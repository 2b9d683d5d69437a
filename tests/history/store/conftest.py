"""Stores of both kinds, empty for each test."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.history.store.repo_history import RepoHistory
from tests.support.postgres import find_programs, is_needed, running_server

_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[..., str]]:
    """Make databases in a running PostgreSQL: empty ones, or with a store in them."""
    programs = find_programs()
    if programs is None:
        if is_needed():
            pytest.fail("PostgreSQL is not installed, and must be")
        pytest.skip("PostgreSQL is not installed")
    with running_server(programs) as socket:

        def url(name: str) -> str:
            return f"postgresql://postgres@/{name}?host={socket}"

        def new(*, empty: bool = False) -> str:
            name = f"test_{next(_NUMBERS)}"
            template = "template0" if empty else "with_store"
            with psycopg.connect(url("postgres"), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
            return url(name)

        with psycopg.connect(url("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE with_store")
        HistoryStore.upgrade(url("with_store"))
        yield new


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return where a store without histories is."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres")())
    place = tmp_path / "store" / "history.sqlite"
    HistoryStore.open(str(place)).close()
    return str(place)


@pytest.fixture
def store(url: str) -> Iterator[HistoryStore]:
    """Return an open store without histories."""
    with HistoryStore.open(url) as opened:
        yield opened


@pytest.fixture
def shop(store: HistoryStore) -> RepoHistory:
    """Return an empty history."""
    return store.history("shop", create=True)
