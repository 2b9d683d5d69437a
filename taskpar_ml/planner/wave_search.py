"""Better waves: tasks taken out of their waves and put back where they cost least."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.planner.problem import LOSS_UNITS, SchedulingProblem
from taskpar_ml.planner.schedule import Cost

_SEED: Final = 0
_WARM: Final = 0.01
_COLD: Final = 0.0002
"""How much worse waves may usually be that are gone on from, as a share of their cost: at the
beginning and at the end."""
_MOST_MOVED: Final = 5

Ints: TypeAlias = NDArray[np.int64]


class Packing:
    """Waves into which tasks are put, and out of which they are taken.

    Attributes
    ----------
    wave
        Number of each task's wave, -1 for none, shape ``(n,)``.
    longest, filled
        Minutes of the longest task of each wave, and how many it holds, shape ``(n_waves,)``.
    lost, weight
        Of all pairs in one wave, in units.
    """

    def __init__(self, problem: SchedulingProblem) -> None:
        self.problem = problem
        self.wave: Ints = np.full(len(problem), -1, dtype=np.int64)
        self.longest: Ints = np.zeros(0, dtype=np.int64)
        self.filled: Ints = np.zeros(0, dtype=np.int64)
        self.lost = self.weight = 0
        self._ordered = bool(len(problem.before))
        self._risky = bool(problem.loss.any() or problem.weight.any())
        self._kept = problem.apart.any(axis=1).tolist()

    def copy(self) -> Packing:
        """Return the same waves, to be changed apart from these."""
        other = Packing.__new__(Packing)
        other.__dict__.update(self.__dict__)
        other.wave, other.longest = self.wave.copy(), self.longest.copy()
        other.filled = self.filled.copy()
        return other

    @property
    def cost(self) -> Cost:
        """What the waves cost."""
        return Cost(int(self.longest.sum()) * self.problem.minute + self.lost, self.weight)

    def put(self, task: int, *, toll: float, fit: float, later: float) -> None:
        """Put a task where it costs least, in a wave or in one of its own.

        Parameters
        ----------
        toll
            Of a unit of weight, in units of loss.
        fit
            Of a minute by which the task is shorter than its wave, in units of loss.
        later
            Where a wave of its own goes among the places that it may have: from 0 for the first to
            1 for the last.
        """
        problem, minutes = self.problem, int(self.problem.minutes[task])
        first, end = self._window(task)
        place, alone = first + round(later * (end - first)), minutes * problem.minute
        lost: Ints | None = None
        weight: Ints | None = None
        if first < end:
            free = self.longest[first:end]
            gap = free - minutes
            price = np.where(gap < 0, -gap * float(problem.minute), gap * fit)
            if self._risky:
                lost, weight = self._beside(task, problem.loss), self._beside(task, problem.weight)
                price += lost[first:end] + toll * weight[first:end]
                if problem.budget is not None:
                    price[weight[first:end] > problem.budget - self.weight] = np.inf
            price[self.filled[first:end] >= problem.seats] = np.inf
            if self._kept[task]:
                taken = self.wave[problem.apart[task]]
                taken = taken[(taken >= first) & (taken < end)]
                price[taken - first] = np.inf
            best = int(price.argmin())
            if price[best] < alone:
                self._join(task, first + best, lost, weight)
                return
        self._open(task, place)

    def _window(self, task: int) -> tuple[int, int]:
        """Return the first wave that order leaves to a task, and the first that it does not."""
        first, end = 0, len(self.longest)
        if self._ordered:
            first = int(self.wave[self.problem.reach[:, task]].max(initial=-1)) + 1
            after = self.wave[self.problem.reach[task]]
            end = int(after[after >= 0].min(initial=end))
        return first, end

    def _beside(self, task: int, pairs: NDArray[np.int32]) -> Ints:
        """Return the sum over each wave of a task's numbers with those in it."""
        sums = np.bincount(self.wave + 1, weights=pairs[task], minlength=len(self.longest) + 1)
        return sums[1:].astype(np.int64)

    def _join(self, task: int, wave: int, lost: Ints | None, weight: Ints | None) -> None:
        self.wave[task] = wave
        self.filled[wave] += 1
        self.longest[wave] = max(self.longest[wave], self.problem.minutes[task])
        if lost is not None and weight is not None:
            self.lost += int(lost[wave])
            self.weight += int(weight[wave])

    def _open(self, task: int, wave: int) -> None:
        """Put a task into a new wave, which comes before the one of that number."""
        self.wave[self.wave >= wave] += 1
        self.longest = np.insert(self.longest, wave, self.problem.minutes[task])
        self.filled = np.insert(self.filled, wave, 1)
        self.wave[task] = wave

    def take(self, tasks: Sequence[int]) -> None:
        """Take tasks out of their waves; waves that become empty go."""
        touched = set()
        for task in tasks:
            wave = int(self.wave[task])
            touched.add(wave)
            self.wave[task] = -1
            self.filled[wave] -= 1
            if self._risky:
                beside = self.wave == wave
                self.lost -= int(self.problem.loss[task, beside].sum(dtype=np.int64))
                self.weight -= int(self.problem.weight[task, beside].sum(dtype=np.int64))
        for wave in sorted(touched, reverse=True):
            if self.filled[wave]:
                self.longest[wave] = self.problem.minutes[self.wave == wave].max()
            else:
                self.longest = np.delete(self.longest, wave)
                self.filled = np.delete(self.filled, wave)
                self.wave[self.wave > wave] -= 1


def searched_waves(problem: SchedulingProblem, *, moves: int) -> tuple[list[int], Cost]:
    """Return the cheapest waves that are found, as the number of each task's wave, and their cost.

    Tasks are put into waves one by one, in several orders. From the best waves a few tasks are
    taken out, at random or all of one wave, and put back, step by step; worse waves are gone on
    from by a chance that falls with time.

    Parameters
    ----------
    moves
        How many tasks are taken out and put back in all: the effort, the same on every machine.

    References
    ----------
    G. Schrimpf, J. Schneider, H. Stamm-Wilbrandt and G. Dueck, "Record breaking optimization
    results using the ruin and recreate principle", Journal of Computational Physics 159 (2000).
    """
    random = np.random.default_rng(_SEED)
    place = np.empty(len(problem), dtype=np.int64)
    place[list(problem.order)] = np.arange(len(problem))
    tolls = usual_tolls(problem)
    current = min(_first(problem, tolls), key=lambda each: each.cost)
    best, done = current, 0
    while done < moves and len(best.longest) > 1:
        warmth = _WARM * (_COLD / _WARM) ** (done / moves)
        taken = _ruined(current, random)
        tried = current.copy()
        tried.take(taken)
        if random.random() < 0.5:
            taken = sorted(taken, key=lambda task: (-int(problem.minutes[task]), task))
        toll, fit = random.choice(tolls), random.choice((0.0, 1.0, LOSS_UNITS / 4))
        for task in taken:
            tried.put(task, toll=toll, fit=fit, later=random.random())
        done += len(taken)
        bar = current.cost.units - warmth * current.cost.units * log(1.0 - random.random())
        if tried.cost.units <= bar:
            current = tried
            if current.cost < best.cost:
                best = current
    return best.wave.tolist(), best.cost


def usual_tolls(problem: SchedulingProblem) -> tuple[float, ...]:
    """Return what a unit of weight may cost: up to a usual task's length for a usual pair."""
    weights = problem.weight[problem.weight > 0]
    if problem.budget is None or not len(weights):
        return (0.0,)
    whole = LOSS_UNITS * float(problem.minutes.mean()) / float(weights.mean())
    return (0.0, whole / 10, whole / 3, whole)


def _first(problem: SchedulingProblem, tolls: Sequence[float]) -> list[Packing]:
    """Return waves filled longest chain first, most kept apart first, and longest first."""
    beside = problem.apart @ problem.minutes
    made = []
    for urgency in (problem.tails, problem.tails + beside, problem.minutes):
        for toll in tolls:
            packing = Packing(problem)
            for task in np.argsort(-urgency, kind="stable").tolist():
                packing.put(task, toll=toll, fit=1.0, later=1.0)
            made.append(packing)
    return made


def _ruined(packing: Packing, random: np.random.Generator) -> list[int]:
    """Return tasks to take out: a few at random, or those of a wave and a few."""
    size = len(packing.wave)
    number = 1 + int(random.integers(_MOST_MOVED))
    taken = set(random.integers(size, size=number).tolist())
    if random.random() < 0.3:
        wave = packing.wave[int(random.integers(size))]
        taken.update(np.flatnonzero(packing.wave == wave)[: 4 * _MOST_MOVED].tolist())
    found = sorted(taken)
    random.shuffle(found)
    return found
