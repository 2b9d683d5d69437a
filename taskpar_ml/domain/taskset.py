"""Task files as read, and the checked set of tasks that a plan is made from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from taskpar_ml.domain.groups import ExecutionGroup
from taskpar_ml.domain.pairs import shortened
from taskpar_ml.domain.task import Task, TaskStatus
from taskpar_ml.errors import UnknownTaskError


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should know that is no error.

    ``place`` says where, ``text`` what and what to do about it.
    """

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


@dataclass(frozen=True, slots=True)
class Barrier:
    """All of ``before`` must land before any of ``after`` starts, because of ``why``."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class TaskDocument:
    """One task file, read but not yet checked against the other files.

    Attributes
    ----------
    path
        The file as the caller named it.
    format
        Name of the reader that recognised it.
    tasks
        Every task of the file, parents and subtasks, in file order. Ids are unique here
        only after :func:`taskpar_ml.tasks.assemble`.
    groups
        Execution groups written by a person; those that taskpar wrote itself are left out.
    barriers
        Orders that the form of the file implies, such as phases.
    missing_ok
        Ids that may be named though the file does not hold them: settled elsewhere.
    """

    path: str
    format: str
    tasks: tuple[Task, ...]
    groups: tuple[ExecutionGroup, ...] = ()
    barriers: tuple[Barrier, ...] = ()
    missing_ok: frozenset[str] = frozenset()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class TaskSet:
    """Tasks ready to be planned: leaves only, references checked, parents resolved.

    Attributes
    ----------
    tasks
        The leaves in file order: work, history and what is set aside.
    containers
        Leaves below every parent task, in file order.
    groups, barriers
        As in the documents, with parents replaced by their leaves.
    files
        Path and format of every file read.
    outside
        Tasks that are waited for though no file holds them: exports leave tasks out.
    """

    tasks: tuple[Task, ...]
    containers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groups: tuple[ExecutionGroup, ...] = ()
    barriers: tuple[Barrier, ...] = ()
    notices: tuple[Notice, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    outside: frozenset[str] = frozenset()

    @cached_property
    def by_id(self) -> Mapping[str, Task]:
        """Every leaf under its id."""
        return {task.id: task for task in self.tasks}

    @cached_property
    def work(self) -> tuple[Task, ...]:
        """The tasks that a plan places."""
        return tuple(task for task in self.tasks if task.status.is_work)

    def with_done(self, landed: Collection[str]) -> TaskSet:
        """Return the same tasks, some of them done whatever their files say."""
        return self._with(TaskStatus.DONE, landed)

    def with_started(self, running: Collection[str]) -> TaskSet:
        """Return the same tasks, those among the open ones in progress that are named."""
        return self._with(TaskStatus.IN_PROGRESS, {task.id for task in self.work} & set(running))

    def with_set_aside(self, given_up: Collection[str]) -> TaskSet:
        """Return the same tasks, those among the open ones deferred that are named."""
        return self._with(TaskStatus.DEFERRED, {task.id for task in self.work} & set(given_up))

    def _with(self, status: TaskStatus, named: Collection[str]) -> TaskSet:
        changed = {"status": status}
        tasks = [
            task.model_copy(update=changed) if task.id in named else task for task in self.tasks
        ]
        return replace(self, tasks=tuple(tasks))

    def not_open(self, name: str) -> UnknownTaskError:
        """Return the error that says why nobody can ask about a task: it is no open one."""
        task = self.by_id.get(name)
        if name in self.containers:
            leaves = shortened(self.containers[name])
            return UnknownTaskError(name, "the task has subtasks.", f"Name one of: {leaves}.")
        if task is not None:
            return UnknownTaskError(
                name, f"the task is {task.status.value}.", "Name tasks that are still work."
            )
        known = shortened(task.id for task in self.work)
        return UnknownTaskError(name, "there is no such task.", f"Open tasks: {known}.")
