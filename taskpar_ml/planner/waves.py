"""Waves: which tasks run together, wave after wave."""

from __future__ import annotations

from bisect import insort
from collections.abc import Mapping, Sequence
from typing import Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray

_SEED: Final = 0
_SHIFT: Final = 2.0


def schedule_waves(
    graph: nx.DiGraph[str],
    *,
    ids: Sequence[str],
    apart: NDArray[np.bool_],
    rank: Mapping[str, tuple[float, ...]],
    workers: int | None,
) -> list[list[str]]:
    """Place every task into the first wave that can take it.

    List scheduling: wave by wave, tasks whose predecessors have landed are taken in the order of
    their rank, each if it may run beside all that the wave holds already.

    Parameters
    ----------
    graph
        Order of the tasks, acyclic; nodes outside ``ids`` are ignored.
    ids
        Tasks to place: rows of ``apart``.
    apart
        Tasks that may not run together, shape ``(n, n)``, symmetric.
    rank
        Smaller goes first; ties are broken by the order of ``rank``'s keys.
    workers
        Most tasks in one wave; None for no limit.

    Notes
    -----
    Without limits and with nothing kept apart, the waves are the topological generations of the
    graph. With everything kept apart they hold one task each. No wave holds two tasks of which
    one depends on the other.

    References
    ----------
    R. L. Graham, "Bounds on multiprocessing timing anomalies", SIAM J. Appl. Math. 17 (1969).
    """
    position = {task: index for index, task in enumerate(ids)}
    order: nx.DiGraph[str] = nx.DiGraph(graph.subgraph(ids))
    waiting = dict(order.in_degree())
    turn = {task: (*rank[task], index) for index, task in enumerate(rank)}
    ready = sorted((task for task in ids if not waiting[task]), key=turn.__getitem__)
    waves: list[list[str]] = []
    while ready:
        wave, rest = _fill(ready, position, apart, workers)
        for task in wave:
            for after in order.successors(task):
                waiting[after] -= 1
                if not waiting[after]:
                    insort(rest, after, key=turn.__getitem__)
        ready = rest
        waves.append(wave)
    return waves


def _fill(
    ready: Sequence[str],
    position: Mapping[str, int],
    apart: NDArray[np.bool_],
    workers: int | None,
) -> tuple[list[str], list[str]]:
    """Take tasks for one wave, in order; return them and what is left, in order."""
    blocked = np.zeros(len(apart), dtype=bool)
    wave: list[str] = []
    rest: list[str] = []
    for index, task in enumerate(ready):
        if workers is not None and len(wave) >= workers:
            return wave, [*rest, *ready[index:]]
        if blocked[position[task]]:
            rest.append(task)
        else:
            wave.append(task)
            blocked |= apart[position[task]]
    return wave, rest


def shortest_waves(
    graph: nx.DiGraph[str],
    *,
    ids: Sequence[str],
    apart: NDArray[np.bool_],
    rank: Mapping[str, tuple[float, ...]],
    workers: int | None,
    durations: Mapping[str, float],
    tries: int,
) -> list[list[str]]:
    """Return the shortest of several list schedules.

    The first follows ``rank`` as it is and wins ties; the others shift the remaining chain of
    every task, the second part of its rank, by up to two usual durations at random, with a fixed
    seed. One order of taking tasks is seldom the best where pairs are kept apart: which tasks
    share a wave with a long one decides as much as who goes first.

    Parameters
    ----------
    graph, ids, apart, rank, workers
        As for :func:`schedule_waves`.
    durations
        Of every task, above 0.
    tries
        How many schedules to compare, at least 1.

    References
    ----------
    Randomised list scheduling: the construction phase of GRASP, T. A. Feo and M. G. C. Resende,
    "Greedy randomized adaptive search procedures", J. Global Optimization 6 (1995).
    """
    best = schedule_waves(graph, ids=ids, apart=apart, rank=rank, workers=workers)
    if len(best) < 2:
        return best
    random = np.random.default_rng(_SEED)
    reach = _SHIFT * float(np.median([durations[task] for task in ids]))
    for _ in range(tries - 1):
        # Drawn in code-point order of the ids: the order of the input changes nothing.
        shift = dict(zip(sorted(ids), random.uniform(0, reach, len(ids)).tolist(), strict=True))
        shifted = {
            task: (first, tail - shift[task], *rest)
            for task, (first, tail, *rest) in rank.items()
            if task in shift
        }
        waves = schedule_waves(graph, ids=ids, apart=apart, rank=shifted, workers=workers)
        if makespan(waves, durations) < makespan(best, durations):
            best = waves
    return best


def tail_durations(graph: nx.DiGraph[str], durations: Mapping[str, float]) -> dict[str, float]:
    """Return, for every task, the longest chain of durations that starts with it."""
    tails: dict[str, float] = {}
    for task in reversed(list(nx.topological_sort(graph))):
        after = max((tails[next_] for next_ in graph.successors(task)), default=0.0)
        tails[task] = durations.get(task, 0.0) + after
    return tails


def makespan(waves: Sequence[Sequence[str]], durations: Mapping[str, float]) -> float:
    """Return the duration of all waves, each as long as its longest task."""
    return float(sum(max(durations[task] for task in wave) for wave in waves))
