"""Continuous dispatch: which tasks may start beside those that are running."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

import networkx as nx
import numpy as np

from taskpar_ml.planner.starts import StartRules


class Held(StrEnum):
    """What keeps a task from starting now."""

    ORDER = "order"
    """Another one must land first."""
    APART = "apart"
    """It stays apart from one that runs."""
    RISK = "risk"
    """Its risks beside those that run add up to too much."""
    LOSS = "loss"
    """It would do less work than it is expected to make others and itself lose."""
    BUSY = "busy"
    """No worker is free."""


class Hold(NamedTuple):
    """Why a task may not start now.

    Attributes
    ----------
    why
        What keeps it.
    by
        The task that stands in the way; of several the first, or the riskiest.
    hit
        Probability that it would be hit, or hit another, in [0, 1].
    """

    why: Held
    by: str | None = None
    hit: float = 0.0


def dispatch(
    order: nx.DiGraph[str],
    *,
    ids: Sequence[str],
    rules: StartRules,
    rank: Mapping[str, tuple[float, ...]],
    running: Mapping[str, float],
    workers: int,
) -> tuple[list[str], dict[str, Hold]]:
    """Choose the tasks that may start now.

    Of the tasks that wait for nothing that is still open, those start that
    :meth:`~taskpar_ml.planner.starts.StartRules.choose` takes, as long as there are free workers.

    Parameters
    ----------
    order
        Order of the tasks, acyclic: an edge from an open task to one that waits for it.
    ids
        The open tasks, in the order of the rules' positions.
    rules
        Which tasks may run together, and what each start is worth.
    rank
        Of tasks that are worth the same the smaller goes first; ties are broken by the order of
        its keys.
    running
        Minutes since each of the tasks that run now began; they take a worker each.
    workers
        Most tasks at the same time.

    Returns
    -------
    ready
        The chosen tasks, the one that is worth most first.
    held
        Why each of the others waits, in order of rank.
    """
    position = {task: index for index, task in enumerate(ids)}
    turn = {task: (*rank[task], index) for index, task in enumerate(rank)}
    queue = sorted((each for each in ids if each not in running), key=turn.__getitem__)
    before = {
        task: next((each for each in order.predecessors(task) if each in position), None)
        for task in queue
    }
    free = [position[task] for task in queue if before[task] is None]
    beside = [position[task] for task in running]
    elapsed = list(running.values())
    most = max(workers - len(running), 0)
    chosen = rules.choose(free, beside, elapsed, most=most)
    beside, elapsed = [*beside, *chosen], [*elapsed, *(0.0 for _ in chosen)]
    left = [place for place in free if place not in set(chosen)]
    reasons = dict(zip(left, _reasons(rules, left, beside, elapsed), strict=True))
    held = {}
    for task in queue:
        first = before[task]
        if first is not None:
            held[task] = Hold(Held.ORDER, first)
        elif position[task] in reasons:
            why, by, hit = reasons[position[task]]
            held[task] = Hold(why, None if by is None else ids[by], hit)
    return [ids[place] for place in chosen], held


def _reasons(
    rules: StartRules, left: Sequence[int], beside: Sequence[int], elapsed: Sequence[float]
) -> Iterator[tuple[Held, int | None, float]]:
    """Yield why each task does not start beside others, who stands in its way, and its risk."""
    company = rules.beside(left, beside, elapsed)
    for row, place in enumerate(left):
        hit = float(company.hit[row])
        if company.blocked[row]:
            yield Held.APART, next(each for each in beside if rules.apart[place, each]), hit
        elif company.crowded[row] or (beside and company.lost[row] >= rules.minutes[place]):
            riskiest = beside[int(np.argmax(rules.risk[place, list(beside)]))]
            yield Held.RISK if company.crowded[row] else Held.LOSS, riskiest, hit
        else:
            yield Held.BUSY, None, hit
