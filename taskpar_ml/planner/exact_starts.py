"""The constraint program of start times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from taskpar_ml.planner.cliques import clique_cover, lowest_makespan
from taskpar_ml.planner.problem import SchedulingProblem
from taskpar_ml.planner.schedule import Form, Schedule
from taskpar_ml.planner.seats import seat_tasks

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, IntVar, LinearExpr


class StartsProgram:
    """Start times with all that they must obey.

    Every pair that costs something when it overlaps has a variable that must be true unless one of
    the two is said to end before the other starts. Nothing rewards saying that they overlap when
    they do not.

    Parameters
    ----------
    problem
        What is scheduled.
    hint
        Starts to begin from; their makespan, and what they cost, are never exceeded.
    most
        Cost in units that is never exceeded.
    """

    def __init__(self, problem: SchedulingProblem, hint: Sequence[int], *, most: int) -> None:
        from ortools.sat.python import cp_model

        self.model: CpModel = cp_model.CpModel()
        self.problem = problem
        model, minutes = self.model, problem.minutes.tolist()
        cover = clique_cover(problem.never, problem.minutes)
        lowest = lowest_makespan(problem, cover)
        self.lowest = lowest * problem.minute
        horizon = most // problem.minute
        self.makespan = model.new_int_var(lowest, horizon, "makespan")
        heads, tails = problem.heads.tolist(), problem.tails.tolist()
        self._starts: list[IntVar] = [
            model.new_int_var(head, horizon - tail, f"start {task}")
            for task, (head, tail) in enumerate(zip(heads, tails, strict=True))
        ]
        runs = [
            model.new_fixed_size_interval_var(start, length, f"run {task}")
            for task, (start, length) in enumerate(zip(self._starts, minutes, strict=True))
        ]
        for task in np.flatnonzero(problem.running).tolist():
            model.add(self._starts[task] == 0)
        for start, tail, first in zip(self._starts, tails, hint, strict=True):
            model.add(start + tail <= self.makespan)
            model.add_hint(start, first)
        for first, second in problem.before.tolist():
            model.add(self._starts[first] + minutes[first] <= self._starts[second])
        for clique in cover:
            model.add_no_overlap([runs[task] for task in clique])
        if problem.seats < len(problem):
            model.add_cumulative(runs, [1] * len(runs), problem.seats)
            seat_tasks(model, minutes, self._starts, self.makespan, workers=problem.seats)
        lost, self.weight = self._overlaps(hint)
        self.cost: LinearExpr = problem.minute * self.makespan + lost
        model.add(self.cost <= most)
        if problem.budget is not None:
            model.add(self.weight <= problem.budget)

    def _overlaps(self, hint: Sequence[int]) -> tuple[LinearExpr | int, LinearExpr | int]:
        """Return what is lost, and the weight, of all pairs that overlap."""
        problem, model = self.problem, self.model
        minutes = problem.minutes.tolist()
        costly = np.triu((problem.loss > 0) | (problem.weight > 0))
        lost, weight = [], []
        for one, other in np.argwhere(costly).tolist():
            sides = []
            for first, second in ((one, other), (other, one)):
                lands = model.new_bool_var(f"{first} before {second}")
                model.add(
                    self._starts[first] + minutes[first] <= self._starts[second]
                ).only_enforce_if(lands)
                model.add_hint(lands, hint[first] + minutes[first] <= hint[second])
                sides.append(lands)
            overlap = model.new_bool_var(f"{one} beside {other}")
            model.add_exactly_one([*sides, overlap])
            model.add_hint(
                overlap,
                hint[one] < hint[other] + minutes[other] and hint[other] < hint[one] + minutes[one],
            )
            lost.append(int(problem.loss[one, other]) * overlap)
            weight.append(int(problem.weight[one, other]) * overlap)
        return sum(lost), sum(weight)

    def schedule(self, value: Callable[[IntVar], int]) -> Schedule:
        """Return the minute in which each task starts, given the values of variables."""
        return Schedule(Form.CONTINUOUS, tuple(value(start) for start in self._starts))
