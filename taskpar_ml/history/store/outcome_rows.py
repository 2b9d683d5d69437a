"""Recorded outcomes as rows: each report whole, beside the little that is asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from taskpar_ml.domain.outcome import Outcome, RecordedOutcome
from taskpar_ml.domain.position import Position
from taskpar_ml.errors import ContradictionError
from taskpar_ml.history.store.path_rows import digest_of
from taskpar_ml.history.store.pieces import in_pieces
from taskpar_ml.history.store.tables import outcomes

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_PER_SECOND: Final = 1_000_000
_LATEST: Final = (1 << 63) - 1
"""Largest number of a column."""


def microseconds(moment: datetime) -> int:
    """Return a moment as microseconds since 1970, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(microseconds: int) -> datetime:
    """Return the moment so many microseconds after the beginning of 1970, in UTC.

    Raises
    ------
    ValueError
        If a database holds something else in that column.
    """
    if not isinstance(microseconds, int):
        raise ValueError(f"{microseconds!r} is no time")
    return _EPOCH + microseconds * _MICROSECOND


def bounded(before: Position) -> int:
    """Return the time of a position in microseconds since 1970, as far as a column holds it."""
    return max(min(before.time * _PER_SECOND, _LATEST), -_LATEST)


def report_of(outcome: Outcome) -> str:
    """Return an outcome as JSON that :func:`outcome_of` reads.

    Characters other than ASCII are escaped, so that half surrogates of paths survive.
    """
    return json.dumps(outcome.model_dump(), default=_word, sort_keys=True)


def outcome_of(report: str) -> Outcome:
    """Return the outcome of a report.

    Raises
    ------
    ValueError
        If it is none.
    """
    return Outcome.model_validate(parsed(report))


def parsed(report: str) -> Any:
    """Return what a report holds.

    Raises
    ------
    ValueError
        If it is no JSON, or nested more deeply than any of ours.
    """
    try:
        return json.loads(report)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _word(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def read_outcomes(
    connection: Connection, history: int, *, before: Position | None = None
) -> Iterator[RecordedOutcome]:
    """Yield of every attempt what was known, ordered by when that was recorded.

    Parameters
    ----------
    connection, history
        What to read.
    before
        Only what was recorded before its time is known; corrections that came later are not.
    """
    query = select(outcomes).where(outcomes.c.history == history)
    if before is not None:
        query = query.where(outcomes.c.recorded_at < bounded(before))
    known: dict[tuple[str, int, str], RecordedOutcome] = {}
    for row in connection.execute(query.order_by(outcomes.c.correction)):
        outcome = outcome_of(row.report)
        recorded = RecordedOutcome(
            outcome=outcome, recorded_at=moment(row.recorded_at), correction=row.correction
        )
        known[outcome.task, outcome.attempt, outcome.base] = recorded
    yield from sorted(
        known.values(),
        key=lambda each: (
            each.recorded_at,
            each.outcome.task,
            each.outcome.attempt,
            each.outcome.base,
        ),
    )


def read_reports(connection: Connection, history: int) -> Iterator[RecordedOutcome]:
    """Yield every report, those that were corrected included, by when it was recorded."""
    query = (
        select(outcomes)
        .where(outcomes.c.history == history)
        .order_by(outcomes.c.recorded_at, outcomes.c.digest)
    )
    for row in connection.execute(query):
        yield RecordedOutcome(
            outcome=outcome_of(row.report),
            recorded_at=moment(row.recorded_at),
            correction=row.correction,
        )


def write_outcomes(
    connection: Connection, history: int, given: Sequence[RecordedOutcome], *, name: str
) -> bool:
    """Add outcomes; return whether anything changed.

    Raises
    ------
    ContradictionError
        If another report of the same attempt is stored, and this one does not say that it
        corrects it.
    """
    wanted: dict[bytes, RecordedOutcome] = {}
    for each in given:
        outcome = each.outcome
        key = digest_of(outcome.task, str(outcome.attempt), outcome.base, str(each.correction))
        first = wanted.setdefault(key, each)
        if first.outcome != outcome:
            raise _contradiction(name, each)
        if each.recorded_at < first.recorded_at:
            wanted[key] = each
    changed = False
    for piece in in_pieces(wanted.items()):
        changed = _write(connection, history, dict(piece), name=name) or changed
    return changed


def _write(
    connection: Connection, history: int, wanted: Mapping[bytes, RecordedOutcome], *, name: str
) -> bool:
    query = select(outcomes).where(
        outcomes.c.history == history, outcomes.c.digest.in_(list(wanted))
    )
    new, changed = dict(wanted), False
    for row in connection.execute(query).all():
        again = new.pop(bytes(row.digest))
        if outcome_of(row.report) != again.outcome:
            raise _contradiction(name, again)
        if microseconds(again.recorded_at) < row.recorded_at:
            earlier = update(outcomes).where(outcomes.c.id == row.id)
            connection.execute(earlier.values(recorded_at=microseconds(again.recorded_at)))
            changed = True
    rows = [
        {
            "history": history,
            "digest": key,
            "recorded_at": microseconds(each.recorded_at),
            "task": each.outcome.task,
            "correction": each.correction,
            "report": report_of(each.outcome),
        }
        for key, each in new.items()
    ]
    if rows:
        connection.execute(insert(outcomes), rows)
    return changed or bool(rows)


def _contradiction(name: str, recorded: RecordedOutcome) -> ContradictionError:
    outcome = recorded.outcome
    return ContradictionError(
        f"{name}: attempt {outcome.attempt} at {outcome.task}",
        "another report of it is stored.",
        f"Report it with correction {recorded.correction + 1} if this one is right.",
    )
