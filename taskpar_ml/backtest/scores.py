"""Risk of every two tasks of a batch, as it would have been scored before the first of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.domain.protocols import FactCache
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.history.batches import TaskBatch
from taskpar_ml.history.conflict_rates import ConflictRates
from taskpar_ml.history.wordings import Wording, as_task
from taskpar_ml.predictor import ConflictPredictor
from taskpar_ml.repo.snapshot import RepoSnapshot


def batch_scores(
    repo: str | Path,
    batch: TaskBatch,
    predictor: ConflictPredictor,
    *,
    wording: Wording,
    cache: FactCache = NO_CACHE,
    rates: ConflictRates | None = None,
) -> NDArray[np.float64]:
    """Return the risk of every two tasks of a batch.

    What ``score`` says at the batch's base, of tasks that declare nothing. Of the tasks their
    texts are read and nothing else; of the repository what it held at the base, and what had
    landed by then.

    Parameters
    ----------
    repo
        The repository that the batch is from.
    predictor
        Who scores.
    wording
        How much the tasks say.
    rates
        How often tasks had conflicted in files by then.

    Returns
    -------
    array of shape (n_tasks, n_tasks)
        Symmetric, rows in the order in which the tasks landed; NaN on the diagonal and where a
        pair cannot be scored.

    Raises
    ------
    RepositoryError
        One of its leaves if the repository cannot be read at the base.
    """
    snapshot = RepoSnapshot.at(repo, batch.base, cache=cache)
    memory = RepoMemory(snapshot, given=batch.before, rates=rates)
    # Ids as long as each other: their order is that of the tasks. They tell nothing of them.
    tasks = [as_task(each, wording, id=f"t{row:06}") for row, each in enumerate(batch.tasks)]
    context = predictor.context(tasks, memory)
    risk = np.full((len(tasks), len(tasks)), np.nan)
    for scored in predictor.score(PairTable.of(task.id for task in tasks), context):
        a, b = scored.pairs.a, scored.pairs.b
        risk[a, b] = risk[b, a] = scored.estimates.risk
    return risk
