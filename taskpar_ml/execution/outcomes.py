"""What became of an attempt of a run, as history and bank are told."""

from __future__ import annotations

from collections.abc import Iterator

from taskpar_ml.domain.outcome import Ending, Outcome
from taskpar_ml.errors import RunError
from taskpar_ml.execution.attempts import RunAttempt
from taskpar_ml.execution.run_state import RunState


def outcome_of(known: RunAttempt, state: RunState, *, run: str) -> Outcome:
    """Return what became of an attempt that has ended.

    Raises
    ------
    RunError
        If it has not.
    """
    ended, ended_at = known.ended, known.ended_at
    if ended is None or ended_at is None:
        raise RunError(known.attempt.name, "it has not ended.", "Wait until it has.")
    task, number = known.attempt
    hit = known.is_hit and ended.ending not in (Ending.MERGED, Ending.FAILED)
    files = (name for conflict in known.conflicts for name in conflict.files)
    return Outcome(
        task=task,
        attempt=number,
        base=known.base,
        started_at=known.begun_at,
        ended_at=max(ended_at, known.begun_at),
        beside=tuple(sorted(_beside(known, state))),
        touched=known.kept.touched if known.kept else (),
        ending=ended.ending,
        hit=hit,
        because_of=known.because_of if hit else (),
        conflicts=tuple(dict.fromkeys(files)),
        cost=known.cost,
        landed_as=known.landed_as,
        reported_by=reporter(run),
    )


def reporter(run: str) -> str:
    """Return who reports outcomes of a run.

    Examples
    --------
    >>> reporter("run-1")
    'taskpar run run-1'
    """
    return f"taskpar run {run}"


def _beside(known: RunAttempt, state: RunState) -> Iterator[str]:
    """Yield tasks that ran at the same time for a while: between two steps of the journal."""
    for other in state.attempts.values():
        if other.attempt.task == known.attempt.task:
            continue
        began_before_it_ended = known.ended_step == 0 or other.begun_step < known.ended_step
        ended_after_it_began = other.ended_step == 0 or other.ended_step > known.begun_step
        if began_before_it_ended and ended_after_it_began:
            yield other.attempt.task
