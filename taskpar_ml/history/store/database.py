"""A database that is read and written in whole transactions, whichever of the two kinds it is."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event

from taskpar_ml.errors import StoreError, UnusableStoreError
from taskpar_ml.history.store.faults import clear_errors
from taskpar_ml.history.store.location import StoreLocation
from taskpar_ml.history.store.sqlite_file import prepare_file

WAIT_SECONDS: Final = 60.0
"""How long a writer waits for another one; the longest transaction is one batch."""

UPGRADE_LOCK: Final = 0x74706801
"""Number of the lock that an upgrade holds in PostgreSQL."""

NAMES_LOCK: Final = 0x74706802
"""Number of the lock that whoever makes a history holds in PostgreSQL."""

_CONNECT_SECONDS: Final = 10
_WRITES: Final = "taskpar_writes"

_SQLITE_SETTINGS: Final = (
    "foreign_keys = ON",
    # What was reported is not mined again: it must outlast a power cut.
    "synchronous = FULL",
    "cell_size_check = ON",
    "trusted_schema = OFF",
    # A file that shrinks while it is mapped ends the process.
    "mmap_size = 0",
    "cache_size = -32768",
)


class Database:
    """Transactions of a store.

    A reader sees everything as it was when it began, and keeps no writer waiting. A writer writes
    all or nothing; on SQLite one at a time, on PostgreSQL one per history, who locks its row.

    A database belongs to the process that opened it: connections do not survive a fork.
    """

    def __init__(self, location: StoreLocation, *, create: bool, wait: float) -> None:
        self.location = location
        self._process = os.getpid()
        with clear_errors(location.name):
            if location.file is not None:
                prepare_file(location.file, create=create, wait=wait)
                self._engine = _sqlite_engine(location, wait)
            else:
                self._engine = _postgres_engine(location, wait)

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.location.name

    @property
    def is_file(self) -> bool:
        """Whether it is a file of this machine, for one user."""
        return self.location.file is not None

    def close(self) -> None:
        """Close all connections."""
        if os.getpid() == self._process:
            self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that sees one moment, and cannot write.

        Raises
        ------
        UnusableStoreError
            If the database does not answer.
        """
        self._check_process()
        options: dict[str, Any] = (
            {}
            if self.is_file
            else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        with clear_errors(self.name), self._engine.connect() as plain:
            connection = plain.execution_options(**options)
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection; what is written is there when the block ends well, or not at all.

        Raises
        ------
        UnusableStoreError
            If the database does not answer, or has no room.
        """
        self._check_process()
        with clear_errors(self.name), self._engine.connect() as plain:
            connection = plain.execution_options(**{_WRITES: True})
            with connection.begin():
                yield connection

    def _check_process(self) -> None:
        if os.getpid() != self._process:
            raise StoreError(
                self.name, "was opened by another process.", "Open it in this one again."
            )


def _sqlite_engine(location: StoreLocation, wait: float) -> Engine:
    engine = create_engine(
        location.url, connect_args={"timeout": wait}, pool_size=2, max_overflow=-1
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, record: object) -> None:
        connection.isolation_level = None  # transactions begin below, not where Python thinks best
        for setting in _SQLITE_SETTINGS:
            connection.execute(f"PRAGMA {setting}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and writes later would fail instead of waiting.
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgres_engine(location: StoreLocation, wait: float) -> Engine:
    try:
        engine = create_engine(
            location.url,
            connect_args={"connect_timeout": _CONNECT_SECONDS, "client_encoding": "utf8"},
            pool_size=2,
            max_overflow=-1,
        )
    except ImportError:
        raise UnusableStoreError(
            location.name,
            "PostgreSQL needs a driver that is not installed.",
            "Install it: pip install 'taskpar_ml[postgres]'.",
        ) from None

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, record: object) -> None:
        connection.execute(f"SET lock_timeout = {int(wait * 1000)}")
        connection.commit()

    return engine
