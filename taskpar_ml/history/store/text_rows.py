"""Texts of landings as rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, insert, select

from taskpar_ml.domain.position import Position
from taskpar_ml.domain.task_text import TaskText
from taskpar_ml.errors import ContradictionError, UnknownLandingError
from taskpar_ml.history.store.line_rows import Standing, rows_of
from taskpar_ml.history.store.path_rows import digest_of
from taskpar_ml.history.store.pieces import in_pieces
from taskpar_ml.history.store.tables import texts

_PAGE: Final = 200
"""Landings whose texts are in memory at once."""


def read_texts(
    connection: Connection,
    history: int,
    line: Sequence[Standing],
    *,
    before: Position | None = None,
) -> Iterator[TaskText]:
    """Yield texts of landings of the line, in its order; of one landing the oldest first."""
    for page in in_pieces(line, _PAGE):
        order = {standing.commit: place for place, standing in enumerate(page)}
        query = select(texts).where(texts.c.history == history, texts.c.task.in_(list(order)))
        if before is not None:
            query = query.where(texts.c.written_at < before.time)
        found = [
            TaskText(row.task, row.title, row.body, row.written_at, row.source)
            for row in connection.execute(query)
        ]
        yield from sorted(found, key=lambda each: (order[each.task], each.written_at, each.source))


def write_texts(
    connection: Connection, history: int, given: Sequence[TaskText], *, name: str
) -> bool:
    """Add texts; return whether any was new.

    Raises
    ------
    UnknownLandingError
        If a landing is not stored.
    ContradictionError
        If a text of that landing, source and time is stored already, but otherwise.
    """
    known = rows_of(connection, history, {text.task for text in given})
    wanted: dict[bytes, TaskText] = {}
    for text in given:
        if text.task not in known:
            raise UnknownLandingError(
                f"{name}: landing {text.task}", "it is not stored.", "Mine it before its texts."
            )
        key = digest_of(text.task, text.source, str(text.written_at))
        if wanted.setdefault(key, text) != text:
            raise _contradiction(name, text)
    new = False
    for piece in in_pieces(wanted.items()):
        new = _write(connection, history, dict(piece), name=name) or new
    return new


def _write(
    connection: Connection, history: int, wanted: Mapping[bytes, TaskText], *, name: str
) -> bool:
    query = select(texts.c.digest, texts.c.title, texts.c.body).where(
        texts.c.history == history, texts.c.digest.in_(list(wanted))
    )
    stored = {bytes(row.digest): (row.title, row.body) for row in connection.execute(query)}
    for key, wording in stored.items():
        if wording != (wanted[key].title, wanted[key].body):
            raise _contradiction(name, wanted[key])
    rows = [
        {
            "history": history,
            "digest": key,
            "task": text.task,
            "written_at": text.written_at,
            "source": text.source,
            "title": text.title,
            "body": text.body,
        }
        for key, text in wanted.items()
        if key not in stored
    ]
    if rows:
        connection.execute(insert(texts), rows)
    return bool(rows)


def _contradiction(name: str, text: TaskText) -> ContradictionError:
    return ContradictionError(
        f"{name}: text of {text.task} from {text.source}",
        "another wording of the same time is stored.",
        "Give a later wording the time at which it was written.",
    )
