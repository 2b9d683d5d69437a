"""The store of histories: what was mined and observed, of any number of repositories."""

from __future__ import annotations

from typing import Any, Self

from sqlalchemy import Connection, Row, case, func, insert, select

from taskpar_ml.domain.history_summary import HistorySummary
from taskpar_ml.domain.pairs import shortened
from taskpar_ml.errors import UnknownHistoryError
from taskpar_ml.history.store.database import NAMES_LOCK, WAIT_SECONDS, Database
from taskpar_ml.history.store.line_rows import line_of
from taskpar_ml.history.store.location import StoreLocation
from taskpar_ml.history.store.names import check_name
from taskpar_ml.history.store.outcome_rows import moment
from taskpar_ml.history.store.repo_history import RepoHistory
from taskpar_ml.history.store.schema import ensure_version, upgrade
from taskpar_ml.history.store.tables import histories, landings


class HistoryStore:
    """Histories of repositories in one database, a SQLite file or PostgreSQL.

    Laws, whichever database it is:

    1. Append is idempotent: what is appended twice is there once.
    2. The content does not depend on the order of appending, nor on how it was divided.
    3. Two writers lose nothing, in one process or in several, overlapping or not.
    4. A batch is there as a whole or not at all, whenever its writer is killed.
    5. What is returned before a position was known there; what is appended later about later
       things changes no such answer.
    6. Histories do not mix.
    7. What is read equals what was written, to the last character of any text.
    8. Reading changes nothing.
    9. What contradicts what is stored is refused, and the batch with it.

    A store belongs to the process that opened it. Threads may share it.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as place, HistoryStore.open(f"{place}/shop.sqlite") as store:
    ...     shop = store.history("shop", create=True)
    ...     shop.newest() is None, [summary.name for summary in store.histories()]
    (True, ['shop'])
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, url: str, *, create: bool = True, wait: float = WAIT_SECONDS) -> Self:
        """Open a store.

        A file whose tables are of an older version is brought up to this one.

        Parameters
        ----------
        url
            A path, ``sqlite:///PATH`` or ``postgresql://USER@HOST/DATABASE``.
        create
            Whether a file that is not there is made, for its owner only. The tables of a
            PostgreSQL database are only ever made by :meth:`upgrade`.
        wait
            Longest time to wait for another writer, in seconds.

        Raises
        ------
        UnusableStoreError
            If there is no store, it is something else, or it does not answer.
        StoreVersionError
            If its tables are of a version that this one cannot use.
        """
        database = Database(StoreLocation.parse(url), create=create, wait=wait)
        try:
            ensure_version(database)
        except BaseException:
            database.close()
            raise
        return cls(database)

    @staticmethod
    def upgrade(url: str, *, wait: float = WAIT_SECONDS) -> bool:
        """Make the tables of a store, or bring them up to this version.

        Returns
        -------
        bool
            Whether there was anything to do.

        Raises
        ------
        UnusableStoreError
            If the database is something else than a store, or does not answer.
        StoreVersionError
            If its tables are newer.
        """
        database = Database(StoreLocation.parse(url), create=True, wait=wait)
        try:
            return upgrade(database)
        finally:
            database.close()

    def close(self) -> None:
        """Close it; nothing is lost without."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def name(self) -> str:
        """What messages call it; holds no password."""
        return self._database.name

    def histories(self) -> list[HistorySummary]:
        """Return what is stored, by name."""
        query = select(histories).order_by(histories.c.name)
        with self._database.reading() as connection:
            counts = _counts(connection)
            return [
                _summary(connection, row, counts.get(row.id, (0, 0, 0)))
                for row in connection.execute(query).all()
            ]

    def history(self, name: str, *, create: bool = False) -> RepoHistory:
        """Return one repository's part.

        Parameters
        ----------
        name
            What it is called here: 1 to 200 characters.
        create
            Whether it is made if there is none of that name.

        Raises
        ------
        UnknownHistoryError
            If there is none, with those that there are.
        StoreError
            If it cannot be called so.
        """
        check_name(name, place=self.name)
        with self._database.reading() as connection:
            row = _row_of(connection, name)
        if row is None and create:
            with self._database.writing() as connection:
                row = _made(connection, name)
        if row is None:
            known = [summary.name for summary in self.histories()]
            raise UnknownHistoryError(
                f"{self.name}: {name}",
                "it holds no history of that name.",
                f"Known: {shortened(known)}." if known else "It holds none; mine one first.",
            )
        return RepoHistory(self._database, row, name)


def _row_of(connection: Connection, name: str) -> int | None:
    row: int | None = connection.execute(
        select(histories.c.id).where(histories.c.name == name)
    ).scalar()
    return row


def _made(connection: Connection, name: str) -> int:
    """Return the row of a new history, or of the one that another process just made."""
    if connection.dialect.name == "postgresql":
        # A row that is not yet there cannot be waited for.
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({NAMES_LOCK})")
    row = _row_of(connection, name)
    if row is None:
        made = insert(histories).values(name=name).returning(histories.c.id)
        row = int(connection.execute(made).scalar_one())
    return row


def _counts(connection: Connection) -> dict[int, tuple[int, int, int]]:
    """Return landings, tasks and mined tasks of every history."""
    query = (
        select(
            landings.c.history,
            func.count(),
            func.sum(case((landings.c.automation.is_(None), 1), else_=0)),
            func.sum(case((landings.c.mined, 1), else_=0)),
        )
        .where(landings.c.abandoned.is_(False))
        .group_by(landings.c.history)
    )
    return {
        history: (int(all_of_them), int(tasks), int(mined))
        for history, all_of_them, tasks, mined in connection.execute(query)
    }


def _summary(connection: Connection, row: Row[Any], counts: tuple[int, int, int]) -> HistorySummary:
    line = line_of(connection, row.id)
    return HistorySummary(
        name=row.name,
        landings=counts[0],
        tasks=counts[1],
        mined=counts[2],
        newest=line[-1].commit if line else None,
        written_at=None if row.written_at is None else moment(row.written_at),
    )
