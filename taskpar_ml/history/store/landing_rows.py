"""Landings as rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from taskpar_ml.domain.landing import FileChange, Landing
from taskpar_ml.domain.position import PlacedLanding
from taskpar_ml.errors import ContradictionError
from taskpar_ml.history.store.path_rows import numbers_of, paths_of
from taskpar_ml.history.store.pieces import in_pieces
from taskpar_ml.history.store.removal import remove_landings
from taskpar_ml.history.store.tables import changes, joined, landings

PAGE: Final = 100
"""Landings in memory at once; each has at most a few hundred changes."""


def read_landings(connection: Connection, rows: Sequence[int]) -> Iterator[PlacedLanding]:
    """Yield the landings of those rows, in that order."""
    for page in in_pieces(rows, PAGE):
        found = {
            row.id: row
            for row in connection.execute(select(landings).where(landings.c.id.in_(page)))
        }
        changed, commits = _changes(connection, page), _joined(connection, page)
        for number in page:
            yield _placed(found[number], changed[number], commits[number])


def _placed(row: Row[Any], changed: Sequence[FileChange], earlier: Sequence[str]) -> PlacedLanding:
    return PlacedLanding(
        row.number,
        Landing(
            commits=(*earlier, row.commit),
            base=row.base,
            author=row.author,
            landed_at=row.landed_at,
            title=row.title,
            body=row.body,
            changes=tuple(changed),
            changed=row.changed,
            shape=row.shape,
            reference=row.reference,
            automation=row.automation,
        ),
    )


def _changes(connection: Connection, page: Sequence[int]) -> Mapping[int, list[FileChange]]:
    query = (
        select(changes)
        .where(changes.c.landing.in_(page))
        .order_by(changes.c.landing, changes.c.place)
    )
    rows = connection.execute(query).all()
    named = paths_of(
        connection,
        (number for row in rows for number in (row.path, row.old_path) if number is not None),
    )
    found: dict[int, list[FileChange]] = defaultdict(list)
    for row in rows:
        old = None if row.old_path is None else named[row.old_path]
        found[row.landing].append(FileChange(named[row.path], row.status, old))
    return found


def _joined(connection: Connection, page: Sequence[int]) -> Mapping[int, list[str]]:
    query = (
        select(joined).where(joined.c.landing.in_(page)).order_by(joined.c.landing, joined.c.place)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.landing].append(row.commit)
    return found


def write_landings(
    connection: Connection, history: int, placed: Sequence[PlacedLanding], *, name: str
) -> bool:
    """Add landings, bring abandoned ones back; return whether anything changed.

    Raises
    ------
    ContradictionError
        If one is stored already, but otherwise, and is not abandoned.
    """
    wanted: dict[str, PlacedLanding] = {}
    for each in placed:
        if wanted.setdefault(each.landing.id, each) != each:
            raise _contradiction(name, each)
    new: list[PlacedLanding] = []
    changed = False
    for piece in in_pieces(wanted.values()):
        fresh, returned = _sorted_out(connection, history, piece, name=name)
        new += fresh
        changed = changed or returned
    for piece in in_pieces(new):
        _insert(connection, history, piece)
    return changed or bool(new)


def _sorted_out(
    connection: Connection, history: int, placed: Sequence[PlacedLanding], *, name: str
) -> tuple[list[PlacedLanding], bool]:
    """Return the landings still to be inserted, and whether stored ones were brought back."""
    query = select(landings.c.id, landings.c.abandoned, landings.c.commit).where(
        landings.c.history == history,
        landings.c.commit.in_([each.landing.id for each in placed]),
    )
    known = {row.commit: row for row in connection.execute(query)}
    rows = [row.id for row in known.values()]
    stored = dict(zip(known, read_landings(connection, rows), strict=True))
    outdated, back = [], []
    new = [each for each in placed if each.landing.id not in known]
    for each in placed:
        if each.landing.id not in known:
            continue
        row = known[each.landing.id]
        if stored[each.landing.id] == each:
            back += [row.id] * row.abandoned
        elif row.abandoned:
            outdated.append(row.id)
            new.append(each)
        else:
            raise _contradiction(name, each)
    remove_landings(connection, history, outdated)
    if back:
        connection.execute(update(landings).where(landings.c.id.in_(back)).values(abandoned=False))
    return new, bool(back)


def _contradiction(name: str, placed: PlacedLanding) -> ContradictionError:
    return ContradictionError(
        f"{name}: landing {placed.landing.id}",
        "it is stored already, but otherwise.",
        "Forget what was mined and mine anew, or mine into another history.",
    )


def _insert(connection: Connection, history: int, placed: Sequence[PlacedLanding]) -> None:
    made = insert(landings).returning(landings.c.id, sort_by_parameter_order=True)
    rows = connection.execute(made, [_columns(history, each) for each in placed]).scalars().all()
    paths = numbers_of(
        connection, history, {path for each in placed for path in each.landing.touched}
    )
    earlier = [
        {"landing": row, "place": place, "commit": commit}
        for row, each in zip(rows, placed, strict=True)
        for place, commit in enumerate(each.landing.commits[:-1])
    ]
    changed = [
        {
            "landing": row,
            "place": place,
            "path": paths[change.path],
            "old_path": None if change.old_path is None else paths[change.old_path],
            "status": change.status,
        }
        for row, each in zip(rows, placed, strict=True)
        for place, change in enumerate(each.landing.changes)
    ]
    if earlier:
        connection.execute(insert(joined), earlier)
    if changed:
        connection.execute(insert(changes), changed)


def _columns(history: int, placed: PlacedLanding) -> dict[str, object]:
    landing = placed.landing
    return {
        "history": history,
        "number": placed.number,
        "abandoned": False,
        "mined": False,
        "commit": landing.id,
        "landed_at": landing.landed_at,
        "changed": landing.changed,
        "shape": landing.shape,
        "base": landing.base,
        "author": landing.author,
        "reference": landing.reference,
        "automation": landing.automation,
        "title": landing.title,
        "body": landing.body,
    }
