"""Answers of footprint providers and trials of them, as rows: each whole, beside its key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TypeVar

from pydantic import BaseModel
from sqlalchemy import Connection, Table, insert, select

from taskpar_ml.domain.position import Position
from taskpar_ml.domain.provided import ProviderAnswer, Trial
from taskpar_ml.errors import ContradictionError
from taskpar_ml.history.store.outcome_rows import bounded, microseconds
from taskpar_ml.history.store.path_rows import digest_of
from taskpar_ml.history.store.pieces import in_pieces
from taskpar_ml.history.store.tables import answers, trials

_Told = TypeVar("_Told", ProviderAnswer, Trial)


def read_answers(
    connection: Connection, history: int, *, before: Position | None = None
) -> Iterator[ProviderAnswer]:
    """Yield the newest answer of every provider to every text at every commit.

    They come by when they were given, then by provider, text and commit.

    Parameters
    ----------
    connection, history
        What to read.
    before
        Only what was answered before its time.
    """
    newest = {
        (each.provider, each.text, each.commit): each
        for each in _read(connection, history, answers, ProviderAnswer, before)
    }
    yield from sorted(newest.values(), key=_order)


def read_trials(connection: Connection, history: int) -> Iterator[Trial]:
    """Yield the newest trial of every provider on every landing, for every model.

    They come by landing, then by provider and model. Whether a landing had happened somewhere is
    for git to say: it may be of a history that was not mined.
    """
    newest = {
        (each.landing, each.provider, each.model): each
        for each in _read(connection, history, trials, Trial, None)
    }
    yield from (newest[key] for key in sorted(newest))


def _order(answer: ProviderAnswer) -> tuple[object, ...]:
    return answer.asked_at, answer.provider, answer.text, answer.commit


def _read(
    connection: Connection, history: int, table: Table, kind: type[_Told], before: Position | None
) -> Iterator[_Told]:
    """Yield everything, the oldest first."""
    query = select(table.c.report).where(table.c.history == history)
    if before is not None:
        query = query.where(table.c.asked_at < bounded(before))
    for report in connection.execute(query.order_by(table.c.asked_at, table.c.digest)).scalars():
        yield kind.model_validate(json.loads(report))


def write_answers(
    connection: Connection, history: int, given: Sequence[ProviderAnswer], *, name: str
) -> bool:
    """Add answers; return whether any is new.

    Raises
    ------
    ContradictionError
        If another answer to the same text at the same commit was given at the same moment.
    """
    keyed = [((each.provider, each.text, each.commit), each) for each in given]
    return _write(connection, history, answers, keyed, name=name)


def write_trials(
    connection: Connection, history: int, given: Sequence[Trial], *, name: str
) -> bool:
    """Add trials; return whether any is new.

    Raises
    ------
    ContradictionError
        If a trial of the same answer on the same landing for the same model is stored otherwise.
    """
    keyed = [
        ((each.provider, each.model, each.landing, each.text, each.commit), each) for each in given
    ]
    return _write(connection, history, trials, keyed, name=name)


def _write(
    connection: Connection,
    history: int,
    table: Table,
    given: Sequence[tuple[tuple[str, ...], _Told]],
    *,
    name: str,
) -> bool:
    wanted: dict[bytes, _Told] = {}
    for key, each in given:
        digest = digest_of(*key, str(microseconds(each.asked_at)))
        if wanted.setdefault(digest, each) != each:
            raise _contradiction(name, each)
    changed = False
    for piece in in_pieces(wanted.items()):
        new = dict(piece)
        query = select(table.c.digest, table.c.report).where(
            table.c.history == history, table.c.digest.in_(list(new))
        )
        for row in connection.execute(query).all():
            again = new.pop(bytes(row.digest))
            if row.report != _report(again):
                raise _contradiction(name, again)
        rows = [
            {
                "history": history,
                "digest": digest,
                "asked_at": microseconds(each.asked_at),
                "provider": each.provider,
                "report": _report(each),
            }
            for digest, each in new.items()
        ]
        if rows:
            connection.execute(insert(table), rows)
            changed = True
    return changed


def _report(told: BaseModel) -> str:
    """Return JSON; half surrogates of paths are escaped, so that they survive."""
    return json.dumps(told.model_dump(), default=lambda moment: moment.isoformat(), sort_keys=True)


def _contradiction(name: str, told: ProviderAnswer | Trial) -> ContradictionError:
    return ContradictionError(
        f"{name}: {told.provider}",
        f"another answer of {told.asked_at.isoformat()} at {told.commit[:12]} is stored.",
        "Ask again.",
    )
