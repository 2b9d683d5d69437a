"""Schedules of thousands of tasks: whenever tasks land, the best of those that may start do."""

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
    for task in np.flatnonzero(problem.running).tolist():
        ready[task] = False
        beside.change(task, 1)
        heappush(ends, (int(minutes[task]), task))
    for _ in range(size - len(ends)):
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


def listed_waves(problem: SchedulingProblem, manner: Manner) -> list[int]:
    """Return the number of each task's wave, filled wave by wave.

    The ready task that is longest, with the most behind it, opens a wave. Others join while there
    is room: those whose work fits in best, have the most behind them, and the least to lose. One
    that is longer than the wave makes it longer for all.

    Parameters
    ----------
    manner
        How tasks are chosen.
    """
    size, minutes = len(problem), problem.minutes
    waiting = np.bincount(problem.before[:, 1], minlength=size)
    ready = waiting == 0
    beside = _Beside(problem, manner.toll)
    behind: NDArray[np.float64] = np.asarray(manner.pull * LOSS_UNITS * problem.tails)
    most: NDArray[np.float64] = np.asarray(manner.patience * LOSS_UNITS * minutes)
    left = float("inf") if problem.budget is None else float(problem.budget)
    waves = np.zeros(size, dtype=np.int64)
    number = placed = 0
    while placed < size:
        wave = [] if number else np.flatnonzero(problem.running).tolist()
        for task in wave:
            ready[task] = False
            beside.change(task, 1)
        longest = int(minutes[wave].max(initial=0))
        while len(wave) < problem.seats:
            value, bar = behind + LOSS_UNITS * minutes, most
            if wave:
                longer = np.maximum(minutes - longest, 0) * problem.minute
                value = behind + LOSS_UNITS * np.minimum(minutes, longest) - longer
                bar = np.minimum(most, value)
            task = beside.best(ready, value, bar, left)
            if task < 0:
                break
            left -= int(beside.weight[task])
            wave.append(task)
            ready[task] = False
            beside.change(task, 1)
            longest = max(longest, int(minutes[task]))
        for landed in wave:
            beside.change(landed, -1)
            after = problem.successors[landed]
            waiting[after] -= 1
            ready[after] = waiting[after] == 0
        waves[wave] = number
        number, placed = number + 1, placed + len(wave)
    return [int(wave) for wave in waves]


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
        weight = self.weight[tasks]
        risk = self.lost[tasks] + self._toll * weight
        free = (risk <= most[tasks]) & (weight <= max(left, 0))
        tasks, risk = tasks[free], risk[free]
        return int(tasks[(value[tasks] - risk).argmax()]) if len(tasks) else -1
