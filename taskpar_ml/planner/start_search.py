"""Better start times for a few hundred tasks: orders of placing them, changed bit by bit."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final, TypeAlias

import numpy as np

from taskpar_ml.planner.bit_rows import bit_rows
from taskpar_ml.planner.cliques import quick_bound
from taskpar_ml.planner.cooling import allowance, cycle_of
from taskpar_ml.planner.problem import LOSS_UNITS, SchedulingProblem
from taskpar_ml.planner.schedule import Cost
from taskpar_ml.planner.timeline import Placer, Recipe
from taskpar_ml.planner.tolls import usual_tolls

_SEED: Final = 0
_MOST_MOVED: Final = 4
_REPRICED: Final = 0.3
_REPRICED_ALL: Final = 0.05

Placed: TypeAlias = tuple[list[int], Cost]


def searched_starts(
    problem: SchedulingProblem, *, placings: int, known: Sequence[Sequence[int]] = ()
) -> Placed:
    """Return the cheapest starts that are found, and what they cost.

    List schedules in several orders come first. The best order is then changed step by step: a few
    tasks are taken out and put back elsewhere, and what waiting and weight are worth to them is
    drawn anew. A worse schedule is gone on from by a chance that falls with time, and rises again
    several times, each time from the best schedule.

    Parameters
    ----------
    placings
        How many tasks are placed in all: the effort, the same on every machine.
    known
        Starts that obey all rules, to learn from.

    References
    ----------
    R. Ruiz and T. Stützle, "A simple and effective iterated greedy algorithm for the permutation
    flowshop scheduling problem", European Journal of Operational Research 177 (2007).
    """
    placer, mover = Placer(problem), _Mover(problem)
    whole = max(2, placings // max(len(problem), 1))
    recipes = [*(mover.like(each) for each in known), *mover.first()][: whole // 2]
    tried = [(placer.placed(each), each) for each in recipes]
    (starts, cost), recipe = min(
        ((placed, each) for placed, each in tried if placed is not None),
        key=lambda each: each[0][1],
    )
    least, chance = cost, Random(_SEED)
    steps = whole - len(tried)
    best, cycle = recipe, 0
    lowest = Cost(quick_bound(problem) * problem.minute, 0)
    for step in range(steps):
        if least <= lowest:
            break
        if cycle_of(step / steps) > cycle:
            recipe, cost, cycle = best, least, cycle + 1
        moved = mover.moved(recipe, chance)
        bar = cost.units * (1.0 + allowance(step / steps, chance))
        placed = placer.placed(moved, above=int(bar))
        if placed is None:
            continue
        recipe, cost = moved, placed[1]
        if cost < least:
            (starts, least), best = placed, moved
    return starts, least


class _Mover:
    """Makes recipes for one problem, and recipes out of recipes."""

    def __init__(self, problem: SchedulingProblem) -> None:
        self._problem = problem
        self._size = len(problem)
        self._after = bit_rows(problem.reach)
        self._before = bit_rows(problem.reach.T)
        self._place = {task: index for index, task in enumerate(problem.order)}
        minute = float(LOSS_UNITS)
        # A minute that one worker waits, a quarter of it, or one that all of them do.
        risky = bool(problem.loss.any())
        self._prices = (minute, minute / 4, minute * max(problem.seats, 1)) if risky else (minute,)
        self._tolls = usual_tolls(problem)

    def first(self) -> list[Recipe]:
        """Return list schedules: longest chain first, most kept apart first, longest first."""
        problem = self._problem
        beside = problem.apart @ problem.minutes
        made = []
        for urgency in (problem.tails, problem.tails + beside, problem.minutes):
            order = self._topological((-urgency).tolist())
            made += [
                Recipe(order, [price] * self._size, [toll] * self._size)
                for price in self._prices
                for toll in self._tolls
            ]
        return made

    def _topological(self, rank: list[int]) -> list[int]:
        """Return all tasks by rank, each after those that must land before it."""
        if not len(self._problem.before):
            return sorted(range(self._size), key=lambda task: (rank[task], task))
        early = np.array(rank)
        for task in reversed(self._problem.order):
            after = self._problem.successors[task]
            if len(after):
                early[task] = min(early[task], early[after].min())
        return sorted(range(self._size), key=lambda task: (int(early[task]), self._place[task]))

    def like(self, starts: Sequence[int]) -> Recipe:
        """Return a recipe that comes to about the same schedule."""
        order = sorted(range(self._size), key=lambda task: (starts[task], self._place[task]))
        problem, begins = self._problem, np.array(starts, dtype=np.int64)
        prices, tolls = [], []
        for task in range(self._size):
            beside = (begins <= begins[task]) & (begins[task] < begins + problem.minutes)
            lost, weight = problem.loss[task, beside].sum(), problem.weight[task, beside].sum()
            prices.append(self._prices[-1 if lost else 0])
            tolls.append(self._tolls[0 if weight else -1])
        return Recipe(order, prices, tolls)

    def moved(self, recipe: Recipe, chance: Random) -> Recipe:
        """Return a recipe of which a few tasks stand elsewhere in the order."""
        order, prices, tolls = list(recipe.order), list(recipe.prices), list(recipe.tolls)
        number = min(1 + int(chance.random() * _MOST_MOVED), self._size)
        taken = {order[int(chance.random() * self._size)] for _ in range(number)}
        order = [task for task in order if task not in taken]
        for task in sorted(taken, key=self._place.__getitem__):
            low, high = self._between(task, order)
            order.insert(low + int(chance.random() * (high - low + 1)), task)
            if chance.random() < _REPRICED:
                prices[task] = self._prices[int(chance.random() * len(self._prices))]
                tolls[task] = self._tolls[int(chance.random() * len(self._tolls))]
        if len(self._tolls) > 1 and chance.random() < _REPRICED_ALL:
            tolls = [self._tolls[int(chance.random() * len(self._tolls))]] * self._size
        return Recipe(order, prices, tolls)

    def _between(self, task: int, order: list[int]) -> tuple[int, int]:
        """Return the first and the last place in an order where a task may stand."""
        before, after = self._before[task], self._after[task]
        low, high = 0, len(order)
        if before or after:
            for index, other in enumerate(order):
                if before >> other & 1:
                    low = index + 1
                elif after >> other & 1:
                    return low, index
        return low, high
