"""How many of the files that tasks changed a ranking of candidates finds."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.training.repository_rows import RepositoryRows

_FIRST: int = 10


class RecallAt(NamedTuple):
    """Means over tasks that changed a file which existed.

    ``recall`` is the share of those files among the first ten, ``gain`` the normalised discounted
    cumulative gain of these, ``held`` the share of the files that are candidates at all.
    """

    recall: float
    gain: float
    held: float


class TaskRecalls(NamedTuple):
    """The same task by task, with the batch of each, shape ``(n_tasks,)``."""

    batch: NDArray[np.int64]
    recall: NDArray[np.float64]
    gain: NDArray[np.float64]
    held: NDArray[np.float64]


def recall_at_ten(
    rows: RepositoryRows, touch: NDArray[np.float64], wording: int, *, begin: float = 0.0
) -> RecallAt:
    """Measure a ranking on the batches after a share of all; see :func:`task_recalls`."""
    found = task_recalls(rows, touch, wording, begin=begin)
    return RecallAt(*(float(each.mean()) for each in found[1:]))


def task_recalls(
    rows: RepositoryRows, touch: NDArray[np.float64], wording: int, *, begin: float = 0.0
) -> TaskRecalls:
    """Measure a ranking task by task.

    Parameters
    ----------
    rows
        The candidates.
    touch
        What they are ranked by, shape ``(n_rows,)``.
    wording
        Which wording, by its place in :data:`WORDINGS`.
    begin
        Share of the batches that are left out, oldest first.
    """
    first = int(rows.n_batches * begin)
    n_tasks = rows.existing.shape[1]
    own = np.flatnonzero((rows.wording == wording) & (rows.batch >= first))
    task = rows.batch[own].astype(np.int64) * n_tasks + rows.task[own]
    order = np.lexsort((rows.path[own], -touch[own], task))
    task, hit = task[order], rows.touched[own][order]
    place = np.arange(len(task)) - np.searchsorted(task, task)
    size = rows.existing.size
    near = place < _FIRST
    found = np.bincount(task[near], weights=hit[near], minlength=size)
    gained = np.bincount(task[near], weights=hit[near] / np.log2(place[near] + 2), minlength=size)
    held = np.bincount(task, weights=hit, minlength=size)
    existing = rows.existing.reshape(-1)
    best = np.r_[0.0, np.cumsum(1 / np.log2(np.arange(2, _FIRST + 2)))]
    asked = np.flatnonzero((existing > 0) & (np.arange(size) >= first * n_tasks))
    changed = existing[asked]
    return TaskRecalls(
        batch=asked // n_tasks - first,
        recall=found[asked] / changed,
        gain=gained[asked] / best[np.minimum(changed, _FIRST)],
        held=held[asked] / changed,
    )
