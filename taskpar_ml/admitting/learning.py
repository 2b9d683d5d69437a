"""What a mined past says of levels, before anything has run."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.backtest.repository import Past
from taskpar_ml.backtest.scores import batch_memory, batch_tasks, told_pairs
from taskpar_ml.backtest.truth import truth_of
from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.domain.growth import Found
from taskpar_ml.domain.protocols import FactCache
from taskpar_ml.history.batches import TaskBatch
from taskpar_ml.history.wordings import Wording
from taskpar_ml.planner.imagined import imagined_outcomes
from taskpar_ml.predictor import ConflictPredictor


def found_outcomes(
    past: Past,
    predictor: ConflictPredictor,
    *,
    wording: Wording,
    threshold: float,
    known: Collection[str] = (),
    cache: FactCache = NO_CACHE,
) -> Iterator[Found]:
    """Yield what past tasks would have come to side by side, oldest first.

    Risks and levels are those that were told just before each batch; whether two tasks conflict is
    what replaying them found.

    Parameters
    ----------
    threshold
        Risk from which two tasks would not have run together.
    known
        Landings that are left out.

    Raises
    ------
    RepositoryError
        One of its leaves if the repository lacks what is needed.
    """
    truth = truth_of(past.findings, past.policy)
    for batch in past.batches:
        if {task.id for task in batch.tasks} <= set(known):
            continue
        rates = None if past.rates is None else past.rates.before(batch)
        memory = batch_memory(past.repo, batch, cache=cache, rates=rates)
        told = told_pairs(batch_tasks(batch, wording), memory, predictor)
        found = _found(batch, truth)
        for row, landing in enumerate(batch.tasks):
            if landing.id in known:
                continue
            outcomes = imagined_outcomes(
                row,
                range(row),
                risk=told.risk,
                levels=told.levels,
                found=found,
                threshold=threshold,
            )
            yield Found(task=landing.id, outcomes=tuple(outcomes))


def _found(batch: TaskBatch, truth: dict[frozenset[str], bool | None]) -> NDArray[np.float64]:
    """Return which tasks of a batch conflict, NaN where that is not known."""
    ids = [task.id for task in batch.tasks]
    return np.array([[_number(truth.get(frozenset((one, other)))) for other in ids] for one in ids])


def _number(conflicts: bool | None) -> float:
    return np.nan if conflicts is None else float(conflicts)
