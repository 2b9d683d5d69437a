"""What reports of attempts come to as steps of a journal."""

from __future__ import annotations

from taskpar_ml.admitting.journal_state import JournalState, KnownAttempt
from taskpar_ml.domain.growth import Attempt, Corrected, Ended, Landed
from taskpar_ml.domain.outcome import Outcome


def end_of(outcome: Outcome) -> Landed | Ended:
    """Return how an attempt in flight ends by a report."""
    kind = Landed if outcome.has_landed else Ended
    return kind(
        task=outcome.task,
        number=outcome.attempt,
        hit=outcome.hit,
        because_of=outcome.because_of,
    )


def correction_of(outcome: Outcome, known: KnownAttempt, state: JournalState) -> Corrected | None:
    """Return what is known now of an attempt that had ended, None where that is nothing new."""
    lands, was_hit = outcome.has_landed, outcome.hit and not known.hit
    if lands == known.landed and not was_hit:
        return None
    attempt = Attempt(outcome.task, outcome.attempt)
    return Corrected(
        task=outcome.task,
        number=outcome.attempt,
        was_hit=was_hit,
        levels=state.levels_of(attempt) if was_hit else (),
        lands=None if lands == known.landed else lands,
        again=lands and not known.landed and known.ever_landed,
    )
