"""Waves that keep what they can of an earlier plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from taskpar_ml.planner.problem import SchedulingProblem
from taskpar_ml.planner.schedule import Cost, Form, Schedule, measure
from taskpar_ml.planner.wave_packing import Packing, Taste

TOLERANCE: Final = 0.05
"""How much longer than a new plan one may be that keeps the old waves, as a share."""
_MOST_MOVED: Final = 20
"""Tasks that are moved one by one before all are placed anew."""
_MANY: Final = 400
"""With more tasks none is moved one by one."""


def kept_waves(
    problem: SchedulingProblem,
    old: Sequence[int | None],
    fresh: Schedule,
    *,
    rank: Sequence[int],
) -> Schedule:
    """Return waves near the old ones that cost little more than new ones.

    Every task stays in its wave as long as nothing forbids it; the others are put where they cost
    least. While that costs more than :data:`TOLERANCE` above the new waves, the task is moved that
    saves most. If that does not help, the new waves are taken.

    Parameters
    ----------
    old
        The number of each task's earlier wave, None where it had none.
    fresh
        The best waves that are known.
    rank
        Of every task, smaller first, each once: who stays where two cannot.
    """
    limit = measure(problem, fresh).cost.units * (1 + TOLERANCE)
    packing = _repaired(problem, old, rank)
    moves = _MOST_MOVED if len(problem) <= _MANY else 0
    for _ in range(moves):
        if packing.cost.units <= limit:
            break
        better = _best_move(problem, packing)
        if better is None:
            break
        packing = better
    kept = Schedule(Form.WAVES, tuple(packing.numbers))
    return kept if packing.cost.units <= limit else fresh


def moved_tasks(old: Sequence[int | None], new: Sequence[int]) -> list[int]:
    """Return the tasks that had a wave and are no longer with most of those that shared it.

    Waves are known by their tasks: that they have other numbers moves nobody. A task that went
    with the smaller part of its wave has moved.

    Parameters
    ----------
    old, new
        The number of each task's wave; None where there was none.
    """
    parts: dict[int, dict[int, list[int]]] = {}
    for task, (before, now) in enumerate(zip(old, new, strict=True)):
        if before is not None:
            parts.setdefault(before, {}).setdefault(now, []).append(task)
    moved: list[int] = []
    taken: set[int] = set()
    for before in sorted(parts):
        places = sorted(parts[before], key=lambda now: (-len(parts[before][now]), now))
        stays = next((now for now in places if now not in taken), None)
        for now in places:
            if now == stays:
                taken.add(now)
            else:
                moved += parts[before][now]
    return sorted(moved)


def _repaired(
    problem: SchedulingProblem, old: Sequence[int | None], rank: Sequence[int]
) -> Packing:
    """Return the old waves as far as they break no rule, and the other tasks where they cost least.

    What runs already has a wave of its own before all, unless it is with the first of the old ones.
    """
    by_rank = sorted(range(len(problem)), key=rank.__getitem__)
    runs = problem.running.tolist()
    first = min((each for each in old if each is not None), default=0)
    joined = any(runs[task] and old[task] == first for task in by_rank)
    shift = 0 if joined or not any(runs) else 1
    kept = {task: 0 for task in by_rank if runs[task]}
    spent = 0
    for task in by_rank:
        place = old[task]
        if runs[task] or place is None:
            continue
        own = place - first + shift
        weight = _weight_if_kept(problem, task, own, kept)
        if weight is not None and (problem.budget is None or spent + weight <= problem.budget):
            kept[task] = own
            spent += weight
    numbers = [kept.get(task) for task in range(len(problem))]
    packing = Packing.of(problem, numbers)
    packing.waves = [wave for wave in packing.waves if wave.tasks]
    for task in by_rank:
        if numbers[task] is None:
            packing.put(task, Taste())
    return packing


def _weight_if_kept(
    problem: SchedulingProblem, task: int, own: int, kept: Mapping[int, int]
) -> int | None:
    """Return what a task admits in its wave; None if it cannot stay beside those that do."""
    if own == 0 and problem.running.any() and len(problem.predecessors[task]):
        return None  # Before what runs already nothing can land.
    beside = [other for other, place in kept.items() if place == own]
    if len(beside) >= problem.seats or problem.never[task, beside].any():
        return None
    for other, place in kept.items():
        if (problem.reach[other, task] and place >= own) or (
            problem.reach[task, other] and place <= own
        ):
            return None
    return int(problem.weight[task, beside].sum(dtype=np.int64))


def _best_move(problem: SchedulingProblem, packing: Packing) -> Packing | None:
    """Return the waves with the one task put elsewhere that saves most, None if none saves."""
    best: Packing | None = None
    least: Cost = packing.cost
    for task in range(len(problem)):
        if problem.running[task]:
            continue
        tried = packing.copy()
        tried.take([task])
        tried.put(task, Taste())
        if tried.cost < least:
            best, least = tried, tried.cost
    return best
