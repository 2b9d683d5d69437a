"""A journal in numbers: what the bank holds, how it grew, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, floor

from taskpar_ml.admitting.asking import bank_words
from taskpar_ml.admitting.journal_state import JournalState
from taskpar_ml.domain.budget import Budget, GrowthPoint, InFlight, LevelWords
from taskpar_ml.domain.growth import GrowthEntry, Started
from taskpar_ml.planner.bank import Bank


def budget_of(entries: Iterable[GrowthEntry], *, name: str, workers: int) -> Budget:
    """Return what a journal comes to.

    Parameters
    ----------
    entries
        All of it.
    name
        What the bank is called.
    workers
        How many run at once at most.

    Raises
    ------
    AdmissionError
        If there are none.
    """
    state, explored = JournalState(), 0
    grown: list[GrowthPoint] = []
    for entry in entries:
        state.add(entry)
        explored += isinstance(entry.step, Started) and entry.step.explored is not None
        point = _point(state.admission.bank)
        if not grown or grown[-1] != point:
            grown.append(point)
    admission = state.admission
    bank = admission.bank
    return Budget(
        bank=bank_words(state, name=name),
        workers=workers,
        allowed=float(bank.promise.allowed(bank.standing)),
        is_kept=bank.is_kept,
        is_overspent=bank.left < 0,
        threshold=admission.threshold.value,
        landings_to_wider=_landings_to_wider(bank),
        explored=explored,
        levels=tuple(
            LevelWords(
                level=level,
                meaning=level.meaning,
                is_open=known.is_open,
                clean=known.safe.clean,
                hits=known.safe.hits,
                clean_until_open=known.clean_until_open,
                share=known.share,
            )
            for level, known in admission.levels.of.items()
        ),
        in_flight=tuple(
            InFlight(
                task=attempt.task,
                attempt=attempt.number,
                started_at=state.attempts[attempt].started_at,
                by=state.attempts[attempt].by,
                is_hit=state.attempts[attempt].hit,
            )
            for attempt in state.in_flight.values()
        ),
        grown=tuple(grown),
    )


def _point(bank: Bank) -> GrowthPoint:
    return GrowthPoint(landed=bank.landed, hits=bank.hits, width=bank.width)


def _landings_to_wider(bank: Bank) -> int | None:
    """Return how many tasks have to land without a hit until one more attempt may run."""
    if not bank.promise.alpha:
        return None
    wider = max(floor(bank.left), 1) + 1
    return ceil((wider - bank.left) / bank.promise.alpha)
