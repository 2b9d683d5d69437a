"""Checks what tasks say about other tasks, and writes parents out as their leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from taskpar_ml.domain.pairs import shortened
from taskpar_ml.domain.task import Task, TaskStatus
from taskpar_ml.domain.taskset import Notice
from taskpar_ml.errors import DependencyCycleError, TaskFileError, UnknownDependencyError
from taskpar_ml.tasks.building import task_label
from taskpar_ml.tasks.families import Families

REFERENCE_FIELDS: Final = ("depends_on", "depends_on_completion", "blocks", "can_run_with")
"""Fields that name other tasks; a parent's go to all of its leaves."""

_MOST: Final = 2_000_000
"""References of all leaves together. Two parents of 1,500 leaves reach it; a plan never does."""


@dataclass(frozen=True, slots=True)
class Origin:
    """How the files of a task are to be spoken of.

    Attributes
    ----------
    missing_ok
        Ids that its file may name though it does not hold them.
    is_export
        Whether it is an export of a tracker, which can be made again with more in it.
    """

    missing_ok: frozenset[str]
    is_export: bool


class References:
    """Resolves the references of leaves.

    Parameters
    ----------
    families
        All tasks.
    origins
        Where each task comes from.
    notices
        Receives what a person should know.

    Attributes
    ----------
    outside
        Tasks that exports name but do not hold, each with those that wait for it.
    """

    def __init__(
        self, families: Families, origins: Mapping[str, Origin], notices: list[Notice]
    ) -> None:
        self._families = families
        self._origins = origins
        self._notices = notices
        self._count = 0
        self._told: set[tuple[str, str]] = set()
        self.outside: dict[str, list[str]] = {}

    def resolved(self, leaf: Task) -> Task:
        """Return a leaf with its own and its ancestors' references as ids of leaves.

        Raises
        ------
        UnknownDependencyError
            If a reference that matters names no task. History may name what is gone.
        DependencyCycleError
            If a task waits for itself, directly or as part of a parent.
        """
        holders = [self._families.by_id[leaf.id], *self._families.above(leaf.id)]
        found = {
            name: tuple(
                dict.fromkeys(
                    task for holder in holders for task in self._of_field(leaf, holder, name)
                )
            )
            for name in REFERENCE_FIELDS
        }
        self._count += sum(map(len, found.values()))
        if self._count > _MOST:
            raise TaskFileError(
                f"{leaf.place}: {task_label(leaf.id)}",
                f"more than {_MOST:,} references to tasks, parents written out as their leaves.",
                "Depend on fewer parents, or on single subtasks.",
            )
        return leaf.model_copy(update=found)

    def _of_field(self, leaf: Task, holder: Task, name: str) -> Iterator[str]:
        for named in getattr(holder, name):
            if named not in self._families.by_id:
                if leaf.status.is_work and named not in self._origins[holder.id].missing_ok:
                    yield from self._outside(holder, name, named)
                continue
            if leaf.status.is_work:
                self._check_waiting_for_itself(holder, name, named)
                self._tell_cancelled(holder, name, named)
            lineage = self._families.lineage(leaf.id)
            # A parent that waits for its own subtask says nothing new.
            if holder.id not in self._families.lineage(named):
                yield from (task for task in self._families.meant(named) if task not in lineage)

    def _outside(self, holder: Task, name: str, named: str) -> Iterator[str]:
        """Keep a reference of an export to a task that it leaves out; refuse any other.

        Exports often hold a part of a tracker. What waits for the rest is held back; whom else
        such a task would block or run beside is no matter here.
        """
        if not self._origins[holder.id].is_export:
            raise self._unknown(holder, name, named)
        if name.startswith("depends_on"):
            self.outside.setdefault(named, []).append(holder.id)
            yield named

    def _check_waiting_for_itself(self, holder: Task, name: str, named: str) -> None:
        place = f"{holder.place}: {task_label(holder.id)}"
        if name == "can_run_with":
            return
        if named == holder.id:
            raise DependencyCycleError(place, f"{name} names the task itself.", "Remove it.")
        waits_for_parent = name != "blocks" and named in self._families.lineage(holder.id)
        parent_blocks_child = name == "blocks" and holder.id in self._families.lineage(named)
        if waits_for_parent or parent_blocks_child:
            child, parent = (holder.id, named) if waits_for_parent else (named, holder.id)
            raise DependencyCycleError(
                place,
                f"{name} {named}: task {child} is a part of task {parent}, so neither can end "
                f"first: {child} -> {parent} -> {child}.",
                "Remove it, or name the subtask that is meant.",
            )

    def _tell_cancelled(self, holder: Task, name: str, named: str) -> None:
        if not name.startswith("depends_on") or (holder.id, named) in self._told:
            return
        if self._families.by_id[named].status is TaskStatus.CANCELLED:
            self._told.add((holder.id, named))
            text = f"{name} {named}, which is cancelled and counts as satisfied."
            self._notices.append(Notice(f"{holder.place}: {task_label(holder.id)}", text))

    def _unknown(self, holder: Task, name: str, named: str) -> UnknownDependencyError:
        known = list(self._families.by_id)
        close = get_close_matches(named, known, n=3, cutoff=0.7)
        cure = f"Did you mean {' or '.join(close)}? " if close else ""
        cure += f"Known ids: {shortened(known)}."
        return UnknownDependencyError(
            f"{holder.place}: {task_label(holder.id)}", f"{name} {named} does not exist.", cure
        )
