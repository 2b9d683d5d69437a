"""What the rules need to know of every task, as columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.contexts import ContextMap
from taskpar_ml.domain.task import Task
from taskpar_ml.policy.categories import categories_of
from taskpar_ml.policy.settings import Lock, Settings
from taskpar_ml.policy.signs import Category, CategorySigns
from taskpar_ml.repo.globs import PathIndex, matches

_MOST_PATHS: Final = 500
"""Files looked at per task: a zone over half a repository needs no more to tell its kind."""


@dataclass(frozen=True)
class TaskFacts:
    """Categories, contexts and locks of tasks; rows as in ``ids``.

    Attributes
    ----------
    ids
        Task ids in code-point order.
    category
        Membership, shape ``(n_tasks,)`` per category.
    context_names, contexts
        Names, and membership of shape ``(n_tasks, n_contexts)``; a row without any is unknown.
    services
        Membership in parts of the system that stand on their own, shape
        ``(n_tasks, n_services)``; a row without any is unknown. What touches files of no part, or
        of a single one that is everything, belongs to none.
    lock_names, locks
        Names, and membership of shape ``(n_tasks, n_locks)``.
    alone, lifts_default_rules, marked_parallel
        Declared tags, shape ``(n_tasks,)``.
    """

    ids: tuple[str, ...]
    category: Mapping[Category, NDArray[np.bool_]]
    context_names: tuple[str, ...]
    contexts: NDArray[np.bool_]
    services: NDArray[np.bool_]
    lock_names: tuple[str, ...]
    locks: NDArray[np.bool_]
    alone: NDArray[np.bool_]
    lifts_default_rules: NDArray[np.bool_]
    marked_parallel: NDArray[np.bool_]

    def categories(self, row: int) -> tuple[Category, ...]:
        """Return the categories of one task."""
        return tuple(category for category, members in self.category.items() if members[row])

    def task_contexts(self, row: int) -> tuple[str, ...]:
        """Return the contexts of one task."""
        return tuple(np.array(self.context_names, dtype=object)[self.contexts[row]])


def gather_facts(
    tasks: Sequence[Task],
    *,
    written: Mapping[str, Sequence[str]],
    likely: Mapping[str, Sequence[str]],
    resources: Mapping[str, Sequence[str]],
    contexts: ContextMap,
    services: ContextMap,
    settings: Settings,
) -> TaskFacts:
    """Find out what the rules need to know.

    Parameters
    ----------
    tasks
        In code-point order of their ids.
    written
        Files that each task names, declares or was seen to write; a task may be absent.
    likely
        Further files that each task probably writes; a task may be absent.
    resources
        Names of resources (``port 8080``) that each task is believed to write.
    contexts
        Maps files to bounded contexts.
    services
        Maps files to parts of the system that stand on their own.
    settings
        Signs of the categories, and the locks.
    """
    signs = settings.signs()
    told = [tuple(written.get(task.id, ()))[:_MOST_PATHS] for task in tasks]
    found = [tuple(likely.get(task.id, ()))[:_MOST_PATHS] for task in tasks]
    bears = _bearing(signs, {path for own in (*told, *found) for path in own})
    kinds = [
        categories_of(task, named, likely=retrieved, signs=signs, has_path=bears)
        for task, named, retrieved in zip(tasks, told, found, strict=True)
    ]
    paths = [named + retrieved for named, retrieved in zip(told, found, strict=True)]
    names, in_contexts = _places(paths, lru_cache(maxsize=None)(contexts.of))
    _, in_services = _places(paths, lru_cache(maxsize=None)(services.of), whole=True)
    held = [
        {lock.name for lock in settings.locks if _holds(task, lock, own, resources)}
        for task, own in zip(tasks, paths, strict=True)
    ]
    lock_names = tuple(lock.name for lock in settings.locks)
    return TaskFacts(
        ids=tuple(task.id for task in tasks),
        category={kind: np.array([kind in own for own in kinds], dtype=bool) for kind in signs},
        context_names=names,
        contexts=in_contexts,
        services=in_services,
        lock_names=lock_names,
        locks=_membership(held, lock_names),
        alone=np.array([task.parallel_safe is False for task in tasks], dtype=bool),
        lifts_default_rules=np.array([task.parallel_safe is True for task in tasks], dtype=bool),
        marked_parallel=np.array([task.marked_parallel for task in tasks], dtype=bool),
    )


def _bearing(
    signs: Mapping[Category, CategorySigns], paths: Iterable[str]
) -> Callable[[Category, str], bool]:
    """Return what answers whether one of the paths bears a category."""
    index = PathIndex(paths)
    bearers = {
        category: {
            index.paths[row] for pattern in signs[category].paths for row in index.matching(pattern)
        }
        for category in signs
    }
    return lambda category, path: path in bearers[category]


def _places(
    paths: Sequence[Sequence[str]],
    place_of: Callable[[str], str | None],
    *,
    whole: bool = False,
) -> tuple[tuple[str, ...], NDArray[np.bool_]]:
    """Return the names of the places in which tasks touch files, and which task does in which.

    Parameters
    ----------
    whole
        Whether a task is in none where one of its files is in none.
    """
    places = [{place_of(path) for path in own} for own in paths]
    known = [set() if whole and None in own else own - {None} for own in places]
    names = tuple(sorted({str(name) for own in known for name in own}))
    return names, _membership(known, names)


def _membership(
    sets: Sequence[set[str | None]] | Sequence[set[str]], names: Sequence[str]
) -> NDArray[np.bool_]:
    """Return which set holds which name."""
    rows = [[name in own for name in names] for own in sets]
    return np.array(rows, dtype=bool).reshape(len(sets), len(names))


def _holds(
    task: Task, lock: Lock, paths: Sequence[str], resources: Mapping[str, Sequence[str]]
) -> bool:
    """Whether the task is believed to need the lock."""
    labels = {label.lower() for label in task.labels}
    return (
        any(matches(pattern, path) for pattern in lock.paths for path in paths)
        or not set(lock.resources).isdisjoint(resources.get(task.id, ()))
        or not {label.lower() for label in lock.labels}.isdisjoint(labels)
    )
