"""Start times for thousands of tasks: whenever one lands, the best of those that may start does."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.planner.problem import LOSS_UNITS, SchedulingProblem
from taskpar_ml.planner.schedule import Cost


class Manner(NamedTuple):
    """How tasks are chosen.

    Attributes
    ----------
    pull
        What a minute of the chain behind a task is worth, in minutes of loss.
    patience
        Loss, as a share of the task's own minutes, above which it rather waits.
    toll
        What a unit of weight costs, in units of loss.
    """

    pull: float
    patience: float
    toll: float = 0.0


def listed_starts(problem: SchedulingProblem, manner: Manner) -> tuple[list[int], Cost]:
    """Return the starts of all tasks, and what they cost.

    Parallel schedule generation: time goes from event to event. Of all tasks that are ready, and
    may run beside those that do, the one with the most behind it and the least to lose starts, as
    long as a worker is free. What every task would lose is kept up to date for all at once.

    Parameters
    ----------
    manner
        How tasks are chosen.

    References
    ----------
    R. L. Graham, "Bounds on multiprocessing timing anomalies", SIAM J. Appl. Math. 17 (1969).
    """
    size, minutes = len(problem), problem.minutes
    waiting = np.bincount(problem.before[:, 1], minlength=size)
    ready = waiting == 0
    beside = _Beside(problem, manner.toll)
    value: NDArray[np.float64] = np.asarray(manner.pull * LOSS_UNITS * problem.tails)
    most: NDArray[np.float64] = np.asarray(manner.patience * LOSS_UNITS * minutes)
    budget = float("inf") if problem.budget is None else float(problem.budget)
    starts = np.zeros(size, dtype=np.int64)
    ends: list[tuple[int, int]] = []
    now = lost = weight = 0
    for _ in range(size):
        while True:
            task = -1
            if len(ends) < problem.seats:
                left = budget - weight
                task = beside.best(ready, value, most, left)
            if task >= 0:
                break
            now = ends[0][0]
            while ends and ends[0][0] == now:
                landed = heappop(ends)[1]
                beside.change(landed, -1)
                after = problem.successors[landed]
                waiting[after] -= 1
                ready[after] = waiting[after] == 0
        lost += int(beside.lost[task])
        weight += int(beside.weight[task])
        starts[task], ready[task] = now, False
        beside.change(task, 1)
        heappush(ends, (now + int(minutes[task]), task))
    makespan = max(end for end, _ in ends)
    return starts.tolist(), Cost(makespan * problem.minute + lost, weight)


class _Beside:
    """What each task would meet if it started now."""

    def __init__(self, problem: SchedulingProblem, toll: float) -> None:
        size = len(problem)
        self._problem, self._toll = problem, toll
        self._risky = bool(problem.loss.any() or problem.weight.any())
        self._kept: NDArray[np.int32] = np.zeros(size, dtype=np.int32)
        self.lost: NDArray[np.int64] = np.zeros(size, dtype=np.int64)
        self.weight: NDArray[np.int64] = np.zeros(size, dtype=np.int64)

    def change(self, task: int, sign: int) -> None:
        """Let a task run, or land."""
        add = np.add if sign > 0 else np.subtract
        add(self._kept, self._problem.apart[task], out=self._kept)
        if self._risky:
            add(self.lost, self._problem.loss[task], out=self.lost)
            add(self.weight, self._problem.weight[task], out=self.weight)

    def best(
        self,
        ready: NDArray[np.bool_],
        value: NDArray[np.float64],
        most: NDArray[np.float64],
        left: float,
    ) -> int:
        """Return the ready task of most value that may start, the first of several, -1 for none."""
        tasks = np.flatnonzero(ready & (self._kept == 0))
        if self._risky and len(tasks):
            weight = self.weight[tasks]
            risk = self.lost[tasks] + self._toll * weight
            tasks, risk = _both(tasks, risk, (risk <= most[tasks]) & (weight <= max(left, 0)))
            return int(tasks[(value[tasks] - risk).argmax()]) if len(tasks) else -1
        return int(tasks[value[tasks].argmax()]) if len(tasks) else -1


def _both(
    tasks: NDArray[np.int64], risk: NDArray[np.float64], kept: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    return tasks[kept], risk[kept]
