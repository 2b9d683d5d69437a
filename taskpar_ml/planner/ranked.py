"""Waves in the order that people want: of those that cost the same, the urgent first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import networkx as nx
import numpy as np

from taskpar_ml.planner.problem import SchedulingProblem
from taskpar_ml.planner.schedule import Form, Schedule
from taskpar_ml.planner.search import settled

_MANY: Final = 1_000
"""With more tasks only whole waves change places."""


def ranked_waves(problem: SchedulingProblem, schedule: Schedule, rank: Sequence[int]) -> Schedule:
    """Return waves that cost no more, in which tasks of a better rank come earlier.

    Waves whose order is free are sorted by their best task. Then each task, the best rank first,
    changes places with one of a worse rank in an earlier wave where that makes nothing longer,
    loses no more, and admits no more weight.

    Parameters
    ----------
    schedule
        Waves that break no rule.
    rank
        Of every task, smaller first, each once.
    """
    numbers = _sorted_numbers(problem, schedule.places, rank)
    found = settled(problem, Schedule(Form.WAVES, tuple(numbers)))
    if len(problem) > _MANY:
        return found
    exchange = _Exchange(problem, found.places)
    free = np.flatnonzero(~problem.running).tolist()
    for task in sorted(free, key=rank.__getitem__):
        exchange.promote(task, rank)
    return settled(problem, Schedule(Form.WAVES, tuple(exchange.numbers)))


def _sorted_numbers(
    problem: SchedulingProblem, numbers: Sequence[int], rank: Sequence[int]
) -> list[int]:
    """Return the waves' numbers by their best task where order lets them, running ones first."""
    best: dict[int, int] = {}
    for task, number in enumerate(numbers):
        key = -1 if problem.running[task] else rank[task]
        best[number] = min(best.get(number, key), key)
    order: nx.DiGraph[int] = nx.DiGraph()
    order.add_nodes_from(best)
    order.add_edges_from((numbers[one], numbers[other]) for one, other in problem.before.tolist())
    found = nx.lexicographical_topological_sort(order, key=best.__getitem__)
    place = {number: index for index, number in enumerate(found)}
    return [place[number] for number in numbers]


class _Exchange:
    """Waves of which two tasks at a time may change places."""

    def __init__(self, problem: SchedulingProblem, numbers: Sequence[int]) -> None:
        self._problem: Final = problem
        self.numbers = list(numbers)
        self._waves: list[list[int]] = [[] for _ in range(max(numbers, default=-1) + 1)]
        for task, number in enumerate(numbers):
            self._waves[number].append(task)

    def promote(self, task: int, rank: Sequence[int]) -> None:
        """Let a task take the first place that one of a worse rank can leave to it."""
        for other in self._worse(task, rank):
            if self._may_swap(task, other):
                self._swap(task, other)
                return

    def _worse(self, task: int, rank: Sequence[int]) -> Iterator[int]:
        """Yield tasks of a worse rank in earlier waves, the first wave first, the worst first."""
        before = self._problem.predecessors[task].tolist()
        first = max((self.numbers[each] + 1 for each in before), default=0)
        for number in range(first, self.numbers[task]):
            for other in sorted(self._waves[number], key=lambda each: -rank[each]):
                if rank[other] > rank[task] and not self._problem.running[other]:
                    yield other

    def _may_swap(self, task: int, other: int) -> bool:
        own, early = self.numbers[task], self.numbers[other]
        if any(self.numbers[each] <= own for each in self._problem.successors[other].tolist()):
            return False
        old, new = [0, 0, 0], [0, 0, 0]
        for number, goes, comes in ((own, task, other), (early, other, task)):
            staying = [each for each in self._waves[number] if each != goes]
            if self._problem.never[comes, staying].any():
                return False
            old = [one + more for one, more in zip(old, self._costs(goes, staying), strict=True)]
            new = [one + more for one, more in zip(new, self._costs(comes, staying), strict=True)]
        return all(one <= before for one, before in zip(new, old, strict=True))

    def _costs(self, task: int, others: Sequence[int]) -> Iterable[int]:
        """Return the minutes of a wave, and what a task in it loses and admits."""
        problem = self._problem
        return (
            int(problem.minutes[[task, *others]].max()),
            int(problem.loss[task, others].sum(dtype=np.int64)),
            int(problem.weight[task, others].sum(dtype=np.int64)),
        )

    def _swap(self, task: int, other: int) -> None:
        own, early = self.numbers[task], self.numbers[other]
        self._waves[own][self._waves[own].index(task)] = other
        self._waves[early][self._waves[early].index(other)] = task
        self.numbers[task], self.numbers[other] = early, own
