"""What is replayed: tasks of one batch, how long they take, and which of them truly collide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.mined import PairFinding
from taskpar_ml.errors import ReplayError
from taskpar_ml.policy.labels import LabelPolicy

Truth: TypeAlias = Mapping[frozenset[str], bool | None]
"""Whether two landings conflict, by their ids; ``None`` where that is unknown."""


def truth_of(
    pairs: Iterable[PairFinding], policy: LabelPolicy | None = None
) -> dict[frozenset[str], bool | None]:
    """Return what findings about pairs of landings come to.

    Parameters
    ----------
    policy
        Says which of them count as a conflict; the shipped one by default.
    """
    judge = policy or LabelPolicy()
    return {
        frozenset((pair.earlier, pair.later)): judge.is_positive(judge.kinds(pair))
        for pair in pairs
    }


@dataclass(frozen=True)
class Trace:
    """Tasks in order of arrival, with all that a planner must not see.

    Tasks are known by their position, 0 for the first to arrive.

    Attributes
    ----------
    tasks
        Their ids; past tasks arrive in the order in which they landed.
    minutes
        How long one run of each takes: whole minutes, at least 1.
    conflicts
        Which two truly conflict, shape ``(n, n)``, symmetric, empty diagonal.
    unknown
        Pairs of which nothing is known; they are replayed as if they did not conflict.
    """

    tasks: tuple[str, ...]
    minutes: tuple[int, ...]
    conflicts: NDArray[np.bool_]
    unknown: int = 0

    @classmethod
    def of(cls, tasks: Sequence[str], *, minutes: Mapping[str, int], truth: Truth) -> Self:
        """Return the trace of tasks.

        Parameters
        ----------
        tasks
            Ids in order of arrival.
        minutes
            How long each takes.
        truth
            Which pairs conflict; a pair that it does not hold is unknown.

        Raises
        ------
        ReplayError
            If a task comes twice, or takes less than a minute.
        """
        if len(set(tasks)) < len(tasks):
            twice = next(task for task in tasks if list(tasks).count(task) > 1)
            raise ReplayError(twice, "the task comes twice in one batch.", "Name it once.")
        for task in tasks:
            if minutes[task] < 1:
                raise ReplayError(
                    task, f"minutes must be at least 1. Got {minutes[task]}.", "Round up."
                )
        conflicts = np.zeros((len(tasks), len(tasks)), dtype=bool)
        unknown = 0
        for (row, one), (column, other) in combinations(enumerate(tasks), 2):
            known = truth.get(frozenset((one, other)))
            conflicts[row, column] = conflicts[column, row] = bool(known)
            unknown += known is None
        return cls(tuple(tasks), tuple(minutes[task] for task in tasks), conflicts, unknown)

    @property
    def work(self) -> int:
        """Minutes of all tasks together: how long they take one after the other."""
        return sum(self.minutes)

    @property
    def pairs(self) -> int:
        """How many pairs the tasks form."""
        return len(self.tasks) * (len(self.tasks) - 1) // 2

    def __len__(self) -> int:
        return len(self.tasks)
