"""Predictions and beginnings of shadows, as rows. Nothing of either is ever changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, insert, select

from taskpar_ml.domain.prediction import Prediction, ShadowStart
from taskpar_ml.history.store.outcome_rows import microseconds, moment
from taskpar_ml.history.store.path_rows import digest_of
from taskpar_ml.history.store.pieces import in_pieces
from taskpar_ml.history.store.tables import predictions, shadows


def read_predictions(connection: Connection, history: int) -> Iterator[Prediction]:
    """Yield every prediction, the one that was recorded first before all others."""
    query = select(predictions.c.report).where(predictions.c.history == history)
    order = predictions.c.recorded_at, predictions.c.digest
    for report in connection.execute(query.order_by(*order)).scalars():
        yield Prediction.model_validate(json.loads(report))


def write_predictions(connection: Connection, history: int, made: Sequence[Prediction]) -> int:
    """Add predictions; return how many are new.

    Of a prediction that is there already the first record stays, whatever the second one says.
    """
    wanted: dict[bytes, Prediction] = {}
    for each in made:
        wanted.setdefault(digest_of(*each.key), each)
    added = 0
    for piece in in_pieces(wanted.items()):
        new = dict(piece)
        query = select(predictions.c.digest).where(
            predictions.c.history == history, predictions.c.digest.in_(list(new))
        )
        for digest in connection.execute(query).scalars():
            del new[bytes(digest)]
        rows = [
            {
                "history": history,
                "digest": digest,
                "recorded_at": microseconds(each.recorded_at),
                "model": each.model,
                "report": _report(each),
            }
            for digest, each in new.items()
        ]
        if rows:
            connection.execute(insert(predictions), rows)
        added += len(rows)
    return added


def read_shadows(connection: Connection, history: int) -> list[ShadowStart]:
    """Return where shadows began, the one that began first before all others."""
    query = select(shadows.c.commit, shadows.c.started_at).where(shadows.c.history == history)
    found = connection.execute(query.order_by(shadows.c.started_at, shadows.c.id)).all()
    return [ShadowStart(commit=row.commit, started_at=moment(row.started_at)) for row in found]


def write_shadow(
    connection: Connection, history: int, start: ShadowStart, *, only_first: bool
) -> bool:
    """Note where a shadow begins; return whether that is new.

    Parameters
    ----------
    only_first
        Whether it is left out where any shadow began before.
    """
    known = {each.commit for each in read_shadows(connection, history)}
    if start.commit in known or (only_first and known):
        return False
    row = {
        "history": history,
        "commit": start.commit,
        "started_at": microseconds(start.started_at),
    }
    connection.execute(insert(shadows), [row])
    return True


def _report(made: Prediction) -> str:
    """Return JSON; half surrogates are escaped, so that they survive."""
    return json.dumps(made.model_dump(), default=lambda moment: moment.isoformat(), sort_keys=True)
