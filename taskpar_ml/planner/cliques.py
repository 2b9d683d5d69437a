"""Sets of tasks of which no two may overlap: one at a time, so their lengths add up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.planner.problem import SchedulingProblem


def clique_cover(never: NDArray[np.bool_], minutes: NDArray[np.int64]) -> list[tuple[int, ...]]:
    """Return sets of tasks that pairwise exclude each other, so that every such pair is in one.

    Each is grown from an uncovered pair by the longest tasks that exclude all it holds.

    Parameters
    ----------
    never
        Which two exclude each other, shape ``(n, n)``, symmetric, empty diagonal.
    minutes
        Of each task, shape ``(n,)``.
    """
    open_ = np.triu(never)
    by_length = np.argsort(-minutes, kind="stable").tolist()
    cover = []
    for one in by_length:
        for other in by_length:
            if not (open_[one, other] or open_[other, one]):
                continue
            clique = [one, other]
            common = never[one] & never[other]
            for task in by_length:
                if common[task]:
                    clique.append(task)
                    common &= never[task]
            open_[np.ix_(clique, clique)] = False
            cover.append(tuple(sorted(clique)))
    return cover


def heavy_cliques(
    never: NDArray[np.bool_], minutes: NDArray[np.int64], *, most: int
) -> list[tuple[int, ...]]:
    """Return some sets of tasks that pairwise exclude each other: those that look longest.

    Each is grown from one of the tasks that are kept apart from most work, by the next such tasks
    that exclude all it holds.

    Parameters
    ----------
    never, minutes
        As for :func:`clique_cover`.
    most
        How many are grown.
    """
    order = np.argsort(-(never @ minutes), kind="stable")
    found = []
    for first in order[:most].tolist():
        clique, common = [first], never[first].copy()
        for task in order[common[order]].tolist():
            if common[task]:
                clique.append(task)
                common &= never[task]
        found.append(tuple(sorted(clique)))
    return found


def quick_bound(problem: SchedulingProblem) -> int:
    """Return minutes below which no makespan is, with one set of tasks that exclude each other."""
    return lowest_makespan(problem, heavy_cliques(problem.never, problem.minutes, most=1))


def lowest_makespan(problem: SchedulingProblem, cover: Sequence[Sequence[int]]) -> int:
    """Return minutes below which no makespan is, whatever overlaps.

    The longest chain, the work of each worker, and the work of every clique, all together.

    Parameters
    ----------
    cover
        Sets of tasks of which no two may overlap.
    """
    alone = max((int(problem.minutes[list(each)].sum()) for each in cover), default=0)
    return max(problem.chain, -(-problem.work // max(problem.seats, 1)), alone)
