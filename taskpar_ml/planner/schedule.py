"""When tasks run, in either form of a plan, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.planner.problem import LOSS_UNITS, WEIGHT_UNITS, SchedulingProblem


class Form(StrEnum):
    """What a schedule says of each task.

    ``continuous``: the minute in which it starts; two overlap when their intervals meet in more
    than an end. ``waves``: the wave it runs in; a wave starts when all of the one before have
    landed, and two overlap when they are in one wave.
    """

    CONTINUOUS = "continuous"
    WAVES = "waves"


@dataclass(frozen=True)
class Schedule:
    """A place for every task.

    Attributes
    ----------
    form
        What a place is.
    places
        The minute each task starts in, or the number of its wave, from 0.
    """

    form: Form
    places: tuple[int, ...]

    def groups(self) -> tuple[tuple[int, ...], ...]:
        """Return the tasks of every place, in order of places; for waves, the waves."""
        found: dict[int, list[int]] = {}
        for task, place in enumerate(self.places):
            found.setdefault(place, []).append(task)
        return tuple(tuple(found[place]) for place in sorted(found))


@dataclass(frozen=True, order=True)
class Cost:
    """What schedules are compared by, in whole units: the smaller one is better.

    Attributes
    ----------
    units
        Expected makespan in parts of :attr:`~taskpar_ml.planner.problem.SchedulingProblem.minute`.
    weight
        Admitted weight of all overlapping pairs, in millionths.
    """

    units: int
    weight: int


@dataclass(frozen=True)
class Measures:
    """What a schedule comes to.

    Attributes
    ----------
    makespan
        Minutes until the last task has landed, if nothing is lost.
    lost
        Expected minutes of work that are lost because tasks overlap.
    expected
        Expected makespan in minutes: ``makespan + lost / seats``.
    weight
        Admitted weight of all overlapping pairs.
    cost
        The same in whole units.
    """

    makespan: int
    lost: float
    expected: float
    weight: float
    cost: Cost


def measure(problem: SchedulingProblem, schedule: Schedule) -> Measures:
    """Return what a schedule comes to.

    Notes
    -----
    The expected makespan is a first-order estimate. What is lost when two tasks overlap is done
    again, and is taken to be spread evenly over the workers, as work is that no chain of tasks
    holds up; so a lost minute makes the plan a ``seats``-th of a minute longer. That losses delay
    others, overlap anew, or come together in one task is left out: terms with products of two
    chances. Where few tasks can run beside others it is too low: all of them wait for what is done
    again.
    """
    places = np.array(schedule.places, dtype=np.int64)
    if schedule.form == Form.WAVES:
        first = places * 2
        last = first + 1
        makespan = sum(_longest(problem, places).tolist())
    else:
        first, last = places, places + problem.minutes
        makespan = int(last.max(initial=0))
    lost = weight = 0
    if problem.loss.any() or problem.weight.any():
        order = np.argsort(first, kind="stable")
        later = np.searchsorted(first[order], last[order], side="left").tolist()
        for index, (task, end) in enumerate(zip(order.tolist(), later, strict=True)):
            beside = order[index + 1 : end]
            lost += int(problem.loss[task, beside].sum(dtype=np.int64))
            weight += int(problem.weight[task, beside].sum(dtype=np.int64))
    cost = Cost(makespan * problem.minute + lost, weight)
    return Measures(
        makespan, lost / LOSS_UNITS, expected_minutes(problem, cost), weight / WEIGHT_UNITS, cost
    )


def expected_minutes(problem: SchedulingProblem, cost: Cost) -> float:
    """Return the expected makespan of a cost, in minutes."""
    return cost.units / problem.minute


def _longest(problem: SchedulingProblem, waves: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the minutes of the longest task of every wave."""
    longest = np.zeros(int(waves.max(initial=-1)) + 1, dtype=np.int64)
    np.maximum.at(longest, waves, problem.minutes)
    return longest


def broken_rules(problem: SchedulingProblem, schedule: Schedule) -> list[str]:
    """Say which rules a schedule breaks, nothing if it may be used."""
    places = np.array(schedule.places, dtype=np.int64)
    if len(places) != len(problem):
        return [f"{len(places)} places for {len(problem)} tasks"]
    lengths = np.ones_like(places) if schedule.form == Form.WAVES else problem.minutes
    broken = []
    for first, second in problem.before.tolist():
        if places[first] + lengths[first] > places[second]:
            broken.append(f"{second} starts before {first} has landed")
    ends = places + lengths
    for one, other in np.argwhere(np.triu(problem.apart)).tolist():
        if places[one] < ends[other] and places[other] < ends[one]:
            broken.append(f"{one} and {other} overlap")
    moments = np.unique(places)
    begun = np.searchsorted(np.sort(places), moments, side="right")
    crowd = int((begun - np.searchsorted(np.sort(ends), moments, side="right")).max(initial=0))
    if problem.workers is not None and crowd > problem.workers:
        broken.append(f"{crowd} tasks at once for {problem.workers} workers")
    weight = measure(problem, schedule).cost.weight
    if problem.budget is not None and weight > problem.budget:
        broken.append(f"weight {weight} is above the budget {problem.budget}")
    late = np.flatnonzero(problem.running & (places != 0))
    if len(late):
        broken.append(f"{late[0]} runs already and starts again")
    if (places < 0).any():
        broken.append("a task starts before 0")
    return broken
