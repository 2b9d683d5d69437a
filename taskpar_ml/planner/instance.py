"""The tasks of a plan in numbers: what the scheduling core is asked to place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.plan import ScheduleValue
from taskpar_ml.planner.exact import Solved
from taskpar_ml.planner.prices import collision_prices
from taskpar_ml.planner.problem import SchedulingProblem
from taskpar_ml.planner.problem_input import MOST_MINUTES
from taskpar_ml.planner.schedule import Form, Schedule, measure
from taskpar_ml.planner.starts import StartRules

_MOST_LOST: Final = 2_000_000.0
"""Minutes of loss that a pair has at most: as long as thousands of usual tasks."""
_CELLS: Final = 100_000
"""Pairs that are priced at a time."""
_SURE: Final = 1 - 1e-12
"""Highest probability whose logarithm is taken."""


@dataclass(frozen=True, eq=False)
class Instance:
    """Tasks to be placed, known by their position.

    Attributes
    ----------
    names
        Their ids, in code-point order: the order of the input changes nothing.
    durations
        How long each is expected to take, above 0, in the unit of the plan, shape ``(n,)``.
    before
        Pairs of positions of which the first must land before the second starts, shape ``(m, 2)``.
    rules
        Which two stay apart, and how likely others conflict, by the same positions.
    running
        Tasks that run already, at most as many as there are workers.
    workers
        Most tasks at the same time.
    budget
        Hits that are expected at most; None for no limit.
    minute
        How long a minute of the problem is, in the unit of the plan.
    """

    names: tuple[str, ...]
    durations: NDArray[np.float64]
    before: NDArray[np.intp]
    rules: StartRules
    running: tuple[int, ...]
    workers: int
    budget: float | None
    minute: float

    @cached_property
    def problem(self) -> SchedulingProblem:
        """The problem in whole minutes.

        Notes
        -----
        What a pair loses is what it would if both started together. A pair's weight is the
        negative logarithm of the probability that neither is hit, so that the sum of weights is
        never below the hits that are expected.
        """
        minutes = np.clip(np.rint(self.durations / self.minute), 1, MOST_MINUTES)
        weight, loss = self._prices(minutes)
        return SchedulingProblem.of(
            minutes,
            self.before,
            apart=self.rules.apart,
            weight=weight,
            loss=loss,
            workers=self.workers,
            budget=self.budget,
            running=self.running,
        )

    def _prices(self, minutes: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        """Return the weight and the loss of all pairs, a few rows at a time."""
        rules, size = self.rules, len(minutes)
        weight, loss = np.zeros((size, size)), np.zeros((size, size))
        step = max(1, _CELLS // max(size, 1))
        for first in range(0, size, step):
            rows = slice(first, first + step)
            prices = collision_prices(
                minutes[rows], np.zeros(size), minutes, watch=rules.watch, spread=rules.spread
            )
            weight[rows] = -np.log1p(-np.minimum(rules.risk[rows] * prices.hit, _SURE))
            loss[rows] = np.minimum(rules.risk[rows] * prices.lost, _MOST_LOST)
        both = []
        for pairs in (weight, loss):
            mean = (pairs + pairs.T) / 2
            np.fill_diagonal(mean, 0)
            both.append(mean)
        return tuple(both)

    def split(self, task: int) -> Self:
        """Return the tasks with one cut into two halves, which may run together.

        The second half comes last. Each waits for what the whole waited for, and whatever waited
        for the whole waits for both; each conflicts with others half as likely.
        """
        size = len(self.names)
        at = np.array([*range(size), task])
        rules = self.rules
        apart, risk = rules.apart[np.ix_(at, at)], rules.risk[np.ix_(at, at)]
        halves = [task, size]
        apart[np.ix_(halves, halves)] = False
        risk[np.ix_(halves, halves)] = 0
        risk[halves] /= 2
        risk[:, halves] /= 2
        durations, minutes, chain = self.durations[at], rules.minutes[at], rules.chain[at]
        for each in (durations, minutes, chain):
            each[halves] /= 2
        again = self.before[(self.before == task).any(axis=1)]
        copies = np.where(again == task, size, again)
        return replace(
            self,
            names=(*self.names, self.names[task]),
            durations=durations,
            before=np.concatenate([self.before, copies]),
            rules=replace(rules, apart=apart, risk=risk, minutes=minutes, chain=chain),
            running=tuple(each for each in self.running if each != task),
        )

    def value(self, solved: Solved) -> ScheduleValue:
        """Return what a schedule of these tasks comes to, in the unit of the plan."""
        schedule = solved.schedule
        ends = self.durations.copy()
        if schedule.form == Form.WAVES:
            makespan = sum(ends[list(wave)].max() for wave in schedule.groups())
        else:
            makespan = (self.minute * np.array(schedule.places) + ends).max(initial=0.0)
        lost = self.minute * measure(self.problem, schedule).lost
        expected = float(makespan) + lost / max(self.problem.seats, 1)
        return ScheduleValue(
            makespan=float(makespan),
            lost=lost,
            expected=expected,
            bound=min(self.minute * solved.bound, expected),
            is_optimal=solved.is_optimal,
        )

    def waves(self, schedule: Schedule) -> list[list[str]]:
        """Return the ids of every wave of a schedule, in code-point order."""
        return [[self.names[task] for task in wave] for wave in schedule.groups()]
