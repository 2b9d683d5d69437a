"""Findings about pairs as rows: read in the order of the line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, select

from taskpar_ml.domain.mined import PairFinding
from taskpar_ml.history.store.codes import CONCURRENT, DETAILS, FILES, TIPS
from taskpar_ml.history.store.line_rows import Standing
from taskpar_ml.history.store.pair_details import NO_DETAILS, Details, details_of
from taskpar_ml.history.store.pieces import in_pieces
from taskpar_ml.history.store.tables import pairs

_PAGE: Final = 200
"""Later tasks in memory at once, each with the pairs of its window."""


def read_pairs(
    connection: Connection, line: Sequence[Standing], *, shared_only: bool = False
) -> Iterator[PairFinding]:
    """Yield every pair of two landings of the line, by the later one's place, then the earlier's.

    Parameters
    ----------
    connection
        To read from.
    line
        Landings in their order; pairs with others are left out.
    shared_only
        Leave out pairs that share no file.
    """
    order = {standing.row: place for place, standing in enumerate(line)}
    for page in in_pieces(line, _PAGE):
        rows = [standing.row for standing in page]
        found = [
            (order[later], order[earlier], flags)
            for later, earlier, flags in _flags(connection, rows, shared_only)
            if earlier in order
        ]
        found.sort()
        details: Mapping[tuple[int, int], Details] = {}
        if any(flags & DETAILS for _, _, flags in found):
            details = details_of(connection, rows)
        for later, earlier, flags in found:
            yield _finding(line[later], line[earlier], flags, details)


def _flags(
    connection: Connection, rows: Sequence[int], shared_only: bool
) -> Iterator[tuple[int, int, int]]:
    query = select(pairs.c.later, pairs.c.earlier, pairs.c.flags).where(pairs.c.later.in_(rows))
    if shared_only:
        query = query.where(pairs.c.flags.bitwise_and(FILES) != 0)
    for row in connection.execute(query):
        yield row.later, row.earlier, row.flags


def _finding(
    later: Standing,
    earlier: Standing,
    flags: int,
    details: Mapping[tuple[int, int], Details],
) -> PairFinding:
    if not flags:
        return PairFinding(earlier.commit, later.commit)
    known = details.get((later.row, earlier.row), NO_DETAILS)
    return PairFinding(
        earlier=earlier.commit,
        later=later.commit,
        files=tuple(known.files),
        items=tuple(known.items),
        concurrent=bool(flags & CONCURRENT),
        tips=tuple(known.tips) if flags & TIPS else None,
    )
