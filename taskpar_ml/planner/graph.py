"""The graph of what must come before what."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.plan import HeldTask, SuggestedDependency
from taskpar_ml.domain.task import TaskStatus
from taskpar_ml.domain.taskset import TaskSet


class EdgeKind(StrEnum):
    """Why one task comes before another, strongest first."""

    COMPLETION = "depends_on_completion"
    DEPENDS_ON = "depends_on"
    BLOCKS = "blocks"
    BARRIER = "barrier"
    GROUP = "execution_groups"
    SUGGESTED = "suggested"


def dependency_graph(task_set: TaskSet) -> nx.DiGraph[str]:
    """Return the order of all tasks that are work, set aside, or waited for from outside.

    Nodes are task ids in file order; an edge runs from the task that comes first, with
    attributes ``kind`` (:class:`EdgeKind`) and ``why``. Settled tasks hold nobody back and are
    left out. The set was checked when it was read, so the graph has no cycle.
    """
    graph: nx.DiGraph[str] = nx.DiGraph()
    open_tasks = [task for task in task_set.tasks if not task.status.is_settled]
    graph.add_nodes_from(task.id for task in open_tasks)
    graph.add_nodes_from(sorted(task_set.outside))
    for task in open_tasks:
        for before in task.depends_on_completion:
            _join(graph, before, task.id, EdgeKind.COMPLETION, "depends_on_completion")
    for task in open_tasks:
        for before in task.depends_on:
            _join(graph, before, task.id, EdgeKind.DEPENDS_ON, "depends_on")
    for task in open_tasks:
        for after in task.blocks:
            _join(graph, task.id, after, EdgeKind.BLOCKS, "blocks")
    for barrier in task_set.barriers:
        for before in barrier.before:
            for after in barrier.after:
                _join(graph, before, after, EdgeKind.BARRIER, barrier.why)
    _add_groups(graph, task_set)
    return graph


def _join(graph: nx.DiGraph[str], before: str, after: str, kind: EdgeKind, why: str) -> None:
    """Add an edge unless an end is settled or a stronger edge is there already."""
    if before in graph and after in graph and not graph.has_edge(before, after):
        graph.add_edge(before, after, kind=kind, why=why)


def _add_groups(graph: nx.DiGraph[str], task_set: TaskSet) -> None:
    """Keep the order that declared execution groups state: group by group, lists in sequence."""
    earlier: tuple[str, ...] = ()
    for group in task_set.groups:
        members = tuple(task for task in group.tasks if task in graph)
        for before in earlier:
            for after in members:
                _join(graph, before, after, EdgeKind.GROUP, "execution_groups")
        if group.sequential:
            for before, after in pairwise(members):
                _join(graph, before, after, EdgeKind.GROUP, "execution_groups")
        earlier = members or earlier


def held_tasks(graph: nx.DiGraph[str], task_set: TaskSet) -> dict[str, HeldTask]:
    """Return the tasks that wait, directly or not, for one that the plan cannot place.

    Such are tasks that were set aside, and tasks that no file holds.
    """
    causes = dict.fromkeys(sorted(task_set.outside), "which no file holds")
    for task in task_set.tasks:
        if task.status == TaskStatus.DEFERRED:
            causes[task.id] = "which is deferred"
    held: dict[str, HeldTask] = {}
    for cause, why in causes.items():
        for waiting in sorted(nx.descendants(graph, cause)):
            after = task_set.by_id[waiting]
            if after.status.is_work and waiting not in held:
                held[waiting] = HeldTask(
                    id=waiting, title=after.title, why=f"waits for {cause}, {why}"
                )
    return held


def order_matrix(graph: nx.DiGraph[str], ids: Sequence[str]) -> NDArray[np.bool_]:
    """Return which task comes before which, directly or through others.

    Parameters
    ----------
    graph
        Acyclic.
    ids
        Tasks of interest; others of the graph still carry the order on.

    Returns
    -------
    ndarray of shape (n, n)
        ``[i, j]`` is true where ``ids[i]`` must land before ``ids[j]`` starts.
    """
    position = {task: index for index, task in enumerate(ids)}
    before: dict[str, NDArray[np.bool_]] = {}
    for task in nx.topological_sort(graph):
        row = np.zeros(len(ids), dtype=bool)
        for predecessor in graph.predecessors(task):
            row |= before[predecessor]
            if predecessor in position:
                row[position[predecessor]] = True
        before[task] = row
    blank = np.zeros(len(ids), dtype=bool)
    columns = [before.get(task, blank) for task in ids]
    return np.array(columns, dtype=bool).reshape(len(ids), len(ids)).T


def chain_between(graph: nx.DiGraph[str], first: str, second: str) -> tuple[str, ...]:
    """Return the shortest chain from one task to the other, whichever comes first, or nothing."""
    for ends in ((first, second), (second, first)):
        if all(end in graph for end in ends) and nx.has_path(graph, *ends):
            return tuple(nx.shortest_path(graph, *ends))
    return ()


def with_suggestions(
    graph: nx.DiGraph[str], suggestions: Sequence[SuggestedDependency]
) -> tuple[nx.DiGraph[str], tuple[SuggestedDependency, ...]]:
    """Add suggested orders that close no cycle; say of each whether it was added."""
    extended = graph.copy()
    answered = []
    for suggestion in suggestions:
        closes = nx.has_path(extended, suggestion.after, suggestion.before)
        if not closes:
            _join(
                extended,
                suggestion.before,
                suggestion.after,
                EdgeKind.SUGGESTED,
                suggestion.why,
            )
        answered.append(suggestion.model_copy(update={"followed": not closes}))
    return extended, tuple(answered)
