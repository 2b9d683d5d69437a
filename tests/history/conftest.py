"""A history to grow, and a PostgreSQL to keep some in."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.history.store.tables import METADATA
from tests.support.histories import History
from tests.support.postgres import find_programs, is_needed, running_server


@pytest.fixture
def history(tmp_path: Path) -> History:
    """Return an empty repository."""
    return History(tmp_path / "history.git")


class Server:
    """A running PostgreSQL."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._numbers = itertools.count()
        self._shared = self.database()
        HistoryStore.upgrade(self._shared)

    def _url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self._socket}"

    def database(self) -> str:
        """Make a database without tables; half a second of copying, so few tests ask for one."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self._url(name)

    def emptied(self) -> str:
        """Empty the store that most tests share."""
        names = ", ".join(table.name for table in METADATA.sorted_tables)
        with psycopg.connect(self._shared) as connection:
            connection.execute(f"TRUNCATE {names} RESTART IDENTITY")
        return self._shared


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Start a PostgreSQL."""
    programs = find_programs()
    if programs is None:
        if is_needed():
            pytest.fail("PostgreSQL is not installed, and must be")
        pytest.skip("PostgreSQL is not installed")
    with running_server(programs) as socket:
        yield Server(socket)
