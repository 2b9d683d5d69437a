"""What the journal of a bank comes to."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import NamedTuple

from taskpar_ml.domain.growth import (
    Attempt,
    Debited,
    Ended,
    Found,
    GrowthEntry,
    Landed,
    Started,
    Struck,
)
from taskpar_ml.errors import AdmissionError
from taskpar_ml.planner.admission import Admission
from taskpar_ml.planner.growth import after


class KnownAttempt(NamedTuple):
    """What the journal says of an attempt."""

    started_at: datetime
    in_flight: bool
    hit: bool


class JournalState:
    """What a journal comes to, up to some step. It moves on as steps are added.

    Attributes
    ----------
    steps
        How many there were.
    growth
        The state of growth, None before the first step.
    attempts
        All that ever started, in that order.
    in_flight
        The attempt of every task that runs, in the order of their starts.
    landed
        Tasks that have landed, and were not found to have been hit since.
    found
        Landings that were looked at as if they had run side by side.
    """

    def __init__(self) -> None:
        self.steps = 0
        self.growth: Admission | None = None
        self.attempts: dict[Attempt, KnownAttempt] = {}
        self.in_flight: dict[str, Attempt] = {}
        self.landed: set[str] = set()
        self.found: set[str] = set()
        self._starts: Counter[str] = Counter()

    @property
    def admission(self) -> Admission:
        """The state of growth, once there is one.

        Raises
        ------
        AdmissionError
            If nothing was promised yet.
        """
        if self.growth is None:
            raise AdmissionError("the bank", "nothing was promised yet.", "Promise first.")
        return self.growth

    def add(self, entry: GrowthEntry) -> None:
        """Move on by a step.

        Raises
        ------
        AdmissionError
            If the step cannot come now. Then nothing has changed.
        """
        step = entry.step
        self.growth = after(self.growth, step)
        self.steps = entry.number
        if isinstance(step, Found):
            self.found.add(step.task)
        elif isinstance(step, Started):
            attempt = Attempt(step.task, step.number)
            self.attempts[attempt] = KnownAttempt(entry.recorded_at, in_flight=True, hit=False)
            self.in_flight[step.task] = attempt
            self._starts[step.task] = step.number
        elif isinstance(step, Struck | Landed | Ended | Debited):
            attempt = Attempt(step.task, step.number)
            known = self.attempts[attempt]
            hit = known.hit or isinstance(step, Struck | Debited) or step.hit
            goes_on = known.in_flight and not isinstance(step, Landed | Ended)
            self.attempts[attempt] = known._replace(hit=hit, in_flight=goes_on)
            if known.in_flight and not goes_on:
                del self.in_flight[step.task]
            if isinstance(step, Landed):
                self.landed.add(step.task)
            elif isinstance(step, Debited):
                self.landed.discard(step.task)

    def next_of(self, task: str) -> Attempt:
        """Return the attempt that a task would start as now."""
        return Attempt(task, self._starts[task] + 1)
