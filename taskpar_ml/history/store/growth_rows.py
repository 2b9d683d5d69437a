"""Journals of banks, as rows: steps are added one after the other, and never changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from taskpar_ml.domain.growth import STEPS, GrowthEntry, GrowthStep
from taskpar_ml.history.store.outcome_rows import microseconds, moment
from taskpar_ml.history.store.pieces import in_pieces
from taskpar_ml.history.store.tables import banks, growth


def bank_row(connection: Connection, history: int, name: str) -> int | None:
    """Return the row of a bank, ``None`` where there is none."""
    query = select(banks.c.id).where(banks.c.history == history, banks.c.name == name)
    row: int | None = connection.execute(query).scalar()
    return row


def made_bank(connection: Connection, history: int, name: str) -> int:
    """Return the row of a bank, made if there is none; the writer is alone with the history."""
    row = bank_row(connection, history, name)
    if row is None:
        made = insert(banks).values(history=history, name=name).returning(banks.c.id)
        row = int(connection.execute(made).scalar_one())
    return row


def bank_names(connection: Connection, history: int) -> list[str]:
    """Return what the banks of a history are called."""
    query = select(banks.c.name).where(banks.c.history == history).order_by(banks.c.name)
    return list(connection.execute(query).scalars())


def read_growth(connection: Connection, bank: int, *, after: int = 0) -> Iterator[GrowthEntry]:
    """Yield the steps of a journal behind a number, in order."""
    query = (
        select(growth)
        .where(growth.c.bank == bank, growth.c.number > after)
        .order_by(growth.c.number)
    )
    for row in connection.execute(query):
        yield GrowthEntry(
            number=row.number,
            recorded_at=moment(row.recorded_at),
            step=STEPS.validate_python(json.loads(row.report)),
        )


class BankJournal:
    """The journal of one bank, to whoever may write it.

    Nobody else writes to it until the transaction of the connection ends.
    """

    def __init__(self, connection: Connection, bank: int) -> None:
        self._connection, self._bank = connection, bank
        # Whoever holds the row is alone; a SQLite file has one writer anyway.
        turn = select(banks.c.id).where(banks.c.id == bank).with_for_update()
        connection.execute(turn)

    def entries(self, *, after: int = 0) -> Iterator[GrowthEntry]:
        """Yield the steps behind a number, in order."""
        yield from read_growth(self._connection, self._bank, after=after)

    def append(self, steps: Sequence[GrowthStep], *, at: datetime) -> None:
        """Add steps."""
        newest = select(func.max(growth.c.number)).where(growth.c.bank == self._bank)
        number = self._connection.execute(newest).scalar() or 0
        rows = [
            {
                "bank": self._bank,
                "number": number + place,
                "recorded_at": microseconds(at),
                # Characters other than ASCII are escaped, so that half surrogates survive.
                "report": json.dumps(step.model_dump(mode="json"), sort_keys=True),
            }
            for place, step in enumerate(steps, start=1)
        ]
        for piece in in_pieces(rows):
            self._connection.execute(insert(growth), list(piece))
