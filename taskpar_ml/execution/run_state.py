"""What the journal of a run comes to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from pydantic import BaseModel

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.runs import (
    Ask,
    Asked,
    AttemptBegun,
    AttemptEnded,
    Candidate,
    ConflictMet,
    LandingBegun,
    LandingEnded,
    Mended,
    Opened,
    Recorded,
    Removed,
    RolledBack,
    RoundBegun,
    RoundEnded,
    RunEntry,
    RunStep,
    VerifyBegun,
    VerifyEnded,
    WorkKept,
)
from taskpar_ml.errors import RunError
from taskpar_ml.execution.attempts import Phase, RunAttempt, after


@dataclass
class RunState:
    """What a journal comes to, up to some step. It moves on as steps are added.

    Attributes
    ----------
    steps
        How many there were.
    opened
        The first step.
    attempts
        All that ever began, in that order.
    landed
        Attempts that landed, in that order, with the commit that the line ended with.
    verifying, verified, landing
        The candidate that is being verified, the one that passed last, and the one that lands.
    is_paused
        Whether nothing starts.
    cancelled
        Tasks that nobody wants any more.
    forgiven
        How many attempts of a task are not held against it, because somebody said so.
    rolled_back
        What the line was before all of it was taken back; None if it was not.
    """

    steps: int = 0
    opened: Opened | None = None
    attempts: dict[Attempt, RunAttempt] = field(default_factory=dict)
    landed: list[tuple[Attempt, str]] = field(default_factory=list)
    verifying: Candidate | None = None
    verified: Candidate | None = None
    landing: Candidate | None = None
    is_paused: bool = False
    cancelled: set[str] = field(default_factory=set)
    forgiven: dict[str, int] = field(default_factory=dict)
    rolled_back: str | None = None

    @property
    def plan(self) -> Opened:
        """How the run was opened.

        Raises
        ------
        RunError
            If it was not.
        """
        if self.opened is None:
            raise RunError("the run", "it was never opened.", "Begin with `taskpar run`.")
        return self.opened

    @property
    def tip(self) -> str:
        """The commit that the line ended with when the run last looked."""
        return self.landed[-1][1] if self.landed else self.plan.base

    def in_flight(self) -> Iterator[RunAttempt]:
        """Yield attempts that have not ended."""
        return (each for each in self.attempts.values() if each.is_in_flight)

    def of_task(self, task: str) -> list[RunAttempt]:
        """Return the attempts at a task, the first one first."""
        return [each for each in self.attempts.values() if each.attempt.task == task]

    def add(self, entry: RunEntry) -> None:
        """Move on by a step.

        Raises
        ------
        RunError
            If the step cannot come now. Then nothing has changed.
        """
        step = entry.step
        problem = self._problem(entry.number, step)
        if problem:
            raise RunError(
                f"step {entry.number} of the run",
                problem,
                "Put a backup of the store in its place.",
            )
        self.steps = entry.number
        match step:
            case Opened():
                self.opened = step
            case AttemptBegun():
                self.attempts[step.attempt] = RunAttempt(
                    step.attempt, step.base, step.slot, entry.recorded_at, entry.number
                )
            case VerifyBegun():
                self.verifying = step.candidate
            case VerifyEnded():
                self._verify(step)
            case LandingBegun():
                self.landing = step.candidate
            case LandingEnded():
                self._land(step)
            case Asked():
                self._ask(step)
            case RolledBack():
                self.rolled_back = step.tip
            case _:
                known = self.attempts[step.attempt]
                self.attempts[step.attempt] = after(known, step, entry.recorded_at, entry.number)

    def _verify(self, step: VerifyEnded) -> None:
        candidate, self.verifying = self.verifying, None
        if candidate is None:
            return
        known = self.attempts[candidate.attempt]
        self.verified = candidate if step.passed else None
        if not step.passed:
            refused = f"It does not pass together with what has landed.\n{step.said}".strip()
            self.attempts[candidate.attempt] = replace(known, refused=refused)

    def _land(self, step: LandingEnded) -> None:
        candidate, self.landing = self.landing, None
        if candidate is None or not step.landed:
            return
        known = self.attempts[candidate.attempt]
        self.landed.append((candidate.attempt, candidate.commit))
        self.attempts[candidate.attempt] = replace(known, landed_as=candidate.commit)

    def _ask(self, step: Asked) -> None:
        match step.what:
            case Ask.PAUSE | Ask.CONTINUE:
                self.is_paused = step.what is Ask.PAUSE
            case Ask.CANCEL:
                self.cancelled.add(str(step.task))
            case Ask.RETRY:
                self.cancelled.discard(str(step.task))
                self.forgiven[str(step.task)] = len(self.of_task(str(step.task)))

    def _problem(self, number: int, step: RunStep) -> str:
        """Return why a step cannot come now; empty if it can."""
        if number != self.steps + 1:
            return f"it follows step {self.steps}: some are missing or come twice."
        if isinstance(step, Opened) == bool(self.steps):
            return "the first step, and no other, opens the run."
        match step:
            case AttemptBegun():
                if step.attempt in self.attempts:
                    return "the attempt has begun before."
                if any(each.attempt.task == step.task for each in self.in_flight()):
                    return "another attempt at the task is in flight."
                if any(each.slot == step.slot for each in self.in_flight()):
                    return "its slot is taken."
            case VerifyBegun() | LandingBegun():
                return self._no_candidate(step)
            case VerifyEnded():
                return "" if self.verifying else "nothing was being verified."
            case LandingEnded():
                return "" if self.landing else "nothing was landing."
            case Opened() | Asked() | RolledBack():
                return ""
            case _:
                known = self.attempts.get(step.attempt)
                if known is None:
                    return "its attempt never began."
                if known.phase not in _FOLLOWS[type(step)]:
                    return f"its attempt is {known.phase.value}."
        return ""

    def _no_candidate(self, step: VerifyBegun | LandingBegun) -> str:
        """Return why something is no candidate now; empty if it is one."""
        known = self.attempts.get(step.candidate.attempt)
        if known is None or known.phase is not Phase.KEPT or known.complaint:
            return "this is not ready to land."
        if self.verifying or self.landing:
            return "something else is about to land."
        if isinstance(step, LandingBegun) and self.plan.verifies:
            return "" if self.verified == step.candidate else "it was not verified."
        return ""


_GOING: Final = frozenset(set(Phase) - {Phase.ENDED, Phase.RECORDED, Phase.GONE})
_FOLLOWS: Final[dict[type[BaseModel], frozenset[Phase]]] = {
    RoundBegun: frozenset((Phase.PREPARING, Phase.KEPT, Phase.CONFLICTING)),
    RoundEnded: frozenset((Phase.RUNNING,)),
    WorkKept: frozenset((Phase.STOPPED,)),
    ConflictMet: frozenset((Phase.KEPT,)),
    Mended: frozenset((Phase.KEPT,)),
    AttemptEnded: _GOING,
    Recorded: frozenset((Phase.ENDED,)),
    Removed: frozenset((Phase.RECORDED,)),
}
"""After which phases of its attempt a step can come."""
