"""Which open tasks of a workspace may start now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from taskpar_ml.domain.readiness import Readiness
from taskpar_ml.domain.task import TaskStatus
from taskpar_ml.planner.readiness import ReadyQuestion
from taskpar_ml.workspace import Workspace


def ready_tasks(workspace: Workspace, running: Mapping[str, float] | None = None) -> Readiness:
    """Return which open tasks may start beside those that :func:`running_tasks` returns."""
    running = running_tasks(workspace, running)
    return ready_question(workspace, running).answer(running)


def running_tasks(
    workspace: Workspace, told: Mapping[str, float] | None = None
) -> Mapping[str, float]:
    """Return how long each running task has run, by its id, in the unit of the estimates.

    Parameters
    ----------
    told
        The same, if somebody knows; if None those run that their files call in progress, as if
        they had just begun.

    Raises
    ------
    UnknownTaskError
        If one of them is not an open task of the files.
    """
    open_tasks = {task.id: task for task in workspace.task_set.work}
    for name in told or ():
        if name not in open_tasks:
            raise workspace.task_set.not_open(name)
    if told is not None:
        return told
    started = (TaskStatus.IN_PROGRESS,)
    return {name: 0.0 for name, task in open_tasks.items() if task.status in started}


def ready_question(workspace: Workspace, running: Collection[str]) -> ReadyQuestion:
    """Prepare the question which tasks may start now.

    Parameters
    ----------
    running
        Tasks that run: whatever they waited for, they no longer wait.
    """
    held = {name: why for name, why in workspace.held.items() if name not in running}
    tasks = tuple(task for task in workspace.task_set.tasks if task.id not in held)
    task_set = replace(workspace.task_set, tasks=tasks)
    placed = replace(workspace, task_set=task_set) if held else workspace
    inputs = placed.plan_inputs(tuple(held.values()))
    return ReadyQuestion(
        inputs,
        placed.levels(inputs),
        workspace.settings.plan.workers,
        limit=workspace.settings.plan.threshold,
    )
