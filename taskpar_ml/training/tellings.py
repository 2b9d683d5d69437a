"""What may be known of the tasks of a batch when somebody asks about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import pygit2

from taskpar_ml.domain.footprint import ObservedWork
from taskpar_ml.domain.landing import Landing
from taskpar_ml.domain.task import Task
from taskpar_ml.history.batches import TaskBatch
from taskpar_ml.history.wordings import Wording, as_task
from taskpar_ml.repo.git import open_repository

SOME_SEEN: Final = "some seen"
"""Of each task nothing, some or all of its files have been seen."""
ALL_SEEN: Final = "all seen"
"""The files of every task are known."""
TELLINGS: Final = (*(each.value for each in Wording), SOME_SEEN, ALL_SEEN)
"""Names of all tellings of a batch, in their order."""
_MOST_COMMITS: Final = 50
"""Commits of a branch among which one is chosen."""


@dataclass(frozen=True)
class Telling:
    """Tasks of a batch as they are told, and what they were seen to change.

    Attributes
    ----------
    name
        One of :data:`TELLINGS`, or what somebody who tells them otherwise calls it.
    tasks
        In the order of the batch; their ids are as long as each other, so that the order of ids
        is that of the tasks.
    observed
        What tasks were seen to change, by id.
    """

    name: str
    tasks: Sequence[Task]
    observed: Mapping[str, ObservedWork] = field(default_factory=dict)


def tellings(place: str | Path, batch: TaskBatch) -> Iterator[Telling]:
    """Yield a batch in every wording, and with some and with all of its work seen.

    Where some is seen, each task is told in a wording drawn by chance; of a third of the tasks
    nothing has been seen, of a third all that they change, and of the others what one of the
    commits of their branch had come to, or else some of their files. Chance depends on the
    batch alone.

    Parameters
    ----------
    place
        The repository.
    """
    for wording in Wording:
        yield Telling(
            wording.value,
            [as_task(task, wording, id=task_id(row)) for row, task in enumerate(batch.tasks)],
        )
    random = np.random.default_rng(int(batch.base, 16) % 2**63)
    git = open_repository(place)
    told, seen = [], {}
    for row, task in enumerate(batch.tasks):
        wording = tuple(Wording)[random.integers(len(Wording))]
        told.append(as_task(task, wording, id=task_id(row)))
        level = random.integers(3)
        if level == 1:
            seen[task_id(row)] = ObservedWork(frozenset(seen_early(git, task, random)))
        elif level == 2:
            seen[task_id(row)] = ObservedWork(frozenset(task.touched), final=True)
    yield Telling(SOME_SEEN, told, seen)
    yield Telling(
        ALL_SEEN,
        [as_task(task, Wording.FULL, id=task_id(row)) for row, task in enumerate(batch.tasks)],
        {
            task_id(row): ObservedWork(frozenset(task.touched), final=True)
            for row, task in enumerate(batch.tasks)
        },
    )


def task_id(row: int) -> str:
    """Return an id for the task at a place of its batch."""
    return f"t{row:06}"


def seen_early(git: pygit2.Repository, task: Landing, random: np.random.Generator) -> list[str]:
    """Return what a task might have changed before it was done.

    Of a branch of several commits, what lay between its beginning and one of them but the last;
    of others some of the files, at least one if there are any. A clone that lacks a branch, a
    shallow one for example, tells of it as if it were one commit.
    """
    try:
        # Not what came in from the main line, if that was merged into the branch.
        early = _of_branch(git, task, random) & set(task.touched)
    except (KeyError, ValueError, pygit2.GitError):
        early = set()
    if early:
        return sorted(early)
    paths = sorted(task.touched)
    kept = random.permutation(len(paths))[: max(random.integers(len(paths) + 1), 1)]
    return [paths[place] for place in sorted(kept)]


def _of_branch(git: pygit2.Repository, task: Landing, random: np.random.Generator) -> set[str]:
    """Return what one of the commits of a branch but the last had come to; nothing of one alone."""
    commits = _branch(git, task)
    if len(commits) < 2 or task.base is None:
        return set()
    chosen = commits[random.integers(1, len(commits))]
    start = git.merge_base(commits[0].id, task.base)
    if start is None:
        return set()
    return {
        side.raw_path.decode("utf-8", "surrogateescape")
        for each in git.diff(start, chosen.id).deltas
        for side in (each.old_file, each.new_file)
    }


def _branch(git: pygit2.Repository, task: Landing) -> list[pygit2.Commit]:
    """Return the commits of the branch that a task merged, the last one first."""
    landed = git[task.id].peel(pygit2.Commit)
    if len(landed.parents) < 2:
        return []
    walk = git.walk(landed.parents[1].id, pygit2.enums.SortMode.TOPOLOGICAL)
    walk.simplify_first_parent()
    walk.hide(landed.parents[0].id)
    return [commit for _, commit in zip(range(_MOST_COMMITS), walk, strict=False)]
