"""Which of several tasks goes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import networkx as nx

from taskpar_ml.domain.task import Task, TaskStatus
from taskpar_ml.planner.waves import tail_durations

_PRIORITIES: Final = (
    ("critical", "highest", "urgent", "blocker", "p0", "0"),
    ("high", "major", "p1", "1"),
    ("medium", "normal", "p2", "2"),
    ("low", "minor", "p3", "3"),
    ("lowest", "trivial", "p4", "4"),
)
_PRIORITY_RANK: Final = {word: rank for rank, words in enumerate(_PRIORITIES) for word in words}
_USUAL_PRIORITY: Final = 2
_STEP: Final = 2**0.5
"""How much longer a task must be to go before one whose priority is one step higher."""


def urgency(
    tasks: Sequence[Task], order: nx.DiGraph[str], durations: Mapping[str, float]
) -> dict[str, tuple[float, ...]]:
    """Return the rank of every task, smaller first, keys in the order given.

    Running tasks go first, then those with the longest chain behind them, which counts for more the
    higher their priority is.
    """
    tails = tail_durations(order, durations)
    weights = priority_weights(tasks)
    return {
        task.id: (
            float(task.status != TaskStatus.IN_PROGRESS),
            -tails[task.id] * weights[task.id],
        )
        for task in tasks
    }


def priority_weights(tasks: Sequence[Task]) -> dict[str, float]:
    """Return by how much the length of each task counts for more because of its priority.

    1 for a usual priority or none, the root of 2 more for each step above it, less for each step
    below: from 0.5 to 2.
    """
    return {
        task.id: _STEP
        ** (_USUAL_PRIORITY - _PRIORITY_RANK.get((task.priority or "").lower(), _USUAL_PRIORITY))
        for task in tasks
    }
