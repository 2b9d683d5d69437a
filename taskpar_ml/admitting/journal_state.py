"""What the journal of a bank comes to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from taskpar_ml.domain.growth import (
    Attempt,
    Corrected,
    Ended,
    Found,
    GrowthEntry,
    Landed,
    Promised,
    Started,
    Struck,
)
from taskpar_ml.domain.levels import LEVELS, Level
from taskpar_ml.errors import AdmissionError
from taskpar_ml.planner.admission import Admission
from taskpar_ml.planner.growth import after


class KnownAttempt(NamedTuple):
    """What the journal says of an attempt.

    Attributes
    ----------
    started_at
        When it started, by the clock of whoever started it.
    in_flight
        Whether it has not ended.
    hit
        Whether it was hit, as far as that has come to light.
    landed
        Whether it has landed, and was not taken back.
    """

    started_at: datetime
    in_flight: bool = True
    hit: bool = False
    landed: bool = False


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
    found
        Landings that were looked at as if they had run side by side, since what is known of levels
        began.
    """

    def __init__(self) -> None:
        self.steps = 0
        self.growth: Admission | None = None
        self.attempts: dict[Attempt, KnownAttempt] = {}
        self.in_flight: dict[str, Attempt] = {}
        self.found: set[str] = set()
        self._landed: Counter[str] = Counter()
        self._numbers: Counter[str] = Counter()
        self._levels: defaultdict[Attempt, set[Level]] = defaultdict(set)

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

    @property
    def landed(self) -> frozenset[str]:
        """Tasks of which an attempt has landed that was not taken back."""
        return frozenset(task for task, count in self._landed.items() if count)

    def levels_of(self, attempt: Attempt) -> tuple[Level, ...]:
        """Return the levels of the pairs of an attempt with all that it met."""
        return tuple(level for level in LEVELS if level in self._levels[attempt])

    def next_of(self, task: str) -> Attempt:
        """Return the attempt that a task would start as now: after all that is known of."""
        return Attempt(task, self._numbers[task] + 1)

    def count(self, recorded: Iterable[Attempt]) -> None:
        """Take note of attempts that somebody reported, wherever they ran: numbers go on."""
        for task, number in recorded:
            self._numbers[task] = max(self._numbers[task], number)

    def add(self, entry: GrowthEntry) -> None:
        """Move on by a step.

        Raises
        ------
        AdmissionError
            If the step cannot come now. Then nothing has changed.
        """
        step = entry.step
        if entry.number != self.steps + 1:
            raise AdmissionError(
                f"step {entry.number} of the journal",
                f"it follows step {self.steps}: some are missing.",
                "Put a backup of the store in its place.",
            )
        if isinstance(step, Struck | Landed | Ended | Corrected):
            attempt = Attempt(step.task, step.number)
            if attempt not in self.attempts:
                raise AdmissionError(
                    attempt.name, "it never started.", "Put a backup of the store in its place."
                )
        was = None if self.growth is None else self.growth.bank.promise
        self.growth = after(self.growth, step)
        self.steps = entry.number
        if isinstance(step, Found):
            self.found.add(step.task)
        elif isinstance(step, Promised) and was and was.alpha != self.growth.bank.promise.alpha:
            self.found.clear()
        elif isinstance(step, Started):
            self._start(step, entry.recorded_at)
        elif isinstance(step, Struck | Landed | Ended | Corrected):
            self._change(Attempt(step.task, step.number), step)

    def _start(self, step: Started, at: datetime) -> None:
        attempt = Attempt(step.task, step.number)
        self.attempts[attempt] = KnownAttempt(at)
        self.in_flight[step.task] = attempt
        self.count([attempt])
        for other in step.beside:
            if other.level is not None:
                self._levels[attempt].add(other.level)
                self._levels[Attempt(other.task, other.number)].add(other.level)

    def _change(self, attempt: Attempt, step: Struck | Landed | Ended | Corrected) -> None:
        known = self.attempts[attempt]
        if isinstance(step, Corrected):
            landed = known.landed if step.lands is None else step.lands
            now = known._replace(hit=known.hit or step.was_hit, landed=landed)
        elif isinstance(step, Struck):
            now = known._replace(hit=True)
        else:
            hit, landed = known.hit or step.hit, isinstance(step, Landed)
            now = known._replace(hit=hit, landed=landed, in_flight=False)
            del self.in_flight[attempt.task]
        self.attempts[attempt] = now
        self._landed[attempt.task] += now.landed - known.landed
