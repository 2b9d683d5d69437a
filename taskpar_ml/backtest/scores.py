"""What planners would have known of a batch just before its first task landed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.backtest.truth import written_share
from taskpar_ml.backtest.weighed import SEEN_SHARES
from taskpar_ml.classifying import task_facts
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
from taskpar_ml.policy.levels import pair_levels
from taskpar_ml.policy.settings import Settings
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


class ToldPairs(NamedTuple):
    """What is told of every two tasks of a batch.

    Attributes
    ----------
    risk
        What ``score`` says at the base of the batch, shape ``(n_tasks, n_tasks)``, symmetric; NaN
        on the diagonal and where a pair cannot be scored.
    is_probability
        Whether it is one. A predictor that was never calibrated tells scores only.
    levels
        Level of every pair as its place in :data:`~taskpar_ml.domain.levels.LEVELS`, shape
        ``(n_tasks, n_tasks)``, symmetric; the diagonal means nothing.
    """

    risk: Risks
    is_probability: bool
    levels: NDArray[np.int8]


def told_pairs(
    tasks: Sequence[Task], memory: RepoMemory, predictor: ConflictPredictor
) -> ToldPairs:
    """Return what is told of every two tasks.

    Parameters
    ----------
    tasks
        Those of :func:`batch_tasks`.
    """
    context = predictor.context(tasks, memory)
    size = len(tasks)
    facts = task_facts(context, memory.snapshot, Settings(), contexts=memory.contexts)
    risk, levels = np.full((size, size), np.nan), np.zeros((size, size), dtype=np.int8)
    is_probability = False
    for scored in predictor.score(PairTable.of(task.id for task in tasks), context):
        a, b = scored.pairs.a, scored.pairs.b
        told = scored.estimates.p_conflict
        risk[a, b] = risk[b, a] = scored.estimates.risk
        levels[a, b] = levels[b, a] = pair_levels(scored.pairs, facts, told)
        is_probability |= not np.isnan(told).all()
    return ToldPairs(risk, is_probability, levels)


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
    array of shape (n_shares, n_tasks, n_shares, n_tasks)
        Symmetric; shares are those of :data:`~taskpar_ml.backtest.weighed.SEEN_SHARES`.
    """
    size = len(batch.tasks)
    tasks, observed = [], {}
    for level, share in enumerate(SEEN_SHARES):
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
    return risk.reshape(len(SEEN_SHARES), size, len(SEEN_SHARES), size)


def baseline_scores(tasks: Sequence[Task], memory: RepoMemory) -> dict[str, Risks]:
    """Return the scores of every two tasks by each baseline, as :attr:`ToldPairs.risk`."""
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
