"""Parents and subtasks: who is below whom, and what a leaf takes over from above."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from taskpar_ml.domain.task import Task, TaskStatus
from taskpar_ml.domain.taskset import Notice
from taskpar_ml.errors import DependencyCycleError, InvalidTaskError
from taskpar_ml.tasks.building import task_label
from taskpar_ml.tasks.tree import MAX_DEPTH

_SET_ASIDE: Final = (TaskStatus.DONE, TaskStatus.CANCELLED, TaskStatus.DEFERRED)


@dataclass(frozen=True)
class Families:
    """The tasks of all files as a forest.

    Attributes
    ----------
    by_id
        Every task, in file order.
    parents
        The parent of each task that has a known one.
    leaves
        Leaves below every parent, in file order.
    """

    by_id: Mapping[str, Task]
    parents: Mapping[str, str]
    leaves: Mapping[str, tuple[str, ...]]
    _contexts: dict[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, by_id: Mapping[str, Task], notices: list[Notice]) -> Families:
        """Build the forest; a parent that is not there is told in a notice.

        Raises
        ------
        DependencyCycleError
            If a task is its own ancestor.
        """
        parents: dict[str, str] = {}
        for task in by_id.values():
            if task.parent is None:
                continue
            if task.parent in by_id:
                parents[task.id] = task.parent
            elif task.status.is_work:
                text = f"its parent {task.parent} is not there; it is planned without one."
                notices.append(Notice(f"{task.place}: {task_label(task.id)}", text))
        _check_ancestors(by_id, parents)
        named = frozenset(parents.values())
        leaves: dict[str, list[str]] = {parent: [] for parent in by_id if parent in named}
        for task_id in by_id:
            if task_id not in leaves:
                for ancestor in _above(task_id, parents):
                    leaves[ancestor].append(task_id)
        return cls(by_id, parents, {parent: tuple(below) for parent, below in leaves.items()})

    def above(self, task_id: str) -> Iterator[Task]:
        """Yield the ancestors of a task, the nearest first."""
        return (self.by_id[ancestor] for ancestor in _above(task_id, self.parents))

    def lineage(self, task_id: str) -> frozenset[str]:
        """Return the ancestors of a task and itself."""
        return frozenset((task_id, *_above(task_id, self.parents)))

    def meant(self, task_id: str) -> tuple[str, ...]:
        """Return the leaves that an id stands for: its own, or those below a parent."""
        return self.leaves.get(task_id, (task_id,))

    def context(self, task_id: str) -> str:
        """Return the texts of all ancestors of a task, the outermost first."""
        parent = self.parents.get(task_id)
        if parent is None:
            return ""
        if parent not in self._contexts:
            texts = [self.by_id[parent].text, *(task.text for task in self.above(parent))]
            self._contexts[parent] = "\n\n".join(reversed(texts))
        return self._contexts[parent]

    def heirs(self) -> Iterator[Task]:
        """Yield the leaves in file order with what they take over from their ancestors.

        A done, cancelled or deferred ancestor decides the status of open leaves. Zones
        (``conflict_zones`` and ``modifies``), ``parallel_safe`` and ``priority`` come from the
        nearest ancestor that has them, where the leaf has none; the text of all ancestors
        becomes the context. References are not taken over here.
        """
        for task in self.by_id.values():
            if task.id not in self.leaves:
                yield _heir(task, list(self.above(task.id)), self.context(task.id))

    def notices(self) -> Iterator[Notice]:
        """Tell what the status of a parent and those of its leaves do to each other."""
        for parent, below in self.leaves.items():
            task = self.by_id[parent]
            place = f"{task.place}: {task_label(parent)}"
            open_leaves = [leaf for leaf in below if self.by_id[leaf].status.is_work]
            if task.status in _SET_ASIDE and open_leaves:
                count = f"{len(open_leaves)} open subtask{'s' if len(open_leaves) > 1 else ''}"
                verb = "count" if len(open_leaves) > 1 else "counts"
                yield Notice(
                    place, f"is {task.status}, so its {count} {verb} as {task.status} too."
                )
            if task.status.is_work and all(self.by_id[leaf].status.is_settled for leaf in below):
                yield Notice(place, "is still open though all of its subtasks are settled.")


def _heir(task: Task, above: Sequence[Task], context: str) -> Task:
    if not above:
        return task
    taken: dict[str, Any] = {}
    if task.status.is_work:
        set_aside = [parent.status for parent in above if parent.status in _SET_ASIDE]
        taken |= {"status": set_aside[0]} if set_aside else {}
    zoned = [parent for parent in above if parent.writes]
    if not task.writes and zoned:
        taken |= {"conflict_zones": zoned[0].conflict_zones, "modifies": zoned[0].modifies}
    for name in ("parallel_safe", "priority"):
        values = [value for parent in above if (value := getattr(parent, name)) is not None]
        if getattr(task, name) is None and values:
            taken[name] = values[0]
    if not task.context:
        taken["context"] = context
    return task.model_copy(update=taken)


def _above(task_id: str, parents: Mapping[str, str]) -> Iterator[str]:
    while task_id in parents:
        task_id = parents[task_id]
        yield task_id


def _check_ancestors(by_id: Mapping[str, Task], parents: Mapping[str, str]) -> None:
    """Refuse tasks that are their own ancestors, and towers of parents."""
    for start in parents:
        path = [start]
        for ancestor in _above(start, parents):
            if ancestor in path:
                circle = path[path.index(ancestor) :]
                raise DependencyCycleError(
                    f"{by_id[ancestor].place}: {task_label(ancestor)}",
                    f"tasks are part of each other: {' -> '.join([*circle, ancestor])}.",
                    "Remove one of the parents.",
                )
            path.append(ancestor)
            if len(path) > MAX_DEPTH:
                raise InvalidTaskError(
                    f"{by_id[start].place}: {task_label(start)}",
                    f"has more than {MAX_DEPTH} parents above it.",
                    "Nest tasks less deep.",
                )
