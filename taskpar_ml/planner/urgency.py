"""Which of several tasks goes first."""

from __future__ import annotations

from collections.abc import Sequence
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


def urgency(tasks: Sequence[Task], order: nx.DiGraph[str]) -> dict[str, tuple[float, ...]]:
    """Return the rank of every task, smaller first, keys in the order given.

    Running tasks go first, then those with the longest chain behind them, then by priority.
    """
    tails = tail_durations(order, {task.id: task.duration for task in tasks})
    return {
        task.id: (
            float(task.status != TaskStatus.IN_PROGRESS),
            -tails[task.id],
            float(_PRIORITY_RANK.get((task.priority or "").lower(), _USUAL_PRIORITY)),
        )
        for task in tasks
    }
