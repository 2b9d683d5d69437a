"""Which tasks of the past would have conflicted, and which of them were ever compared."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.domain.landing import Landing
from taskpar_ml.domain.mined import PairFinding
from taskpar_ml.history.replay.recipe import WINDOW
from taskpar_ml.policy.labels import LabelPolicy


@dataclass(frozen=True)
class ReplayedPairs:
    """Pairs of past tasks that were replayed, and those of them that conflict.

    Attributes
    ----------
    tasks
        Ids of tasks, oldest first.
    replayed
        Whether each of them was replayed against those before it, within the window.
    conflicts
        Places of two tasks that conflict, the earlier one first.
    window
        Tasks before it that each was replayed against.
    """

    tasks: tuple[str, ...]
    replayed: tuple[bool, ...]
    conflicts: tuple[tuple[int, int], ...]
    window: int = WINDOW

    @classmethod
    def counted(
        cls,
        landings: Iterable[Landing],
        pairs: Iterable[PairFinding],
        *,
        mined: Collection[str],
        window: int = WINDOW,
        policy: LabelPolicy | None = None,
    ) -> Self:
        """Judge pairs.

        Parameters
        ----------
        landings
            What had landed, oldest first.
        pairs
            What replaying found; pairs of others are left out.
        mined
            Ids of the tasks that were replayed.
        window
            Tasks before it that each was replayed against.
        policy
            What counts as a conflict; the usual one if None.
        """
        judge = policy or LabelPolicy()
        tasks = tuple(landing.id for landing in landings if landing.is_task)
        place = {task: number for number, task in enumerate(tasks)}
        found = tuple(
            (place[pair.earlier], place[pair.later])
            for pair in pairs
            if pair.earlier in place and pair.later in place
            if judge.is_positive(judge.kinds(pair))
        )
        return cls(tasks, tuple(task in mined for task in tasks), found, window)

    @property
    def rate(self) -> float:
        """P(two tasks conflict | they were compared), in [0, 1]; 0 where none were."""
        compared = len(self._compared()[0])
        return len(self.conflicts) / compared if compared else 0.0

    def among(self, tasks: Sequence[str]) -> tuple[sparse.csr_array, sparse.csr_array]:
        """Return which of some tasks conflict, and which were compared.

        Parameters
        ----------
        tasks
            Ids, each once.

        Returns
        -------
        tuple of csr_array
            Symmetric, of ones, shape ``(n_tasks, n_tasks)`` as those that were asked about.
        """
        place = {task: number for number, task in enumerate(tasks)}
        where = np.array([place.get(task, -1) for task in self.tasks], dtype=np.int64)
        conflicts = np.array(self.conflicts, dtype=np.int64).reshape(-1, 2).T
        return (
            _symmetric(*(where[side] for side in conflicts), size=len(tasks)),
            _symmetric(*(where[side] for side in self._compared()), size=len(tasks)),
        )

    def _compared(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the places of the two tasks of every pair that was replayed."""
        later = np.repeat(np.flatnonzero(self.replayed), self.window)
        earlier = later - np.tile(np.arange(1, self.window + 1), sum(self.replayed))
        return earlier[earlier >= 0], later[earlier >= 0]


def _symmetric(
    first: NDArray[np.int64], second: NDArray[np.int64], *, size: int
) -> sparse.csr_array:
    """Return a matrix of ones at pairs, either way round; those with a side below 0 left out."""
    known = (first >= 0) & (second >= 0)
    first, second = first[known], second[known]
    rows, columns = np.concatenate([first, second]), np.concatenate([second, first])
    ones = sparse.coo_array((np.ones(len(rows)), (rows, columns)), shape=(size, size))
    return sparse.csr_array(ones)
