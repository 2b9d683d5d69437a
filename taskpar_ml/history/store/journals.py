"""Journals as rows: steps are added one after the other, and never changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, TypeVar

from pydantic import BaseModel, TypeAdapter
from sqlalchemy import Connection, Table, func, insert, select

from taskpar_ml.domain.growth import STEPS as GROWTH_STEPS
from taskpar_ml.domain.growth import GrowthStep
from taskpar_ml.domain.journal import JournalEntry
from taskpar_ml.domain.runs import STEPS as RUN_STEPS
from taskpar_ml.domain.runs import RunStep
from taskpar_ml.history.store.database import Database
from taskpar_ml.history.store.names import check_name
from taskpar_ml.history.store.outcome_rows import microseconds, moment, parsed
from taskpar_ml.history.store.pieces import in_pieces
from taskpar_ml.history.store.tables import banks, growth, histories, run_steps, runs

Step = TypeVar("Step", bound=BaseModel)


@dataclass(frozen=True)
class JournalKind(Generic[Step]):
    """What journals of one kind are kept in.

    Attributes
    ----------
    owners
        The table of what they are journals of, by history and name.
    rows
        The table of their steps.
    owner
        Its column that names the row of the owner.
    steps
        Reads and writes steps.
    """

    owners: Table
    rows: Table
    owner: str
    steps: TypeAdapter[Step]


BANKS: Final[JournalKind[GrowthStep]] = JournalKind(banks, growth, "bank", GROWTH_STEPS)
RUNS: Final[JournalKind[RunStep]] = JournalKind(runs, run_steps, "run", RUN_STEPS)


class Journals(Generic[Step]):
    """The journals of one kind that a history has, by name. Every method is one transaction."""

    def __init__(
        self, database: Database, history: int, kind: JournalKind[Step], *, place: str
    ) -> None:
        self._database, self._history, self._kind, self._place = database, history, kind, place

    def names(self) -> list[str]:
        """Return what they are called."""
        owners = self._kind.owners
        query = select(owners.c.name).where(owners.c.history == self._history)
        with self._database.reading() as connection:
            return list(connection.execute(query.order_by(owners.c.name)).scalars())

    def entries(self, name: str, *, after: int = 0) -> Iterator[JournalEntry[Step]]:
        """Yield the steps of a journal behind a number, in order; none where there is none."""
        with self._database.reading() as connection:
            row = self._row(connection, name)
            if row is not None:
                journal = Journal(connection, row, self._kind, name=name)
                yield from journal.entries(after=after)

    @contextmanager
    def writing(self, name: str) -> Iterator[Journal[Step]]:
        """Yield a journal; nobody else writes it, or another of the kind, until the block ends.

        What is added is there when the block ends well, or not at all. One that is not there is
        made. Whoever mines does not wait for it in PostgreSQL, nor it for them.

        Raises
        ------
        StoreError
            If none can be called so.
        """
        check_name(name, place=self._place)
        with self._database.reading() as connection:
            row = self._row(connection, name)
        if row is None:
            with self._database.writing() as connection:
                row = self._made(connection, name)
        with self._database.writing() as connection:
            owners = self._kind.owners
            # Whoever holds the rows is alone; a SQLite file has one writer anyway.
            turn = select(owners.c.id).where(owners.c.history == self._history)
            connection.execute(turn.order_by(owners.c.id).with_for_update())
            yield Journal(connection, row, self._kind, name=name)

    def _row(self, connection: Connection, name: str) -> int | None:
        owners = self._kind.owners
        query = select(owners.c.id).where(owners.c.history == self._history, owners.c.name == name)
        row: int | None = connection.execute(query).scalar()
        return row

    def _made(self, connection: Connection, name: str) -> int:
        """Return the row of a name, made if there is none."""
        turn = select(histories.c.id).where(histories.c.id == self._history).with_for_update()
        connection.execute(turn)
        row = self._row(connection, name)
        if row is None:
            owners = self._kind.owners
            made = insert(owners).values(history=self._history, name=name)
            row = int(connection.execute(made.returning(owners.c.id)).scalar_one())
        return row


class Journal(Generic[Step]):
    """One journal, within a transaction.

    Attributes
    ----------
    name
        What it is called.
    """

    def __init__(
        self, connection: Connection, row: int, kind: JournalKind[Step], *, name: str
    ) -> None:
        self._connection, self._row, self._kind, self.name = connection, row, kind, name
        self._owner = kind.rows.c[kind.owner]

    def entries(self, *, after: int = 0) -> Iterator[JournalEntry[Step]]:
        """Yield the steps behind a number, in order."""
        rows = self._kind.rows
        query = select(rows).where(self._owner == self._row, rows.c.number > after)
        for row in self._connection.execute(query.order_by(rows.c.number)):
            yield JournalEntry(
                number=row.number,
                recorded_at=moment(row.recorded_at),
                step=self._kind.steps.validate_python(parsed(row.report)),
            )

    def append(self, steps: Sequence[Step], *, at: datetime) -> None:
        """Add steps."""
        rows = self._kind.rows
        newest = select(func.max(rows.c.number)).where(self._owner == self._row)
        number = self._connection.execute(newest).scalar() or 0
        added = [
            {
                self._kind.owner: self._row,
                "number": number + place,
                "recorded_at": microseconds(at),
                # Characters other than ASCII are escaped, so that half surrogates survive.
                "report": json.dumps(step.model_dump(mode="json"), sort_keys=True),
            }
            for place, step in enumerate(steps, start=1)
        ]
        for piece in in_pieces(added):
            self._connection.execute(insert(rows), list(piece))
