"""Which landings stand on the line of a history, and where: what every reading begins with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from sqlalchemy import Connection, select

from taskpar_ml.domain.position import Position
from taskpar_ml.errors import UnknownLandingError
from taskpar_ml.history.store.pieces import in_pieces
from taskpar_ml.history.store.tables import joined, landings

_ABSENT: Final = "it is no part of a landing on the line."
_CURE: Final = "Mine the history up to it first."


class Standing(NamedTuple):
    """A landing on the line, without what it says: its row, its place, its id."""

    row: int
    number: int
    commit: str
    mined: bool


def line_of(
    connection: Connection, history: int, *, before: Position | None = None
) -> list[Standing]:
    """Return what stands on the line before a position, oldest first.

    Some hundred bytes for a landing: a whole history fits into memory, without its texts.
    """
    query = (
        select(landings.c.id, landings.c.number, landings.c.commit, landings.c.mined)
        .where(landings.c.history == history, landings.c.abandoned.is_(False))
        .order_by(landings.c.number, landings.c.commit)
    )
    if before is not None:
        query = query.where(landings.c.number < before.number)
    return [Standing(*row) for row in connection.execute(query)]


def rows_of(connection: Connection, history: int, ids: Iterable[str]) -> dict[str, Standing]:
    """Return the landings of those ids that are stored, abandoned ones included."""
    found = {}
    for piece in in_pieces(ids):
        query = select(landings.c.id, landings.c.number, landings.c.commit, landings.c.mined).where(
            landings.c.history == history, landings.c.commit.in_(piece)
        )
        found.update({row.commit: Standing(*row) for row in connection.execute(query)})
    return found


def position_of(connection: Connection, history: int, commit: str, *, name: str) -> Position:
    """Return where a commit stands that is part of a landing on the line.

    Of a landing of several commits only the newest one's time is kept. The others are given the
    time of the landing before, so that nothing counts as known too early; 0, if there is none.

    Raises
    ------
    UnknownLandingError
        If no landing on the line has the commit.
    """
    if not (commit.isascii() and commit.isalnum()):  # no id, and no text for every database
        raise UnknownLandingError(f"{name}: {commit}", _ABSENT, _CURE)
    query = select(landings.c.number, landings.c.landed_at).where(
        landings.c.history == history,
        landings.c.abandoned.is_(False),
        landings.c.commit == commit,
    )
    found = connection.execute(query).first()
    if found is not None:
        return Position(found.number, found.landed_at)
    number = _number_within(connection, history, commit)
    if number is None:
        raise UnknownLandingError(f"{name}: {commit}", _ABSENT, _CURE)
    earlier = (
        select(landings.c.landed_at)
        .where(
            landings.c.history == history,
            landings.c.abandoned.is_(False),
            landings.c.number < number,
        )
        .order_by(landings.c.number.desc(), landings.c.commit.desc())
        .limit(1)
    )
    return Position(number, connection.execute(earlier).scalar() or 0)


def _number_within(connection: Connection, history: int, commit: str) -> int | None:
    """Return the number of a commit that is not the newest of its landing."""
    query = (
        select(landings.c.id, landings.c.number, joined.c.place)
        .join(joined, joined.c.landing == landings.c.id)
        .where(
            joined.c.commit == commit,
            landings.c.history == history,
            landings.c.abandoned.is_(False),
        )
        .order_by(landings.c.number, landings.c.commit)
        .limit(1)
    )
    found = connection.execute(query).first()
    if found is None:
        return None
    others = select(joined.c.place).where(joined.c.landing == found.id)
    newest = len(connection.execute(others).all())
    return int(found.number) - (newest - int(found.place))
