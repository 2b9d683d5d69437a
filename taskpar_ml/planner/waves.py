"""Waves: which tasks run together, wave after wave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import networkx as nx


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
