"""The constraint program of waves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from taskpar_ml.planner.cliques import clique_cover, lowest_makespan
from taskpar_ml.planner.problem import SchedulingProblem
from taskpar_ml.planner.schedule import Form, Schedule

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, IntVar, LinearExpr


class WavesProgram:
    """Waves with all that they must obey.

    A wave is known by its longest task, the first of several, which leads it: waves have no numbers
    that could be swapped, and the makespan is the sum of the minutes of the leaders. Only tasks
    that wait for others, or are waited for, need to know when their wave comes.

    Parameters
    ----------
    problem
        What is scheduled.
    hint
        Numbers of waves to begin from.
    most
        Cost in units that is never exceeded.

    References
    ----------
    M. Campêlo, V. Campos and R. Corrêa, "On the asymmetric representatives formulation for the
    vertex coloring problem", Discrete Applied Mathematics 156 (2008).
    """

    def __init__(self, problem: SchedulingProblem, hint: Sequence[int], *, most: int) -> None:
        from ortools.sat.python import cp_model

        self.model: CpModel = cp_model.CpModel()
        self.problem = problem
        model, size = self.model, len(problem)
        cover = clique_cover(problem.never, problem.minutes)
        self.lowest = lowest_makespan(problem, cover) * problem.minute
        self._joins = self._memberships(hint)
        for lead in range(size):
            self._limit(lead, cover)
        minutes = problem.minutes.tolist()
        self.makespan = sum(minutes[task] * self._joins[task, task] for task in range(size))
        model.add(problem.minute * self.makespan >= self.lowest)
        self._numbers = self._order(hint) if len(problem.before) else {}
        self._run_together()
        lost, self.weight = self._overlaps(hint)
        self.cost: LinearExpr = problem.minute * self.makespan + lost
        model.add(self.cost <= most)
        if problem.budget is not None:
            model.add(self.weight <= problem.budget)

    def _memberships(self, hint: Sequence[int]) -> dict[tuple[int, int], IntVar]:
        """Return a variable for every leader and whom it may lead, itself among them."""
        problem, size = self.problem, len(self.problem)
        by_length = np.argsort(-problem.minutes, kind="stable").tolist()
        leader = {hint[task]: task for task in reversed(by_length)}
        joins = {}
        for place, task in enumerate(by_length):
            mine = {
                lead: self.model.new_bool_var(f"{task} with {lead}")
                for lead in by_length[: place + 1]
                if not problem.never[lead, task]
            }
            self.model.add_exactly_one(mine.values())
            for lead, joined in mine.items():
                self.model.add_hint(joined, leader[hint[task]] == lead)
                joins[lead, task] = joined
        self._led = {
            lead: [task for task in by_length if (lead, task) in joins and task != lead]
            for lead in range(size)
        }
        return joins

    def _limit(self, lead: int, cover: Sequence[Sequence[int]]) -> None:
        """Let a wave have a leader, room, and one task of each clique."""
        leads, led = self._joins[lead, lead], self._led[lead]
        for task in led:
            self.model.add_implication(self._joins[lead, task], leads)
        if self.problem.seats <= len(led):
            others = self.problem.seats - 1
            self.model.add(sum(self._joins[lead, task] for task in led) <= others * leads)
        for clique in cover:
            members = [self._joins[lead, task] for task in clique if task in led]
            if len(members) > 1:
                self.model.add_at_most_one([*members, leads.negated()])

    def _order(self, hint: Sequence[int]) -> dict[int, IntVar]:
        """Give every wave a number, those lower that others wait for."""
        size = len(self.problem)
        numbers = {
            task: self.model.new_int_var(0, size - 1, f"wave {task}") for task in range(size)
        }
        for task, number in numbers.items():
            self.model.add_hint(number, hint[task])
        for first, second in self.problem.before.tolist():
            self.model.add(numbers[first] < numbers[second])
        for lead, led in self._led.items():
            for task in led:
                self.model.add(numbers[lead] == numbers[task]).only_enforce_if(
                    self._joins[lead, task]
                )
        return numbers

    def _run_together(self) -> None:
        """Put all that run already into the first wave."""
        running = np.flatnonzero(self.problem.running).tolist()
        for task in running:
            if self._numbers:
                self.model.add(self._numbers[task] == 0)
            for lead in range(len(self.problem)):
                mine = self._joins.get((lead, task), 0)
                self.model.add(self._joins.get((lead, running[0]), 0) == mine)

    def _overlaps(self, hint: Sequence[int]) -> tuple[LinearExpr | int, LinearExpr | int]:
        """Return what is lost, and the weight, of all pairs in one wave."""
        problem, size = self.problem, len(self.problem)
        costly = np.triu((problem.loss > 0) | (problem.weight > 0))
        lost, weight = [], []
        for one, other in np.argwhere(costly).tolist():
            beside = self.model.new_bool_var(f"{one} beside {other}")
            self.model.add_hint(beside, hint[one] == hint[other])
            for lead in range(size):
                both = [self._joins.get((lead, one)), self._joins.get((lead, other))]
                if both[0] is not None and both[1] is not None:
                    self.model.add_bool_or([both[0].negated(), both[1].negated(), beside])
            lost.append(int(problem.loss[one, other]) * beside)
            weight.append(int(problem.weight[one, other]) * beside)
        return sum(lost), sum(weight)

    def schedule(self, value: Callable[[IntVar], int]) -> Schedule:
        """Return the number of each task's wave, given the values of variables."""
        size = len(self.problem)
        leader = {task: lead for (lead, task), joined in self._joins.items() if value(joined)}
        number = {lead: value(self._numbers[lead]) if self._numbers else 0 for lead in range(size)}
        first = {leader[task] for task in np.flatnonzero(self.problem.running).tolist()}
        order = sorted(set(leader.values()), key=lambda lead: (number[lead], lead not in first))
        place = {lead: index for index, lead in enumerate(order)}
        return Schedule(Form.WAVES, tuple(place[leader[task]] for task in range(size)))
