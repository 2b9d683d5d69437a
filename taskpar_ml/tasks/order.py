"""The order in which open tasks must be done, and the cycles that make it impossible."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from taskpar_ml.domain.task import Task
from taskpar_ml.domain.taskset import Barrier
from taskpar_ml.errors import DependencyCycleError
from taskpar_ml.tasks.building import task_label

_SHOWN: Final = 12


class Wait(NamedTuple):
    """A step to what must be done before: a task, or the gate of a barrier."""

    on: str
    why: str


@dataclass(frozen=True)
class Order:
    """Who waits for whom among open tasks.

    Attributes
    ----------
    waits
        For each open task what it waits for. Gates of barriers stand in between, so that a
        barrier between n and m tasks costs n + m steps.
    sequence
        Open tasks so that each stands after all it waits for, gates left in.
    """

    waits: Mapping[str, tuple[Wait, ...]]
    sequence: tuple[str, ...]

    @classmethod
    def of(cls, tasks: Sequence[Task], barriers: Iterable[Barrier]) -> Order:
        """Order the tasks that are not settled; deferred ones count, since they may come back.

        Raises
        ------
        DependencyCycleError
            If tasks wait for each other; a shortest cycle is spelled out.
        """
        work = {task.id: task for task in tasks if not task.status.is_settled}
        waits: dict[str, list[Wait]] = {task: [] for task in work}
        for task in work.values():
            for name in ("depends_on", "depends_on_completion"):
                waits[task.id] += [Wait(on, name) for on in getattr(task, name) if on in work]
            for blocked in task.blocks:
                if blocked in work:
                    waits[blocked].append(Wait(task.id, "is blocked by"))
        for number, barrier in enumerate(barriers):
            gate = f"\0{number}"
            waits[gate] = [Wait(task, "") for task in barrier.before if task in work]
            for after in barrier.after:
                if after in work:
                    waits[after].append(Wait(gate, barrier.why))
        sequence = _sequence(waits)
        if len(sequence) < len(waits):
            raise _cycle(work, waits, set(waits) - set(sequence))
        return cls({task: tuple(dict.fromkeys(on)) for task, on in waits.items()}, tuple(sequence))


def is_gate(node: str) -> bool:
    """Whether a node stands for a barrier; no task id holds a NUL character."""
    return node.startswith("\0")


def _sequence(waits: Mapping[str, Sequence[Wait]]) -> list[str]:
    """Return the nodes that are in no cycle and behind none, prerequisites first."""
    missing = {node: len(on) for node, on in waits.items()}
    followers: dict[str, list[str]] = {node: [] for node in waits}
    for node, on in waits.items():
        for wait in on:
            followers[wait.on].append(node)
    ready = deque(node for node, count in missing.items() if not count)
    sequence = []
    while ready:
        node = ready.popleft()
        sequence.append(node)
        for follower in followers[node]:
            missing[follower] -= 1
            if not missing[follower]:
                ready.append(follower)
    return sequence


def _cycle(
    work: Mapping[str, Task], waits: Mapping[str, Sequence[Wait]], left: set[str]
) -> DependencyCycleError:
    """Return the error for a cycle among nodes that each wait for another of them."""
    seen: set[str] = set()
    node = next(node for node in waits if node in left)
    while node not in seen:
        seen.add(node)
        node = next(wait.on for wait in waits[node] if wait.on in left)
    start, steps = _from_first(node, _way_back(node, waits, left), work)
    tasks = [start, *(step.on for step in steps if not is_gate(step.on))]
    spelled = tasks if len(tasks) <= _SHOWN else [*tasks[: _SHOWN - 2], "...", tasks[-1]]
    length = "" if len(tasks) <= _SHOWN else f" ({len(tasks) - 1} tasks)"
    reasons = list(_reasons(start, steps, work))
    more = f"; {len(reasons) - 4} more" if len(reasons) > 4 else ""
    return DependencyCycleError(
        f"{work[start].place}: {task_label(start)}",
        f"tasks wait for each other: {' -> '.join(spelled)}{length}.",
        f"Remove one of these: {'; '.join(reasons[:4])}{more}.",
    )


def _from_first(
    start: str, steps: Sequence[Wait], work: Mapping[str, Task]
) -> tuple[str, Sequence[Wait]]:
    """Turn a cycle so that it begins with the task that stands first in the files."""
    nodes = [start, *(step.on for step in steps[:-1])]
    rank = {task: index for index, task in enumerate(work)}
    first = min(range(len(nodes)), key=lambda index: rank.get(nodes[index], len(rank)))
    return nodes[first], [*steps[first:], *steps[:first]]


def _way_back(start: str, waits: Mapping[str, Sequence[Wait]], left: set[str]) -> list[Wait]:
    """Return the shortest steps from a node back to itself, none if there are none."""
    came_from: dict[str, tuple[str, Wait]] = {}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        for wait in waits[node]:
            if wait.on not in left or wait.on in came_from:
                continue
            came_from[wait.on] = (node, wait)
            if wait.on == start:
                return list(reversed([*_trail(start, came_from)]))
            queue.append(wait.on)
    return []


def _trail(start: str, came_from: Mapping[str, tuple[str, Wait]]) -> Iterator[Wait]:
    node, wait = came_from[start]
    yield wait
    while node != start:
        node, wait = came_from[node]
        yield wait


def _reasons(start: str, steps: Sequence[Wait], work: Mapping[str, Task]) -> Iterator[str]:
    node = start
    for index, step in enumerate(steps):
        if is_gate(step.on):
            yield f"{step.why} (so {node} waits for {steps[index + 1].on})"
        elif not is_gate(node):
            yield f"{node} {step.why} {step.on} ({work[node].place})"
        node = step.on
