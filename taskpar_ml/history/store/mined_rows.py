"""Adding mined tasks: pairs that are new, and none that says otherwise than before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, insert, select, update

from taskpar_ml.domain.mined import MinedTask, PairFinding
from taskpar_ml.errors import ContradictionError, StoreError, UnknownLandingError
from taskpar_ml.history.store.codes import DETAILS
from taskpar_ml.history.store.line_rows import Standing, rows_of
from taskpar_ml.history.store.pair_details import flags_of, in_order, write_details
from taskpar_ml.history.store.pair_rows import read_pairs
from taskpar_ml.history.store.pieces import in_pieces
from taskpar_ml.history.store.tables import landings, pairs

_PIECE: Final = 200
"""Tasks whose pairs are looked up and written together."""

_Key = tuple[int, int]


def write_mined(
    connection: Connection, history: int, tasks: Sequence[MinedTask], *, name: str
) -> bool:
    """Add tasks with their pairs; return whether anything changed.

    Raises
    ------
    UnknownLandingError
        If a landing is not stored.
    ContradictionError
        If a pair is stored already, but otherwise.
    StoreError
        If a pair is not one of its task with a landing before it.
    """
    changed = False
    for piece in in_pieces(tasks, _PIECE):
        changed = _write(connection, history, piece, name=name) or changed
    return changed


def _write(connection: Connection, history: int, tasks: Sequence[MinedTask], *, name: str) -> bool:
    named = {task.task for task in tasks} | {pair.earlier for task in tasks for pair in task.pairs}
    known = rows_of(connection, history, named)
    for commit in named - known.keys():
        raise UnknownLandingError(
            f"{name}: landing {commit}", "it is not stored.", "Append landings before their pairs."
        )
    given = _given(tasks, known, name=name)
    later = {known[task.task].row: known[task.task] for task in tasks}
    stored = _stored(connection, later, name=name)
    new = {}
    for key, pair in given.items():
        if key not in stored:
            new[key] = pair
    _compare(connection, known, {key: given[key] for key in given if key in stored}, name=name)
    _insert(connection, history, new)
    unmarked = [standing.row for standing in later.values() if not standing.mined]
    if unmarked:
        connection.execute(update(landings).where(landings.c.id.in_(unmarked)).values(mined=True))
    return bool(new or unmarked)


def _given(
    tasks: Iterable[MinedTask], known: Mapping[str, Standing], *, name: str
) -> dict[_Key, PairFinding]:
    """Return the pairs by the rows of their landings, in the one order that is stored."""
    given: dict[_Key, PairFinding] = {}
    for task in tasks:
        standing = known[task.task]
        for pair in task.pairs:
            earlier = known[pair.earlier]
            if pair.later != task.task or earlier.number >= standing.number:
                raise StoreError(
                    f"{name}: landings {pair.earlier} and {pair.later}",
                    f"they are no pair of {task.task} with a landing before it.",
                    "Hand over each task with the pairs in which it is the later one.",
                )
            ordered = in_order(pair)
            if given.setdefault((standing.row, earlier.row), ordered) != ordered:
                raise _contradiction(name, pair)
    return given


def _stored(connection: Connection, later: Iterable[int], *, name: str) -> set[_Key]:
    query = select(pairs.c.later, pairs.c.earlier).where(pairs.c.later.in_(list(later)))
    return {(row.later, row.earlier) for row in connection.execute(query)}


def _compare(
    connection: Connection,
    known: Mapping[str, Standing],
    again: Mapping[_Key, PairFinding],
    *,
    name: str,
) -> None:
    """Refuse pairs that are stored otherwise."""
    if not again:
        return
    line = sorted(known.values(), key=lambda each: (each.number, each.commit))
    stored = {(pair.later, pair.earlier): pair for pair in read_pairs(connection, line)}
    for pair in again.values():
        if stored[pair.later, pair.earlier] != pair:
            raise _contradiction(name, pair)


def _contradiction(name: str, pair: PairFinding) -> ContradictionError:
    return ContradictionError(
        f"{name}: landings {pair.earlier} and {pair.later}",
        "their pair is stored already, but otherwise.",
        "Forget what was mined and mine anew, or mine into another history.",
    )


def _insert(connection: Connection, history: int, new: Mapping[_Key, PairFinding]) -> None:
    if not new:
        return
    rows = [
        {"later": later, "earlier": earlier, "flags": flags_of(pair)}
        for (later, earlier), pair in new.items()
    ]
    connection.execute(insert(pairs), rows)
    detailed = {key: pair for key, pair in new.items() if flags_of(pair) & DETAILS}
    if detailed:
        write_details(connection, history, detailed)
