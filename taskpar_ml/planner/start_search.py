"""Better start times for a few hundred tasks: orders of placing them, changed bit by bit."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from random import Random
from typing import Final, TypeAlias

import numpy as np

from taskpar_ml.planner.problem import LOSS_UNITS, SchedulingProblem
from taskpar_ml.planner.schedule import Cost
from taskpar_ml.planner.timeline import Placer, bit_rows

_SEED: Final = 0
_WARM: Final = 0.01
_COLD: Final = 0.0002
"""How much worse a schedule may usually be that is gone on from, as a share of its cost: at the
beginning and at the end."""
_MOST_MOVED: Final = 4
_REPRICED: Final = 0.3

Placed: TypeAlias = tuple[list[int], Cost]


@dataclass(frozen=True)
class _Recipe:
    """What a schedule is made from: see :meth:`~taskpar_ml.planner.timeline.Placer.placed`."""

    order: list[int]
    prices: list[float]
    toll: float


def searched_starts(problem: SchedulingProblem, *, placings: int) -> Placed:
    """Return the cheapest starts that are found, and what they cost.

    List schedules in several orders come first. The best order is then changed step by step: a few
    tasks are taken out and put back elsewhere, and what a minute of waiting is worth to them is
    drawn anew. A worse schedule is gone on from by a chance that falls with time.

    Parameters
    ----------
    placings
        How many tasks are placed in all: the effort, the same on every machine.

    References
    ----------
    R. Ruiz and T. Stützle, "A simple and effective iterated greedy algorithm for the permutation
    flowshop scheduling problem", European Journal of Operational Research 177 (2007); the chance is
    that of S. Kirkpatrick, C. D. Gelatt and M. P. Vecchi, "Optimization by simulated annealing",
    Science 220 (1983).
    """
    placer, mover = Placer(problem), _Mover(problem)
    tried = 0
    best: tuple[Placed, _Recipe] | None = None
    for recipe in mover.first():
        placed = placer.placed(recipe.order, recipe.prices, toll=recipe.toll)
        tried += 1
        if placed is not None and (best is None or placed[1] < best[0][1]):
            best = placed, recipe
    assert best is not None
    (starts, least), recipe = best
    cost, chance = least, Random(_SEED)
    steps = placings // max(len(problem), 1) - tried
    lowest = Cost(lower_bound(problem) * problem.minute, 0)
    for step in range(steps):
        if least <= lowest:
            break
        warmth = _WARM * (_COLD / _WARM) ** (step / steps)
        moved = mover.moved(recipe, chance)
        bar = cost.units - warmth * cost.units * log(1.0 - chance.random())
        placed = placer.placed(moved.order, moved.prices, toll=moved.toll, above=int(bar))
        if placed is None:
            continue
        recipe, cost = moved, placed[1]
        if cost < least:
            starts, least = placed
    return starts, least


def lower_bound(problem: SchedulingProblem) -> int:
    """Return minutes below which no makespan is: the work of each worker, the longest chain."""
    return max(problem.chain, -(-problem.work // max(problem.seats, 1)))


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
        self._tolls = self._usual_tolls()

    def _usual_tolls(self) -> tuple[float, ...]:
        """Return what a unit of weight may cost: up to a usual task's length for a usual pair."""
        weights = self._problem.weight[self._problem.weight > 0]
        if self._problem.budget is None or not len(weights):
            return (0.0,)
        whole = LOSS_UNITS * float(self._problem.minutes.mean()) / float(weights.mean())
        return (0.0, whole / 10, whole / 3, whole)

    def first(self) -> list[_Recipe]:
        """Return list schedules: longest chain first, most kept apart first, longest first."""
        problem = self._problem
        beside = problem.apart @ problem.minutes
        made = []
        for urgency in (problem.tails, problem.tails + beside, problem.minutes):
            order = self._topological((-urgency).tolist())
            made += [
                _Recipe(order, [price] * self._size, toll)
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

    def moved(self, recipe: _Recipe, chance: Random) -> _Recipe:
        """Return a recipe of which a few tasks stand elsewhere in the order."""
        order, prices = list(recipe.order), list(recipe.prices)
        number = min(1 + int(chance.random() * _MOST_MOVED), self._size)
        taken = {order[int(chance.random() * self._size)] for _ in range(number)}
        order = [task for task in order if task not in taken]
        for task in sorted(taken, key=self._place.__getitem__):
            low, high = self._between(task, order)
            order.insert(low + int(chance.random() * (high - low + 1)), task)
            if len(self._prices) > 1 and chance.random() < _REPRICED:
                prices[task] = self._prices[int(chance.random() * len(self._prices))]
        toll = recipe.toll
        if len(self._tolls) > 1 and chance.random() < _REPRICED / 3:
            toll = self._tolls[int(chance.random() * len(self._tolls))]
        return _Recipe(order, prices, toll)

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
