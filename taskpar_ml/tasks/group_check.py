"""Checks execution groups against the tasks, and writes parents out as their leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from taskpar_ml.domain.groups import ExecutionGroup
from taskpar_ml.domain.pairs import shortened
from taskpar_ml.domain.taskset import TaskDocument
from taskpar_ml.errors import ExecutionGroupError
from taskpar_ml.tasks.families import Families
from taskpar_ml.tasks.order import Order, is_gate
from taskpar_ml.tasks.tree import shown_path

_NOWHERE: Final = -1


def checked_groups(
    documents: Sequence[TaskDocument], families: Families, order: Order
) -> tuple[ExecutionGroup, ...]:
    """Return the groups of the one file that has some, parents written out as leaves.

    Raises
    ------
    ExecutionGroupError
        If two files hold groups, a group names an unknown task, a task stands twice, tasks of
        one parallel group depend on each other, or a group comes before what it waits for.
    """
    holders = [document for document in documents if document.groups]
    if len(holders) > 1:
        raise ExecutionGroupError(
            f"{shown_path(holders[1].path)}: execution_groups",
            f"stand in {shown_path(holders[0].path)} too, and nothing says which come first.",
            "Keep the groups of all tasks in one file.",
        )
    if not holders:
        return ()
    return _Check(holders[0], families, order).groups()


class _Check:
    def __init__(self, document: TaskDocument, families: Families, order: Order) -> None:
        self._written = document.groups
        self._path = shown_path(document.path)
        self._families = families
        self._order = order

    def groups(self) -> tuple[ExecutionGroup, ...]:
        groups = tuple(self._written_out())
        group_of = self._group_of(groups)
        self._check_order(groups, group_of)
        return groups

    def _written_out(self) -> Iterator[ExecutionGroup]:
        rank = {task: index for index, task in enumerate(self._order.sequence)}
        for number, group in enumerate(self._written, start=1):
            leaves: list[str] = []
            for named in group.tasks:
                if named not in self._families.by_id:
                    known = shortened(self._families.by_id)
                    raise self._error(
                        number, f"task {named} does not exist.", f"Known ids: {known}."
                    )
                below = self._families.meant(named)
                leaves += sorted(below, key=lambda leaf: rank.get(leaf, _NOWHERE))
            yield ExecutionGroup.model_validate(
                {"sequential" if group.sequential else "parallel": leaves}
            )

    def _group_of(self, groups: Sequence[ExecutionGroup]) -> Mapping[str, int]:
        group_of: dict[str, int] = {}
        for number, group in enumerate(groups, start=1):
            for task in group.tasks:
                if task in group_of:
                    raise self._error(
                        number,
                        f"task {task} stands twice, first in group {group_of[task]}.",
                        "Keep one of the two.",
                    )
                group_of[task] = number
        return group_of

    def _check_order(self, groups: Sequence[ExecutionGroup], group_of: Mapping[str, int]) -> None:
        """Compare the position of each task with the latest position of what it waits for."""
        position = _positions(groups)
        latest: dict[str, tuple[int, str]] = {}
        for node in self._order.sequence:
            needed, before = max(
                (
                    max((position.get(wait.on, _NOWHERE), wait.on), latest[wait.on])
                    for wait in self._order.waits[node]
                ),
                default=(_NOWHERE, ""),
            )
            latest[node] = (needed, before)
            if is_gate(node) or node not in position or needed < position[node]:
                continue
            number = group_of[node]
            if needed == position[node]:
                problem = f"task {node} waits for task {before}, so they cannot run together."
                raise self._error(number, problem, "Put them into groups one after the other.")
            raise self._error(
                number,
                f"task {node} comes before task {before}, for which it waits.",
                f"Move it behind task {before} (group {group_of[before]}).",
            )

    def _error(self, number: int, problem: str, cure: str) -> ExecutionGroupError:
        return ExecutionGroupError(f"{self._path}: execution_groups: group {number}", problem, cure)


def _positions(groups: Sequence[ExecutionGroup]) -> Mapping[str, int]:
    """Return the step of each task: its own in a sequence, a shared one in parallel."""
    positions: dict[str, int] = {}
    step = 0
    for group in groups:
        for task in group.sequential:
            positions[task] = step
            step += 1
        positions |= dict.fromkeys(group.parallel, step)
        step += bool(group.parallel)
    return positions
