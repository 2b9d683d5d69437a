"""Batches: consecutive tasks that are imagined to be planned together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from taskpar_ml.domain.landing import Landing

BATCH_SIZE: Final = 20
"""Tasks of a batch."""
MEMORY_ONLY: Final = 200
"""First tasks of a history: there is too little before them to predict from."""
_MOST_REMEMBERED: Final = 5_000
"""Landings before a batch that are remembered, as a plan remembers them."""


@dataclass(frozen=True)
class TaskBatch:
    """Tasks that landed one after the other, and what was known before the first of them.

    Attributes
    ----------
    base
        The commit before the first task landed: where all of them are imagined to start.
    tasks
        The tasks, automation left out, oldest first.
    before
        What had landed up to ``base``, automation included, oldest first.
    """

    base: str
    tasks: tuple[Landing, ...]
    before: tuple[Landing, ...]


def task_batches(
    landings: Sequence[Landing],
    *,
    most_tasks: int | None = None,
    size: int = BATCH_SIZE,
    memory_only: int = MEMORY_ONLY,
) -> list[TaskBatch]:
    """Divide a history into whole batches, oldest first.

    Parameters
    ----------
    landings
        The history, oldest first.
    most_tasks
        Newest tasks that are looked at, those for memory included; all of them if None.
    size
        Tasks of a batch.
    memory_only
        First of these tasks that stand in no batch.

    Notes
    -----
    A batch that begins with the root of the history has no base and is left out.
    """
    places = [place for place, landing in enumerate(landings) if landing.is_task]
    if most_tasks is not None:
        places = places[max(len(places) - most_tasks, 0) :]
    batches = []
    for begin in range(memory_only, len(places) - size + 1, size):
        chosen = places[begin : begin + size]
        base = landings[chosen[0]].base
        if base is not None:
            first = max(chosen[0] - _MOST_REMEMBERED, 0)
            batches.append(
                TaskBatch(
                    base=base,
                    tasks=tuple(landings[place] for place in chosen),
                    before=tuple(landings[first : chosen[0]]),
                )
            )
    return batches
