"""What is run: tasks of one batch, how long they take, and which of them truly collide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Final, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.errors import ReplayError

Truth: TypeAlias = Mapping[frozenset[str], bool | None]
"""Whether two landings conflict, by their ids; ``None`` where that is unknown."""


Part: TypeAlias = tuple[float, float]
"""When two tasks write one thing over which they collide: shares of the runs of both, in (0, 1]."""

Parts: TypeAlias = Mapping[tuple[str, str], Sequence[Part]]
"""Of two ids, the first to arrive first: everything over which they collide."""

_AT_THE_END: Final[tuple[Part, ...]] = ((1.0, 1.0),)


@dataclass(frozen=True)
class Trace:
    """Tasks in order of arrival, with all that a planner must not see.

    Tasks are known by their position, 0 for the first to arrive.

    Attributes
    ----------
    tasks
        Their ids; past tasks arrive in the order in which they landed.
    minutes
        How long one run of each takes: whole minutes, at least 1.
    conflicts
        Which two truly conflict, shape ``(n, n)``, symmetric, empty diagonal.
    unknown
        Pairs of which nothing is known; they are run as if they did not conflict.
    parts
        When both sides of a conflicting pair write what they collide over, by their positions,
        the smaller first. A pair that is missing writes it at the very end.
    """

    tasks: tuple[str, ...]
    minutes: tuple[int, ...]
    conflicts: NDArray[np.bool_]
    unknown: int = 0
    parts: Mapping[tuple[int, int], Sequence[Part]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        tasks: Sequence[str],
        *,
        minutes: Mapping[str, int],
        truth: Truth,
        parts: Parts | None = None,
    ) -> Self:
        """Return the trace of tasks.

        Parameters
        ----------
        tasks
            Ids in order of arrival.
        minutes
            How long each takes.
        truth
            Which pairs conflict; a pair that it does not hold is unknown.
        parts
            When conflicting tasks write what they collide over; at the very end if None.

        Raises
        ------
        ReplayError
            If a task comes twice, takes less than a minute, or writes before it starts.
        """
        if len(set(tasks)) < len(tasks):
            twice = next(task for task in tasks if list(tasks).count(task) > 1)
            raise ReplayError(twice, "the task comes twice in one batch.", "Name it once.")
        for task in tasks:
            if minutes[task] < 1:
                raise ReplayError(
                    task, f"minutes must be at least 1. Got {minutes[task]}.", "Round up."
                )
        conflicts = np.zeros((len(tasks), len(tasks)), dtype=bool)
        unknown = 0
        written = {}
        for (row, one), (column, other) in combinations(enumerate(tasks), 2):
            known = truth.get(frozenset((one, other)))
            conflicts[row, column] = conflicts[column, row] = bool(known)
            unknown += known is None
            shares = (parts or {}).get((one, other), ()) if known else ()
            if any(not 0 < share <= 1 for part in shares for share in part):
                raise ReplayError(
                    f"{one} and {other}",
                    f"what they write must lie in (0, 1]. Got {shares}.",
                    "Pass shares of their runs.",
                )
            if shares:
                written[row, column] = tuple(shares)
        taken = tuple(minutes[task] for task in tasks)
        return cls(tuple(tasks), taken, conflicts, unknown, written)

    @cached_property
    def colliding(self) -> tuple[Mapping[int, Sequence[Part]], ...]:
        """Per task: with whom it truly conflicts, and when it and the other write each thing."""
        found: list[dict[int, Sequence[Part]]] = [{} for _ in self.tasks]
        for one, other in np.argwhere(np.triu(self.conflicts, k=1)).tolist():
            shares = self.parts.get((one, other), _AT_THE_END)
            found[one][other] = shares
            found[other][one] = tuple((second, first) for first, second in shares)
        return tuple(found)

    @property
    def work(self) -> int:
        """Minutes of all tasks together: how long they take one after the other."""
        return sum(self.minutes)

    @property
    def pairs(self) -> int:
        """How many pairs the tasks form."""
        return len(self.tasks) * (len(self.tasks) - 1) // 2

    def __len__(self) -> int:
        return len(self.tasks)
