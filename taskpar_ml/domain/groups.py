"""Execution groups: the plan in the form that people and simple workflow engines read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from taskpar_ml.domain.task import TaskIds


class ExecutionGroup(BaseModel):
    """One step of a plan: tasks one after the other, or tasks together.

    Exactly one of the two lists is given. A group starts when the group before it has landed.

    Examples
    --------
    >>> ExecutionGroup(parallel=("task-3", "task-4")).written()
    {'parallel': ['task-3', 'task-4']}
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sequential: TaskIds = ()
    parallel: TaskIds = ()

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if bool(self.sequential) == bool(self.parallel):
            raise ValueError("a group holds either 'sequential: [...]' or 'parallel: [...]'")
        return self

    @property
    def tasks(self) -> tuple[str, ...]:
        """All tasks of the group, in the order written."""
        return self.sequential or self.parallel

    def written(self) -> dict[str, list[str]]:
        """Return the group as it stands in a task file."""
        return {"sequential" if self.sequential else "parallel": list(self.tasks)}


def groups_of_waves(waves: Sequence[Sequence[str]]) -> tuple[ExecutionGroup, ...]:
    """Join waves into groups: neighbouring waves of one task become one sequential group.

    Parameters
    ----------
    waves
        Tasks that run together, wave after wave; no wave is empty.

    Examples
    --------
    >>> [group.written() for group in groups_of_waves([["a"], ["b"], ["c", "d"]])]
    [{'sequential': ['a', 'b']}, {'parallel': ['c', 'd']}]
    """
    groups: list[ExecutionGroup] = []
    single: list[str] = []
    for wave in waves:
        if len(wave) == 1:
            single.extend(wave)
            continue
        if single:
            groups.append(ExecutionGroup(sequential=tuple(single)))
            single = []
        groups.append(ExecutionGroup(parallel=tuple(wave)))
    if single:
        groups.append(ExecutionGroup(sequential=tuple(single)))
    return tuple(groups)
