"""What is to be scheduled: lengths, order, pairs to keep apart, and what overlapping costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taskpar_ml.errors import SchedulingError, SettingsError
from taskpar_ml.planner.problem_input import (
    Pairs,
    check_symmetric,
    edge_rows,
    in_units,
    pair_matrix,
    running_mask,
    whole_minutes,
)

LOSS_UNITS: Final = 1_000
"""Units of ``loss`` in a minute."""
WEIGHT_UNITS: Final = 1_000_000
"""Units of ``weight`` and ``budget`` in 1."""


@dataclass(frozen=True, eq=False)
class SchedulingProblem:
    """Tasks to be scheduled, known by their positions 0 to n - 1.

    Made by :meth:`of` from minutes and floats. All that is added up is kept in whole units, so
    that every solver agrees on every schedule to the last unit, on every machine.

    Attributes
    ----------
    minutes
        Expected minutes of each task, at least 1, shape ``(n,)``.
    before
        Pairs of which the first must land before the second starts, acyclic, shape ``(m, 2)``,
        sorted, each once.
    apart
        Which two never run at the same time, shape ``(n, n)``, symmetric, empty diagonal.
    weight
        Risk that is admitted when two overlap, for instance ``-log(1 - p)``, in millionths, rounded
        up. Shape ``(n, n)``, symmetric; 0 where two cannot overlap.
    loss
        Expected minutes of work that are lost when two overlap, in thousandths, rounded. Shape
        ``(n, n)``, symmetric; 0 where two cannot overlap.
    workers
        Most tasks at the same time; None for no limit.
    budget
        Most weight that all overlapping pairs may have together, in millionths, rounded down; None
        for no limit. As weights are rounded up, what fits in units fits in floats.
    running
        Which tasks run already, shape ``(n,)``: they have the first place, and what they lose
        beside each other is not counted, since no schedule changes it.
    """

    minutes: NDArray[np.int64]
    before: NDArray[np.int64]
    apart: NDArray[np.bool_]
    weight: NDArray[np.int32]
    loss: NDArray[np.int32]
    workers: int | None
    budget: int | None
    running: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        minutes: ArrayLike,
        before: Pairs | Sequence[tuple[int, int]] = (),
        *,
        apart: Pairs | None = None,
        weight: Pairs | None = None,
        loss: Pairs | None = None,
        workers: int | None = None,
        budget: float | None = None,
        running: Sequence[int] = (),
    ) -> Self:
        """Return the problem in whole units, checked.

        Parameters
        ----------
        minutes
            Whole minutes of each task, at least 1, shape ``(n,)``.
        before
            Edges ``(first, second)``, or a matrix of shape ``(n, n)`` that is true where the row
            must land before the column.
        apart
            True where two never run at the same time; none by default.
        weight, loss
            As for the class, but in 1 and in minutes; 0 by default.
        workers
            At least 1; None for no limit.
        budget
            At least 0; None for no limit.
        running
            Positions of tasks that run already, no more than there are workers. None of them waits
            for another task; that two are kept apart means nothing where both run.

        Raises
        ------
        SchedulingError
            If a shape, value or symmetry is wrong, tasks wait for each other, or a running task
            waits for one, or for a worker.
        SettingsError
            If there is no worker, or the budget is no number from 0.

        Examples
        --------
        >>> SchedulingProblem.of([30, 20], [(0, 1)], workers=2).chain
        50
        """
        lengths = whole_minutes(minutes)
        size = len(lengths)
        if workers is not None and workers < 1:
            raise SettingsError("workers", f"must be at least 1. Got {workers}.", "Pass 1 or more.")
        if budget is not None and not budget >= 0:
            raise SettingsError("budget", f"must be at least 0. Got {budget}.", "Pass 0 or more.")
        edges = edge_rows(before, size)
        kept = pair_matrix("apart", apart, size).astype(bool)
        check_symmetric("apart", kept)
        runs = running_mask(running, edges, size, workers)
        kept[np.ix_(runs, runs)] = False
        problem = cls(
            lengths,
            edges,
            kept,
            in_units("weight", weight, size, WEIGHT_UNITS, up=True),
            in_units("loss", loss, size, LOSS_UNITS, up=False),
            workers,
            None if budget is None else int(min(budget * WEIGHT_UNITS, 2.0**53)),
            runs,
        )
        np.fill_diagonal(kept, val=False)
        for each in (problem.weight, problem.loss):
            each[problem.never] = 0
            each[np.ix_(runs, runs)] = 0
            np.fill_diagonal(each, 0)
        return problem

    def __len__(self) -> int:
        return len(self.minutes)

    @cached_property
    def seats(self) -> int:
        """How many tasks can run at the same time: as many as there are workers, and tasks."""
        return len(self) if self.workers is None else min(self.workers, len(self))

    @cached_property
    def minute(self) -> int:
        """What a minute of makespan costs, in the units that schedules are compared in.

        Lost work is done again by one of ``seats`` workers, so a lost minute costs that part of a
        minute of makespan.
        """
        return LOSS_UNITS * max(self.seats, 1)

    @cached_property
    def order(self) -> tuple[int, ...]:
        """All positions, each after those that must land before it."""
        found = _topological(self.before, len(self))
        if found is None:
            raise SchedulingError(
                "before", "tasks wait for each other in a circle.", "Leave out one of the edges."
            )
        return found

    @cached_property
    def successors(self) -> tuple[NDArray[np.int64], ...]:
        """Of each task, those that name it as one to land before them."""
        return _grouped(self.before, len(self))

    @cached_property
    def predecessors(self) -> tuple[NDArray[np.int64], ...]:
        """Of each task, those that it names as ones to land before it."""
        return _grouped(self.before[:, ::-1], len(self))

    @cached_property
    def reach(self) -> NDArray[np.bool_]:
        """True where the row must land before the column, directly or through others."""
        reach = np.zeros((len(self), len(self)), dtype=bool)
        for task in reversed(self.order):
            for after in self.successors[task].tolist():
                reach[task] |= reach[after]
                reach[task, after] = True
        return reach

    @cached_property
    def never(self) -> NDArray[np.bool_]:
        """True where two can never overlap: kept apart, or one waits for the other."""
        if not len(self.before):
            return self.apart
        return self.apart | self.reach | self.reach.T

    @cached_property
    def tails(self) -> NDArray[np.int64]:
        """Minutes of the longest chain that starts with each task."""
        tails = self.minutes.copy()
        for task in reversed(self.order):
            if len(self.successors[task]):
                tails[task] += tails[self.successors[task]].max()
        return tails

    @cached_property
    def heads(self) -> NDArray[np.int64]:
        """Minutes before which no task can start, for the longest chain that leads to it."""
        heads = np.zeros(len(self), dtype=np.int64)
        for task in self.order:
            if len(self.predecessors[task]):
                first = self.predecessors[task]
                heads[task] = (heads[first] + self.minutes[first]).max()
        return heads

    @property
    def chain(self) -> int:
        """Minutes of the longest chain; no makespan is shorter."""
        return int(self.tails.max(initial=0))

    @property
    def work(self) -> int:
        """Minutes of all tasks together."""
        return int(self.minutes.sum())


def _grouped(edges: NDArray[np.int64], size: int) -> tuple[NDArray[np.int64], ...]:
    """Return the second ends of edges by their first ends."""
    sorted_ = edges[np.lexsort((edges[:, 1], edges[:, 0]))]
    return tuple(np.split(sorted_[:, 1], np.searchsorted(sorted_[:, 0], np.arange(1, size))))[:size]


def _topological(edges: NDArray[np.int64], size: int) -> tuple[int, ...] | None:
    """Return the positions in an order that follows the edges, None if they close a circle.

    Source: A. B. Kahn, "Topological sorting of large networks", CACM 5 (1962).
    """
    waiting = np.bincount(edges[:, 1], minlength=size)
    after = _grouped(edges, size)
    order = np.flatnonzero(waiting == 0).tolist()
    for task in order:
        for each in after[task].tolist():
            waiting[each] -= 1
            if not waiting[each]:
                order.append(each)
    return tuple(order) if len(order) == size else None
