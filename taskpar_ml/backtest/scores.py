"""What planners would have known of a batch just before its first task landed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.backtest.truth import written_share
from taskpar_ml.backtest.weighed import LEVELS
from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.domain.footprint import ObservedWork
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.domain.protocols import FactCache
from taskpar_ml.domain.task import Task
from taskpar_ml.evaluation.unlearned import MENTIONED, unlearned_scores
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.history.batches import TaskBatch
from taskpar_ml.history.conflict_rates import ConflictRates
from taskpar_ml.history.wordings import Wording, as_task
from taskpar_ml.predictor import ConflictPredictor
from taskpar_ml.repo.snapshot import RepoSnapshot
from taskpar_ml.sizing import SizedTasks

Risks = NDArray[np.float64]

FIXED: Final = "fixed weights, Jaccard"
"""The form of the fixed weights that ``score`` computes."""
BASELINES: Final = (MENTIONED, FIXED)
"""Baselines that batches are replayed with."""


class EffortForecaster(Protocol):
    """Says how long tasks will take, from what is known before they start."""

    def __call__(self, tasks: Sequence[Task]) -> SizedTasks:
        """Return what is known of how long tasks take, in any unit."""
        ...


def batch_memory(
    repo: str | Path,
    batch: TaskBatch,
    *,
    cache: FactCache = NO_CACHE,
    rates: ConflictRates | None = None,
) -> RepoMemory:
    """Return what was known of the repository when the batch began.

    Parameters
    ----------
    rates
        How often tasks had conflicted in files by then.

    Raises
    ------
    RepositoryError
        One of its leaves if the repository cannot be read at the base.
    """
    snapshot = RepoSnapshot.at(repo, batch.base, cache=cache)
    return RepoMemory(snapshot, given=batch.before, rates=rates)


def batch_tasks(batch: TaskBatch, wording: Wording) -> list[Task]:
    """Return the tasks of a batch as they were told, with ids that tell nothing of them.

    They declare nothing: of the tasks their texts are read and nothing else. Ids are as long as
    each other, so that their order is that of the tasks.
    """
    return [as_task(each, wording, id=_id(row)) for row, each in enumerate(batch.tasks)]


def batch_risk(
    tasks: Sequence[Task], memory: RepoMemory, predictor: ConflictPredictor
) -> tuple[Risks, bool]:
    """Return the risk of every two tasks: what ``score`` says at the base of the batch.

    Parameters
    ----------
    tasks
        Those of :func:`batch_tasks`.

    Returns
    -------
    risk
        Of shape ``(n_tasks, n_tasks)``, symmetric; NaN on the diagonal and where a pair cannot be
        scored.
    is_probability
        Whether it is one. A predictor that was never calibrated tells scores only.
    """
    context = predictor.context(tasks, memory)
    risk = np.full((len(tasks), len(tasks)), np.nan)
    is_probability = False
    for scored in predictor.score(PairTable.of(task.id for task in tasks), context):
        a, b = scored.pairs.a, scored.pairs.b
        risk[a, b] = risk[b, a] = scored.estimates.risk
        is_probability |= not np.isnan(scored.estimates.p_conflict).all()
    return risk, is_probability


def seen_risk(
    batch: TaskBatch,
    memory: RepoMemory,
    predictor: ConflictPredictor,
    *,
    wording: Wording,
    seed: int,
) -> NDArray[np.float32]:
    """Return the risk of every two tasks of which some work has been seen.

    Which files have been written after which share of a run is that of
    :func:`~taskpar_ml.backtest.truth.written_share`, by which collisions come to light too.

    Returns
    -------
    array of shape (n_levels, n_tasks, n_levels, n_tasks)
        Symmetric; levels are those of :data:`~taskpar_ml.backtest.weighed.LEVELS`.
    """
    size = len(batch.tasks)
    tasks, observed = [], {}
    for level, share in enumerate(LEVELS):
        for row, landing in enumerate(batch.tasks):
            name = _id(level * size + row)
            tasks.append(as_task(landing, wording, id=name))
            files = frozenset(
                path
                for path in landing.touched
                if written_share(landing.id, path, seed=seed) <= share
            )
            if files:
                observed[name] = ObservedWork(files, final=share == 1)
    context = predictor.context(tasks, memory, observed=observed)
    risk = np.full((len(tasks), len(tasks)), np.nan, dtype=np.float32)
    for scored in predictor.score(PairTable.of(task.id for task in tasks), context):
        a, b = scored.pairs.a, scored.pairs.b
        risk[a, b] = risk[b, a] = scored.estimates.risk
    return risk.reshape(len(LEVELS), size, len(LEVELS), size)


def baseline_scores(tasks: Sequence[Task], memory: RepoMemory) -> dict[str, Risks]:
    """Return the scores of every two tasks by each of :data:`BASELINES`, as :func:`batch_risk`."""
    pairs = PairTable.of(task.id for task in tasks)
    found = unlearned_scores(tasks, memory)
    scores = {}
    for name in BASELINES:
        square = np.full((len(tasks), len(tasks)), np.nan)
        square[pairs.a, pairs.b] = square[pairs.b, pairs.a] = found[name]
        scores[name] = square
    return scores


def _id(row: int) -> str:
    return f"t{row:06}"
