"""Waves as immutable sets of tasks: tasks are put where they cost least, and taken out again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, Self

import numpy as np

from taskpar_ml.planner.bit_rows import bit_rows
from taskpar_ml.planner.problem import SchedulingProblem
from taskpar_ml.planner.schedule import Cost


class Wave(NamedTuple):
    """Tasks that run together: as bits, their longest minutes, and one by one."""

    bits: int
    minutes: int
    tasks: tuple[int, ...]


class Taste(NamedTuple):
    """What a task is put by, besides cost.

    ``toll`` is what a unit of weight costs, and ``fit`` a minute by which the task is shorter than
    its wave, in units of loss. ``later`` says where a wave of its own goes among the places that it
    may have: from 0 for the first to 1 for the last.
    """

    toll: float = 0.0
    fit: float = 1.0
    later: float = 1.0


class Packing:
    """The waves of one problem, in order, and what they cost.

    Attributes
    ----------
    waves
        In order.
    lost, weight
        Of all pairs in one wave, in units.
    """

    def __init__(self, problem: SchedulingProblem) -> None:
        self.waves: list[Wave] = []
        self.lost = self.weight = 0
        self._problem: Final = problem
        self._minutes: Final = problem.minutes.tolist()
        self._never: Final = bit_rows(problem.never)
        self._before: Final = bit_rows(problem.reach.T)
        self._after: Final = bit_rows(problem.reach)
        self._loss: Final = [memoryview(row) for row in problem.loss]
        self._weight: Final = [memoryview(row) for row in problem.weight]
        self._risky: Final = list(map(bool, bit_rows((problem.loss > 0) | (problem.weight > 0))))
        self._budget: Final = float("inf") if problem.budget is None else problem.budget
        running = np.flatnonzero(problem.running).tolist()
        self._is_running: Final = bool(running)
        if running:
            self.waves.append(Wave(0, 0, ()))
            self._replace(0, running)

    def copy(self) -> Packing:
        """Return the same waves, to be changed apart from these."""
        other = Packing.__new__(Packing)
        other.__dict__.update(self.__dict__)
        other.waves = self.waves.copy()
        return other

    @classmethod
    def of(cls, problem: SchedulingProblem, numbers: Sequence[int | None]) -> Self:
        """Return the waves of which the number of each task's is known; None is in none yet."""
        packing = cls(problem)
        last = max((number for number in numbers if number is not None), default=-1)
        empty = last + 1 - len(packing.waves)
        packing.waves += [Wave(0, 0, ())] * empty
        for task, number in enumerate(numbers):
            if number is None or problem.running[task]:
                continue
            wave = packing.waves[number]
            lost, weight = packing._beside(task, wave.tasks)
            packing.lost += lost
            packing.weight += weight
            packing._replace(number, (*wave.tasks, task))
        return packing

    @property
    def cost(self) -> Cost:
        """What the waves cost."""
        length = sum(wave.minutes for wave in self.waves)
        return Cost(length * self._problem.minute + self.lost, self.weight)

    @property
    def numbers(self) -> list[int]:
        """The number of each task's wave, once all have one."""
        place = {task: number for number, wave in enumerate(self.waves) for task in wave.tasks}
        return [place[task] for task in range(len(place))]

    def put(self, task: int, taste: Taste) -> None:
        """Put a task where it costs least, in a wave or in one of its own."""
        minute, seats = self._problem.minute, self._problem.seats
        minutes, never, risky = self._minutes[task], self._never[task], self._risky[task]
        first, end = self._window(task)
        least, chosen = float(minutes * minute), -1
        lost = weight = 0
        for number in range(first, end):
            wave = self.waves[number]
            if len(wave.tasks) >= seats or wave.bits & never:
                continue
            gap = wave.minutes - minutes
            price = gap * taste.fit if gap >= 0 else -gap * minute
            if price >= least:
                continue
            more = heavier = 0
            if risky:
                more, heavier = self._beside(task, wave.tasks)
                price += more + taste.toll * heavier
                if price >= least or self.weight + heavier > self._budget:
                    continue
            least, chosen, lost, weight = price, number, more, heavier
        if chosen < 0:
            own = Wave(1 << task, minutes, (task,))
            first = max(first, int(self._is_running))
            self.waves.insert(first + round(taste.later * (end - first)), own)
            return
        wave = self.waves[chosen]
        self.waves[chosen] = Wave(
            wave.bits | 1 << task, max(wave.minutes, minutes), (*wave.tasks, task)
        )
        self.lost += lost
        self.weight += weight

    def take(self, tasks: Iterable[int]) -> None:
        """Take tasks, none of which runs, out of their waves; waves that become empty go."""
        bits = 0
        for task in tasks:
            bits |= 1 << task
        kept = []
        for wave in self.waves:
            if not wave.bits & bits:
                kept.append(wave)
                continue
            staying = list(wave.tasks)
            for task in wave.tasks:
                if bits >> task & 1:
                    staying.remove(task)
                    if self._risky[task]:
                        lost, weight = self._beside(task, staying)
                        self.lost -= lost
                        self.weight -= weight
            if staying:
                longest = max(self._minutes[task] for task in staying)
                kept.append(Wave(wave.bits & ~bits, longest, tuple(staying)))
        self.waves = kept

    def _window(self, task: int) -> tuple[int, int]:
        """Return the first wave that order leaves to a task, and the first that it does not."""
        before, after = self._before[task], self._after[task]
        # Beside what runs already there is no room for a wave before.
        first, end = int(self._is_running and before > 0), len(self.waves)
        if before or after:
            for number, wave in enumerate(self.waves):
                if wave.bits & before:
                    first = number + 1
                elif wave.bits & after:
                    return first, number
        return first, end

    def _beside(self, task: int, others: Iterable[int]) -> tuple[int, int]:
        """Return the loss and the weight of a task beside others."""
        loss, weight = self._loss[task], self._weight[task]
        lost = heavier = 0
        for other in others:
            lost += loss[other]
            heavier += weight[other]
        return lost, heavier

    def settle(self) -> None:
        """Move tasks to earlier waves where that costs nothing.

        From the first wave on, every task goes into the first one that is as long as it, and in
        which it loses and admits no more than where it is.
        """
        for number in range(len(self.waves)):
            for task in sorted(self.waves[number].tasks):
                if self._problem.running[task]:
                    continue
                others = [each for each in self.waves[number].tasks if each != task]
                limit = self._beside(task, others) if self._risky[task] else (0, 0)
                target = self._earlier(task, number, limit)
                if target is None:
                    continue
                lost, weight = self._beside(task, self.waves[target].tasks)
                self.lost += lost - limit[0]
                self.weight += weight - limit[1]
                self._replace(target, (*self.waves[target].tasks, task))
                self._replace(number, tuple(others))
        self.waves = [wave for wave in self.waves if wave.tasks]

    def _earlier(self, task: int, number: int, limit: tuple[int, int]) -> int | None:
        """Return the first wave before one of that number in which a task costs no more."""
        first = 0
        for earlier in range(number - 1, -1, -1):
            if self.waves[earlier].bits & self._before[task]:
                first = earlier + 1
                break
        for target in range(first, number):
            wave = self.waves[target]
            if (
                len(wave.tasks) < self._problem.seats
                and not wave.bits & self._never[task]
                and wave.minutes >= self._minutes[task]
            ):
                lost, weight = self._beside(task, wave.tasks) if self._risky[task] else (0, 0)
                if lost <= limit[0] and weight <= limit[1]:
                    return target
        return None

    def _replace(self, number: int, tasks: Sequence[int]) -> None:
        bits = 0
        for task in tasks:
            bits |= 1 << task
        longest = max((self._minutes[task] for task in tasks), default=0)
        self.waves[number] = Wave(bits, longest, tuple(tasks))
