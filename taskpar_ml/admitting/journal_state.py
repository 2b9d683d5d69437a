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
    GrowthStep,
    Landed,
    Promised,
    Started,
    Struck,
)
from taskpar_ml.domain.levels import LEVELS, Level
from taskpar_ml.domain.outcome import Outcome
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
    ever_landed
        Whether it has landed.
    by
        Who started it, as far as they said.
    """

    started_at: datetime
    in_flight: bool = True
    hit: bool = False
    landed: bool = False
    ever_landed: bool = False
    by: str | None = None


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
        self._landed_elsewhere: set[str] = set()
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
        """Tasks of which an attempt has landed that was not taken back, wherever it ran."""
        own = {task for task, count in self._landed.items() if count}
        return frozenset(own | self._landed_elsewhere)

    def levels_of(self, attempt: Attempt) -> tuple[Level, ...]:
        """Return the levels of the pairs of an attempt with all that it met."""
        return tuple(level for level in LEVELS if level in self._levels[attempt])

    def next_of(self, task: str) -> Attempt:
        """Return the attempt that a task would start as now: after all that is known of."""
        return Attempt(task, self._numbers[task] + 1)

    def note(self, recorded: Iterable[Outcome]) -> None:
        """Take note of all that was ever reported, wherever it ran.

        Numbers of attempts go on after it, and what landed does not start again.
        """
        self._landed_elsewhere.clear()
        for outcome in recorded:
            attempt = Attempt(outcome.task, outcome.attempt)
            self._count(attempt)
            if attempt not in self.attempts and outcome.has_landed:
                self._landed_elsewhere.add(outcome.task)

    def add(self, entry: GrowthEntry) -> None:
        """Move on by a step.

        Raises
        ------
        AdmissionError
            If the step cannot come now. Then nothing has changed.
        SettingsError
            If it promises what is out of range.
        """
        step = entry.step
        self._check(entry.number, step)
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

    def _check(self, number: int, step: GrowthStep) -> None:
        """Refuse a step that nobody can have written here."""
        place, problem = f"step {number} of the journal", ""
        if number != self.steps + 1:
            problem = f"it follows step {self.steps}: some are missing or come twice."
        elif isinstance(step, Started):
            running = self.in_flight.get(step.task)
            if running is not None:
                problem = f"{running.name} of the same task is in flight."
            elif Attempt(step.task, step.number) in self.attempts:
                problem = "the same attempt has started before."
        elif isinstance(step, Struck | Landed | Ended | Corrected):
            known = self.attempts.get(Attempt(step.task, step.number))
            if known is None:
                problem = "its attempt never started."
            elif known.in_flight == isinstance(step, Corrected):
                problem = "its attempt has ended." if not known.in_flight else "it has not ended."
            elif isinstance(step, Corrected) and not _fits(step, known):
                problem = "it corrects what is not so."
        if problem:
            raise AdmissionError(place, problem, "Put a backup of the store in its place.")

    def _start(self, step: Started, at: datetime) -> None:
        attempt = Attempt(step.task, step.number)
        self.attempts[attempt] = KnownAttempt(at, by=step.by)
        self.in_flight[step.task] = attempt
        self._count(attempt)
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
        now = now._replace(ever_landed=known.ever_landed or now.landed)
        self.attempts[attempt] = now
        self._landed[attempt.task] += now.landed - known.landed

    def _count(self, attempt: Attempt) -> None:
        self._numbers[attempt.task] = max(self._numbers[attempt.task], attempt.number)


def _fits(step: Corrected, known: KnownAttempt) -> bool:
    """Whether a correction says something else than what was known."""
    if step.was_hit and known.hit:
        return False
    if step.lands is None:
        return step.was_hit
    return step.lands != known.landed and (not step.lands or step.again == known.ever_landed)
