"""How long tasks took whose attempts were recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from taskpar_ml.domain.landing import Landing
from taskpar_ml.domain.outcome import LANDED, Outcome
from taskpar_ml.domain.position import Position

if TYPE_CHECKING:
    # The store takes a while to load, and a plan without one does without.
    from taskpar_ml.history.store.repo_history import RepoHistory


@dataclass(frozen=True, slots=True)
class RecordedDuration:
    """How long a task took.

    Attributes
    ----------
    task
        Its id, as it was recorded.
    seconds
        From the start to the end of its attempt; above 0.
    title, body
        What the landing says that it became, where that is known; else empty.
    """

    task: str
    seconds: float
    title: str = ""
    body: str = ""


def recorded_durations(
    history: RepoHistory, *, before: Position | None = None
) -> list[RecordedDuration]:
    """Return how long each task took whose work came onto the line, by its end.

    Of several attempts at a task the last one counts that landed. Attempts that took no time were
    not measured, and are left out.

    Parameters
    ----------
    before
        Where the question is asked; by default after everything. What ended, was recorded or
        corrected at its time or later is not known, nor what a later landing says.

    Raises
    ------
    StoreError
        If the store cannot be read.
    """
    with history.at_one_moment() as reader:
        known = [recorded.outcome for recorded in reader.outcomes(before=before)]
        last: dict[str, Outcome] = {}
        for outcome in sorted(known, key=lambda each: (each.ended_at, each.attempt, each.base)):
            ended = before is None or outcome.ended_at.timestamp() < before.time
            if ended and outcome.ending in LANDED and outcome.ended_at > outcome.started_at:
                last[outcome.task] = outcome
        wanted = {outcome.landed_as for outcome in last.values()} - {None}
        landed: dict[str, Landing] = {}
        if wanted:
            for placed in reader.landings(before=before):
                found = wanted.intersection(placed.landing.commits)
                landed |= {commit: placed.landing for commit in found if commit}
    return [
        _duration(outcome, landed.get(outcome.landed_as or ""))
        for outcome in sorted(last.values(), key=lambda each: (each.ended_at, each.task))
    ]


def _duration(outcome: Outcome, landing: Landing | None) -> RecordedDuration:
    seconds = (outcome.ended_at - outcome.started_at).total_seconds()
    if landing is None:
        return RecordedDuration(outcome.task, seconds)
    return RecordedDuration(outcome.task, seconds, landing.title, landing.body)
