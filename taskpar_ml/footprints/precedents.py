"""What became of earlier tasks that said what two tasks say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.domain.task import Task
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.queries import Queries
from taskpar_ml.footprints.retrieval import findable

STEPS: Final = 1024
"""Votes are multiples of 1/1024, and so are shares of files: sums of their products are exact, so
that no pair depends on which side comes first or on other tasks."""
_TASKS_AT_ONCE: Final = 256
CLOSE: Final = 3
"""Power of votes by which all but the closest precedents fall silent."""


@dataclass(frozen=True)
class Precedents:
    """Earlier tasks that resemble tasks, and how those got along.

    Attributes
    ----------
    votes
        How much each earlier task is a precedent for each task, in [0, 1], CSR, shape
        ``(n_tasks, n_past)``; those that changed no file that is left have no vote.
    files
        Files that precedents changed, each task of the past as a vector of unit length, CSR,
        shape ``(n_tasks, n_files)``.
    conflicts
        How much of the precedents of a task conflicted with each earlier task, CSR, shape
        ``(n_tasks, n_past)``; None where the past was not replayed.
    compared
        How much of them was compared with each at all, the same way.
    usual
        P(two tasks of the past conflict | they were compared), in [0, 1]; NaN where none were.
    """

    votes: sparse.csr_array
    files: sparse.csr_array
    conflicts: sparse.csr_array | None
    compared: sparse.csr_array | None
    usual: float

    @classmethod
    def of(cls, tasks: Sequence[Task], memory: RepoMemory, *, power: int = 1) -> Self:
        """Look for precedents in the past of a repository.

        Parameters
        ----------
        tasks
            Rows of all that is returned.
        memory
            The repository and its past; with the replayed past, if there is one.
        power
            Power of the votes: the larger, the fewer precedents count.
        """
        past = memory.past
        kept = sparse.csr_array(past.touched @ sparse.diags_array(findable(memory) * 1.0))
        kept.eliminate_zeros()
        n_files = np.diff(kept.indptr)
        votes = _votes(tasks, memory).power(power)
        votes = _in_steps(votes @ sparse.diags_array((n_files > 0) * 1.0))
        length = sparse.diags_array(1 / np.sqrt(np.maximum(n_files, 1.0)))
        files = _in_steps(votes @ sparse.csr_array(length @ kept))
        replayed = None if memory.rates is None else memory.rates.replayed
        if replayed is None or not replayed.rate:
            return cls(votes, files, None, None, np.nan)
        conflicts, compared = replayed.among(past.ids)
        return cls(
            votes,
            files,
            sparse.csr_array(votes @ conflicts),
            sparse.csr_array(votes @ compared),
            replayed.rate,
        )


def _votes(tasks: Sequence[Task], memory: RepoMemory) -> sparse.csr_array:
    """Return the say of earlier tasks; a few tasks ask at a time, so that memory stays bounded."""
    asked = [
        memory.similar_tasks.votes(Queries.of(tasks[begin : begin + _TASKS_AT_ONCE]))
        for begin in range(0, len(tasks), _TASKS_AT_ONCE)
    ]
    nobody = sparse.csr_array((0, memory.past.n_past))
    return sparse.csr_array(sparse.vstack([nobody, *asked], format="csr"))


def _in_steps(values: sparse.csr_array) -> sparse.csr_array:
    """Return values of which products and sums are exact; those below half a step are left out."""
    steps = sparse.csr_array(values)
    data: NDArray[np.float64] = np.rint(steps.data * STEPS) / STEPS
    steps.data = data
    steps.eliminate_zeros()
    return steps
