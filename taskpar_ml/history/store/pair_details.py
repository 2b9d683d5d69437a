"""What a pair has beside its two landings: the few that share anything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select

from taskpar_ml.domain.mined import FileFinding, ItemFinding, PairFinding
from taskpar_ml.history.store.codes import CONCURRENT, DETAILS, FILES, TIPS
from taskpar_ml.history.store.path_rows import numbers_of, paths_of
from taskpar_ml.history.store.tables import pair_files, pair_items


@dataclass(slots=True)
class Details:
    """Files, files of the tips, and items of one pair."""

    files: list[FileFinding] = field(default_factory=list)
    tips: list[FileFinding] = field(default_factory=list)
    items: list[ItemFinding] = field(default_factory=list)


NO_DETAILS: Final = Details()


def details_of(connection: Connection, rows: Sequence[int]) -> Mapping[tuple[int, int], Details]:
    """Return the details of all pairs whose later landing is one of those rows."""
    found: dict[tuple[int, int], Details] = defaultdict(Details)
    query = (
        select(pair_files)
        .where(pair_files.c.later.in_(rows))
        .order_by(*pair_files.primary_key.columns)
    )
    files = connection.execute(query).all()
    named = paths_of(connection, (row.path for row in files))
    for row in files:
        details = found[row.later, row.earlier]
        (details.tips if row.tips else details.files).append(_file(row, named[row.path]))
    items = (
        select(pair_items)
        .where(pair_items.c.later.in_(rows))
        .order_by(*pair_items.primary_key.columns)
    )
    for row in connection.execute(items):
        item = ItemFinding(row.kind, row.item, row.detector)
        found[row.later, row.earlier].items.append(item)
    return found


def _file(row: Row[Any], path: str) -> FileFinding:
    return FileFinding(path, row.verdict, row.decided_by, row.kind, row.created)


def in_order(pair: PairFinding) -> PairFinding:
    """Return the finding with its files by path, and its items by kind, item and detector."""
    if not (pair.files or pair.items or pair.tips):
        return pair
    return replace(
        pair,
        files=_files_in_order(pair.files),
        items=tuple(sorted(pair.items, key=lambda each: (each.kind, each.item, each.detector))),
        tips=None if pair.tips is None else _files_in_order(pair.tips),
    )


def _files_in_order(files: Sequence[FileFinding]) -> tuple[FileFinding, ...]:
    return tuple(
        sorted(
            files,
            key=lambda each: (
                each.path,
                each.verdict,
                each.decided_by,
                each.kind or "",
                each.created,
            ),
        )
    )


def flags_of(pair: PairFinding) -> int:
    """Return what the row of a pair itself says."""
    return (
        CONCURRENT * pair.concurrent
        | TIPS * (pair.tips is not None)
        | FILES * bool(pair.files)
        | DETAILS * bool(pair.files or pair.tips or pair.items)
    )


def write_details(
    connection: Connection, history: int, found: Mapping[tuple[int, int], PairFinding]
) -> None:
    """Add the details of new pairs, given by the rows of the later and the earlier landing."""
    files = [
        (key, tips, place, file)
        for key, pair in found.items()
        for tips, those in ((False, pair.files), (True, pair.tips or ()))
        for place, file in enumerate(those)
    ]
    numbers = numbers_of(connection, history, {file.path for _, _, _, file in files})
    file_rows = [
        {
            "later": later,
            "earlier": earlier,
            "tips": tips,
            "place": place,
            "path": numbers[file.path],
            "verdict": file.verdict,
            "decided_by": file.decided_by,
            "kind": file.kind,
            "created": file.created,
        }
        for (later, earlier), tips, place, file in files
    ]
    item_rows = [
        {
            "later": later,
            "earlier": earlier,
            "place": place,
            "kind": item.kind,
            "item": item.item,
            "detector": item.detector,
        }
        for (later, earlier), pair in found.items()
        for place, item in enumerate(pair.items)
    ]
    for table, rows in ((pair_files, file_rows), (pair_items, item_rows)):
        if rows:
            connection.execute(insert(table), rows)
