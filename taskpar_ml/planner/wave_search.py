"""Better waves: tasks taken out of their waves and put back where they cost least."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from random import Random
from typing import Final, TypeVar

import numpy as np

from taskpar_ml.planner.cliques import quick_bound
from taskpar_ml.planner.cooling import allowance, cycle_of
from taskpar_ml.planner.problem import LOSS_UNITS, SchedulingProblem
from taskpar_ml.planner.schedule import Cost
from taskpar_ml.planner.tolls import usual_tolls
from taskpar_ml.planner.wave_packing import Packing, Taste

_SEED: Final = 0
_MOST_MOVED: Final = 5
_MOST_FILLED: Final = 20
_WHOLE_WAVES: Final = 0.3
_FITS: Final = (0.0, 1.0, LOSS_UNITS / 4)

_Thing = TypeVar("_Thing")


def searched_waves(
    problem: SchedulingProblem, *, moves: int, known: Iterable[Sequence[int]] = ()
) -> tuple[list[int], Cost]:
    """Return the cheapest waves that are found, as the number of each task's wave, and their cost.

    Tasks are put into waves one by one, in several orders. From the best waves a few tasks are
    taken out, at random or all of one wave, and put back, step by step; worse waves are gone on
    from by a chance that falls with time, and rises again several times, each time from the best
    waves.

    Parameters
    ----------
    moves
        How many tasks are taken out and put back in all: the effort, the same on every machine.
    known
        Numbers of waves that obey all rules, to begin with where they are better.

    References
    ----------
    G. Schrimpf, J. Schneider, H. Stamm-Wilbrandt and G. Dueck, "Record breaking optimization
    results using the ruin and recreate principle", Journal of Computational Physics 159 (2000).
    """
    chance, tolls = Random(_SEED), usual_tolls(problem)
    filled = _first(problem, tolls, most=min(max(moves // len(problem), 1), _MOST_FILLED))
    current = min(
        (*(Packing.of(problem, each) for each in known), *filled), key=lambda each: each.cost
    )
    best, done, minutes = current, 0, problem.minutes.tolist()
    cycle = 0
    stays = set(np.flatnonzero(problem.running).tolist())
    lowest = Cost(quick_bound(problem) * problem.minute, 0)
    while done < moves and len(best.waves) > 1 and best.cost > lowest:
        if cycle_of(done / moves) > cycle:
            current, cycle = best, cycle + 1
        taken = [task for task in _ruined(current, len(problem), chance) if task not in stays]
        tried = current.copy()
        tried.take(taken)
        if chance.random() < 0.5:
            taken.sort(key=lambda task: -minutes[task])
        toll, fit = _one_of(tolls, chance), _one_of(_FITS, chance)
        for task in taken:
            tried.put(task, Taste(toll, fit, chance.random()))
        bar = current.cost.units * (1.0 + allowance(done / moves, chance))
        done += max(len(taken), 1)
        if tried.cost.units <= bar:
            current = tried
            if current.cost < best.cost:
                best = current
    return best.numbers, best.cost


def _first(problem: SchedulingProblem, tolls: Sequence[float], *, most: int) -> Iterator[Packing]:
    """Yield waves filled longest first, longest chain first, and most kept apart first."""
    beside = problem.apart @ problem.minutes
    blank = Packing(problem)
    # Longest first gathers tasks of one length, which is what makes waves short.
    orders = (problem.minutes, problem.tails, problem.tails + beside)
    for toll, urgency in list(product(tolls, orders))[:most]:
        packing = blank.copy()
        for task in np.argsort(-urgency, kind="stable").tolist():
            if not problem.running[task]:
                packing.put(task, Taste(toll))
        yield packing


def _ruined(packing: Packing, size: int, chance: Random) -> list[int]:
    """Return tasks to take out, in random order: a few at random, or those of a wave and a few."""
    taken = {int(chance.random() * size) for _ in range(1 + int(chance.random() * _MOST_MOVED))}
    if chance.random() < _WHOLE_WAVES:
        taken.update(_one_of(packing.waves, chance).tasks[: 4 * _MOST_MOVED])
    found = sorted(taken)
    for place in range(len(found) - 1, 0, -1):
        other = int(chance.random() * (place + 1))
        found[place], found[other] = found[other], found[place]
    return found


def _one_of(things: Sequence[_Thing], chance: Random) -> _Thing:
    return things[int(chance.random() * len(things))]
