"""Joins task documents into one checked set of tasks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from taskpar_ml.domain.pairs import shortened
from taskpar_ml.domain.task import Task
from taskpar_ml.domain.taskset import Barrier, Notice, TaskDocument, TaskSet
from taskpar_ml.errors import DuplicateTaskIdError, UnknownTaskFormatError
from taskpar_ml.tasks.beads import Beads
from taskpar_ml.tasks.building import task_label
from taskpar_ml.tasks.checklists import Kiro, OpenSpec
from taskpar_ml.tasks.detect import documents_in, read_document
from taskpar_ml.tasks.families import Families
from taskpar_ml.tasks.github import GitHub
from taskpar_ml.tasks.group_check import checked_groups
from taskpar_ml.tasks.order import Order
from taskpar_ml.tasks.references import Origin, References
from taskpar_ml.tasks.speckit import SpecKit
from taskpar_ml.tasks.taskmaster import TaskMaster
from taskpar_ml.tasks.tree import shown, shown_path

_EXPORTS: Final = frozenset({Beads.name, GitHub.name})
_NUMBERED_BY_FILE: Final = frozenset({SpecKit.name, Kiro.name, OpenSpec.name, TaskMaster.name})
"""Formats whose ids begin anew in every file, so that two files must be planned apart."""


def read_tasks(*paths: str | Path, tag: str | None = None) -> TaskSet:
    """Read task files and directories into one checked set of tasks.

    Parameters
    ----------
    *paths
        Files of any known format, told by their content, and directories, in which the places
        are looked at where tools keep tasks. A file named twice is read once.
    tag
        Which list to read where a file holds several (Task Master).

    Returns
    -------
    TaskSet
        Leaves in file order, references checked, parents replaced by their leaves.

    Raises
    ------
    TaskFileError
        The specific error of :mod:`taskpar_ml.errors` for the first thing that is wrong, with
        file, line where known, task, rule, value and cure. Nothing else escapes, whatever the
        bytes of the files.
    """
    if not paths:
        raise UnknownTaskFormatError("tasks", "no file was named.", "Name a file or a directory.")
    documents: list[TaskDocument] = []
    seen: set[Path] = set()
    for path in paths:
        found = (
            documents_in(path, tag=tag) if _is_directory(path) else (read_document(path, tag=tag),)
        )
        for document in found:
            resolved = Path(document.path).resolve()
            if resolved not in seen:
                seen.add(resolved)
                documents.append(document)
    notices = []
    if tag is not None and all(document.format != TaskMaster.name for document in documents):
        text = f"tag {shown(tag)} has no effect: only {TaskMaster.name} files have tags."
        notices.append(Notice(shown_path(documents[0].path), text))
    return _assembled(documents, notices)


def assemble(documents: Iterable[TaskDocument]) -> TaskSet:
    """Join documents into one checked set of tasks.

    Depending on a parent means depending on all its leaves. Leaves take over from their
    ancestors: references, and where they have none zones, ``parallel_safe`` and ``priority``.

    Raises
    ------
    DuplicateTaskIdError
        If two tasks carry one id.
    UnknownDependencyError
        If an open task names a task that does not exist.
    DependencyCycleError
        If open tasks wait for each other, a task for itself, or parents form a circle.
    ExecutionGroupError
        If groups contradict the tasks.
    """
    return _assembled(list(documents), [])


def _assembled(documents: Sequence[TaskDocument], notices: list[Notice]) -> TaskSet:
    for document in documents:
        notices += document.notices
        if not document.tasks and not document.groups:
            notices.append(Notice(shown_path(document.path), "holds no task."))
    families = Families.of(_by_id(documents), notices)
    notices += families.notices()
    origins = {
        task.id: Origin(document.missing_ok, document.format in _EXPORTS)
        for document in documents
        for task in document.tasks
    }
    references = References(families, origins, notices)
    tasks = tuple(references.resolved(leaf) for leaf in families.heirs())
    barriers = tuple(
        Barrier(_leaves(barrier.before, families), _leaves(barrier.after, families), barrier.why)
        for document in documents
        for barrier in document.barriers
    )
    if references.outside:
        text = (
            f"tasks that the export does not hold: {shortened(references.outside)}. What waits "
            "for them is held back. If they are closed, export closed tasks too."
        )
        notices.append(Notice(", ".join(shown_path(document.path) for document in documents), text))
    order = Order.of(tasks, barriers)
    return TaskSet(
        tasks=tasks,
        containers=families.leaves,
        groups=checked_groups(documents, families, order),
        barriers=barriers,
        notices=tuple(notices),
        outside=frozenset(references.outside),
        files=tuple((document.path, document.format) for document in documents),
    )


def _is_directory(path: str | Path) -> bool:
    """Whether a path is a directory to look into; unreadable paths are told of when read."""
    try:
        return Path(path).is_dir()
    except (OSError, ValueError):
        return False


def _by_id(documents: Sequence[TaskDocument]) -> dict[str, Task]:
    by_id: dict[str, Task] = {}
    held_by: dict[str, TaskDocument] = {}
    for document in documents:
        for task in document.tasks:
            if task.id in by_id:
                cure = "Give one of them another id."
                first = held_by[task.id]
                if first is not document and {first.format, document.format} <= _NUMBERED_BY_FILE:
                    cure = f"{document.format} numbers each file anew: plan one file at a time."
                raise DuplicateTaskIdError(
                    f"{task.place}: {task_label(task.id)}",
                    f"the id is taken by the task at {by_id[task.id].place}.",
                    cure,
                )
            by_id[task.id] = task
            held_by[task.id] = document
    return by_id


def _leaves(tasks: Iterable[str], families: Families) -> tuple[str, ...]:
    return tuple(dict.fromkeys(leaf for task in tasks for leaf in families.meant(task)))
