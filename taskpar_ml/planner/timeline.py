"""Tasks placed one after the other, each where it may run with all that are placed already."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from taskpar_ml.planner.bit_rows import bit_rows
from taskpar_ml.planner.problem import SchedulingProblem
from taskpar_ml.planner.schedule import Cost


@dataclass(frozen=True)
class Recipe:
    """What a schedule is made from.

    Attributes
    ----------
    order
        All tasks, each after those that must land before it.
    prices
        Of each task, what a minute of waiting costs, in units of loss, above 0.
    tolls
        Of each task, what a unit of weight costs, in units of loss: keeps something of the budget
        for others.
    """

    order: Sequence[int]
    prices: Sequence[float]
    tolls: Sequence[float]


class Placer:
    """Places tasks of one problem in given orders.

    Serial schedule generation: the schedule grows task by task, and a later one may go into a gap
    that earlier ones left. Which tasks run is held in the bits of whole numbers, one for every
    stretch of time in which that is the same, so that a look at a stretch is one operation.

    References
    ----------
    J. E. Kelley, "The critical-path method: resources planning and scheduling" (1963); R. Kolisch,
    "Serial and parallel resource-constrained project scheduling methods revisited", European
    Journal of Operational Research 90 (1996).
    """

    def __init__(self, problem: SchedulingProblem) -> None:
        self.problem = problem
        self._minutes: Final = problem.minutes.tolist()
        self._before: Final = [each.tolist() for each in problem.predecessors]
        self._runs: Final = problem.running.tolist()
        self._apart: Final = bit_rows(problem.apart)
        self._risky: Final = bit_rows((problem.loss > 0) | (problem.weight > 0))
        self._loss: Final = [memoryview(row) for row in problem.loss]
        self._weight: Final = [memoryview(row) for row in problem.weight]
        self._budget: Final = float("inf") if problem.budget is None else problem.budget

    def placed(self, recipe: Recipe, *, above: int | None = None) -> tuple[list[int], Cost] | None:
        """Return the starts of all tasks, and what they cost.

        Every task goes where its start, times its price for each minute, what it loses beside those
        placed before, and its toll for the weight that it adds come to the least.

        Parameters
        ----------
        recipe
            In which order, and by what.
        above
            Stop, and return nothing, as soon as the schedule costs more than this many units.
        """
        self._begin()
        minute, lost = self.problem.minute, 0
        for task in recipe.order:
            if self._runs[task]:
                continue
            start, more, weight = self._cheapest(task, recipe.prices[task], recipe.tolls[task])
            self._put(task, start)
            lost += more
            self._admitted += weight
            if above is not None and self._latest * minute + lost > above:
                return None
        return self._starts, Cost(self._latest * minute + lost, self._admitted)

    def settled(self, starts: Sequence[int]) -> list[int]:
        """Return a schedule in which tasks start as early as they can for the same cost.

        Tasks are placed anew in the order in which they start, each as early as it loses and
        admits no more beside those before it. None starts later than it did.
        """
        self._begin()
        for task in sorted(range(len(starts)), key=lambda each: (starts[each], each)):
            if self._runs[task]:
                continue
            last = starts[task]
            first = bisect_right(self._times, last) - 1
            meets = 0
            for index in range(first, bisect_left(self._times, last + self._minutes[task])):
                meets |= self._running[index]
            limit = self._overlapping(task, meets)
            start = next(
                start
                for start, meets in self._fitting(task)
                if start >= last or _within(self._overlapping(task, meets), limit)
            )
            self._put(task, min(start, last))
        return self._starts

    def _begin(self) -> None:
        self._times, self._running = [0], [0]
        self._starts = [0] * len(self._minutes)
        self._latest = self._admitted = 0
        for task, runs in enumerate(self._runs):
            if runs:
                self._put(task, 0)

    def _cheapest(self, task: int, price: float, toll: float) -> tuple[int, int, int]:
        """Return where a task starts, and the loss and weight that it adds."""
        best, least = (0, 0, 0), float("inf")
        for start, meets in self._fitting(task):
            if start * price >= least:
                break
            lost, weight = self._overlapping(task, meets)
            paid = start * price + lost + toll * weight
            if paid < least and self._admitted + weight <= self._budget:
                best, least = (start, lost, weight), paid
        return best

    def _fitting(self, task: int) -> Iterator[tuple[int, int]]:
        """Yield, earliest first, the starts worth a look and the bits of all that run beside.

        These are the first moment at which the task is ready, and every later one at which another
        ends or starts: what it overlaps gets no less in between.
        """
        minutes, apart, seats = self._minutes[task], self._apart[task], self.problem.seats
        starts, times, running = self._starts, self._times, self._running
        start = max((starts[each] + self._minutes[each] for each in self._before[task]), default=0)
        first = bisect_right(times, start) - 1
        while True:
            index, meets, end = first, 0, start + minutes
            while index < len(times) and times[index] < end:
                bits = running[index]
                if bits & apart or bits.bit_count() >= seats:
                    break
                meets |= bits
                index += 1
            else:
                yield start, meets
                index = first
            first = index + 1
            if first >= len(times):
                return
            start = times[first]

    def _overlapping(self, task: int, meets: int) -> tuple[int, int]:
        """Return the loss and the weight of a task beside others."""
        beside = meets & self._risky[task]
        lost = weight = 0
        while beside:
            low = beside & -beside
            other = low.bit_length() - 1
            beside ^= low
            lost += self._loss[task][other]
            weight += self._weight[task][other]
        return lost, weight

    def _put(self, task: int, start: int) -> None:
        """Let a task run from a moment on."""
        end, bit = start + self._minutes[task], 1 << task
        for index in range(self._cut(start), self._cut(end)):
            self._running[index] |= bit
        self._starts[task] = start
        self._latest = max(self._latest, end)

    def _cut(self, moment: int) -> int:
        """Let a stretch of time begin at a moment; return which."""
        index = bisect_left(self._times, moment)
        if index == len(self._times) or self._times[index] != moment:
            self._times.insert(index, moment)
            self._running.insert(index, self._running[index - 1])
        return index


def _within(pair: tuple[int, int], limit: tuple[int, int]) -> bool:
    return pair[0] <= limit[0] and pair[1] <= limit[1]
