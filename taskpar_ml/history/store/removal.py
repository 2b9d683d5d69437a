"""Taking landings away, with everything that hangs on them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select

from taskpar_ml.history.store.pieces import in_pieces
from taskpar_ml.history.store.tables import (
    changes,
    joined,
    landings,
    pair_files,
    pair_items,
    pairs,
    paths,
)

_OF_PAIRS = (pairs, pair_files, pair_items)


def remove_landings(connection: Connection, history: int, rows: Sequence[int]) -> None:
    """Take landings away with their changes and all their pairs; paths stay."""
    if not rows:
        return
    all_of_history = select(landings.c.id).where(landings.c.history == history)
    for piece in in_pieces(rows):
        for table in _OF_PAIRS:
            # As the earlier one a landing stands in no index: the pairs of one history are read.
            connection.execute(
                delete(table).where(table.c.later.in_(all_of_history), table.c.earlier.in_(piece))
            )
            connection.execute(delete(table).where(table.c.later.in_(piece)))
        _remove_alone(connection, piece)


def remove_mined(connection: Connection, history: int) -> None:
    """Take away everything that mining found out about a history."""
    rows = connection.execute(select(landings.c.id).where(landings.c.history == history))
    for piece in in_pieces(rows.scalars().all()):
        for table in _OF_PAIRS:
            connection.execute(delete(table).where(table.c.later.in_(piece)))
        _remove_alone(connection, piece)
    connection.execute(delete(paths).where(paths.c.history == history))


def _remove_alone(connection: Connection, rows: Sequence[int]) -> None:
    """Take away landings that no pair names any more."""
    for table in (joined, changes):
        connection.execute(delete(table).where(table.c.landing.in_(rows)))
    connection.execute(delete(landings).where(landings.c.id.in_(rows)))
