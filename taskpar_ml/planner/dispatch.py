"""Continuous dispatch: which tasks may start beside those that are running."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import networkx as nx
import numpy as np
from numpy.typing import NDArray


class Hold(NamedTuple):
    """Why a task may not start now.

    ``by`` is the task that stands in the way, ``ordered`` whether that one must land first;
    without ``by`` no worker is free.
    """

    by: str | None = None
    ordered: bool = False


def dispatch(
    order: nx.DiGraph[str],
    *,
    ids: Sequence[str],
    apart: NDArray[np.bool_],
    rank: Mapping[str, tuple[float, ...]],
    running: Sequence[str],
    workers: int,
) -> tuple[list[str], dict[str, Hold]]:
    """Choose the tasks that may start now.

    Tasks are taken in the order of their rank, each if nothing that it waits for is still open,
    a worker is free, and it may run beside all that run and all that were taken before.

    Parameters
    ----------
    order
        Order of the tasks, acyclic: an edge from an open task to one that waits for it.
    ids
        The open tasks: rows of ``apart``.
    apart
        Tasks that may not run together, shape ``(n, n)``, symmetric.
    rank
        Smaller goes first; ties are broken by the order of its keys.
    running
        The tasks that run now; they take a worker each.
    workers
        Most tasks at the same time.

    Returns
    -------
    ready
        The chosen tasks, most urgent first.
    held
        Why each of the others waits, in order of rank.

    Notes
    -----
    With nothing running this takes the first wave of
    :func:`~taskpar_ml.planner.waves.schedule_waves`.
    """
    position = {task: index for index, task in enumerate(ids)}
    turn = {task: (*rank[task], index) for index, task in enumerate(rank)}
    beside = list(running)
    ready: list[str] = []
    held: dict[str, Hold] = {}
    for task in sorted((each for each in ids if each not in running), key=turn.__getitem__):
        first = next((each for each in order.predecessors(task) if each in position), None)
        other = next((each for each in beside if apart[position[task], position[each]]), None)
        if first is not None:
            held[task] = Hold(first, ordered=True)
        elif other is not None:
            held[task] = Hold(other)
        elif len(beside) >= workers:
            held[task] = Hold()
        else:
            ready.append(task)
            beside.append(task)
    return ready, held
