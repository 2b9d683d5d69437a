"""Batches with their truth, out of a mined history."""

from __future__ import annotations

from collections.abc import Sequence, Set

from taskpar_ml.domain.landing import Landing
from taskpar_ml.domain.mined import PairFinding
from taskpar_ml.errors import ReplayError
from taskpar_ml.history.batches import BATCH_SIZE, MEMORY_ONLY, TaskBatch, task_batches
from taskpar_ml.history.store.reader import HistoryReader
from taskpar_ml.history.store.repo_history import RepoHistory


def mined_findings(
    history: RepoHistory, *, tasks: int, until: str | None = None
) -> tuple[list[TaskBatch], list[PairFinding]]:
    """Return the newest tasks of a mined history in batches, and what is known of their pairs.

    Parameters
    ----------
    tasks
        How many of its newest tasks are replayed at most.
    until
        Id of the newest commit that is replayed; the last that was mined if None.

    Raises
    ------
    UnknownLandingError
        If ``until`` is part of no landing.
    ReplayError
        If there is no whole batch, or one of its tasks was never mined.
    StoreError
        If the store cannot be read.
    """
    with history.at_one_moment() as reader:
        batches = newest_batches(_landings(reader, until), tasks=tasks)
        chosen = {task.id for batch in batches for task in batch.tasks}
        check_mined(chosen, reader, place=history.place)
        inside = [
            pair for pair in reader.pairs() if pair.earlier in chosen and pair.later in chosen
        ]
        return batches, inside


def check_mined(tasks: Set[str], reader: HistoryReader, *, place: str) -> None:
    """Refuse tasks of which it is not known what replaying finds.

    Raises
    ------
    ReplayError
        If one of them was never mined.
    """
    left = len(tasks - reader.mined())
    if left:
        raise ReplayError(
            place,
            f"{left:,} of {len(tasks):,} tasks were never replayed against their neighbours.",
            "Run `taskpar mine` first.",
        )


def newest_batches(landings: Sequence[Landing], *, tasks: int) -> list[TaskBatch]:
    """Return the newest tasks of a history in whole batches, oldest first.

    Parameters
    ----------
    landings
        The history, oldest first.
    tasks
        How many of its newest tasks are replayed at most. The first tasks of the history, too few
        to predict from, are not.

    Raises
    ------
    ReplayError
        If there is no whole batch.
    """
    if not landings:
        raise ReplayError("the history", "nothing of it is mined.", "Run `taskpar mine` first.")
    count = sum(landing.is_task for landing in landings)
    memory_only = max(MEMORY_ONLY - max(count - tasks, 0), 0)
    batches = task_batches(landings, most_tasks=tasks, memory_only=memory_only)
    if not batches:
        raise ReplayError(
            f"{min(tasks, count):,} of {count:,} tasks",
            f"they hold no batch of {BATCH_SIZE} with {MEMORY_ONLY} tasks before it.",
            "Ask for more tasks, or replay a longer history.",
        )
    return batches


def _landings(reader: HistoryReader, until: str | None) -> list[Landing]:
    """Return the landings up to a commit, those that it only begins left out."""
    last = None if until is None else reader.position_of(until).number
    return [placed.landing for placed in reader.landings() if last is None or placed.number <= last]
