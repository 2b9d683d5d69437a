"""What the journal of a run comes to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from pydantic import BaseModel

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.landing_steps import (
    Candidate,
    CollisionSeen,
    ConflictMet,
    Landed,
    LandingBegun,
    LandingEnded,
    LinedUp,
    Mended,
    Refused,
    VerifyBegun,
    VerifyEnded,
)
from taskpar_ml.domain.runs import (
    Ask,
    Asked,
    AttemptBegun,
    AttemptEnded,
    Opened,
    Recorded,
    Removed,
    Role,
    RolledBack,
    RoundBegun,
    RoundEnded,
    RunEntry,
    RunStep,
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
    line
        Candidates that are to land together, each on top of the one before.
    verdicts
        What came of verifying commits, by the command of the last verification.
    verified_by
        That command.
    verifying
        The commit that is being verified; None if none is.
    landing
        How many of the line land, from its beginning; 0 if none does.
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
    line: tuple[Candidate, ...] = ()
    verdicts: dict[str, VerifyEnded] = field(default_factory=dict)
    verified_by: str = ""
    verifying: str | None = None
    landing: int = 0
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
            case LinedUp():
                self.line = step.candidates
            case VerifyBegun():
                if step.by != self.verified_by:
                    self.verdicts, self.verified_by = {}, step.by
                self.verifying = step.commit
            case VerifyEnded():
                self._verify(step)
            case LandingBegun():
                self.landing = step.many
            case LandingEnded():
                self._land(step)
            case Landed():
                self.landed.append((step.attempt, step.commit))
                self._move(step.attempt, entry)
            case Asked():
                self._ask(step)
            case RolledBack():
                self.rolled_back = step.tip
            case _:
                self._move(step.attempt, entry)

    def _move(self, attempt: Attempt, entry: RunEntry) -> None:
        known = self.attempts[attempt]
        if any(each.attempt == attempt for each in self.line):
            # Its work may be another one now; nothing comes of those that land.
            self.line = self.line[: self.landing]
        self.attempts[attempt] = after(known, entry.step, entry.recorded_at, entry.number)

    def _verify(self, step: VerifyEnded) -> None:
        commit, self.verifying = self.verifying, None
        if step.passed is None:
            # What failed so far may have failed for the same reason.
            self.verdicts = {name: told for name, told in self.verdicts.items() if told.passed}
            self.line = ()
        elif commit is not None:
            self.verdicts[commit] = step

    def _land(self, step: LandingEnded) -> None:
        many, self.landing = self.landing, 0
        if not step.landed:
            self.line = ()
            return
        for candidate in self.line[:many]:
            known = self.attempts[candidate.attempt]
            self.landed.append((candidate.attempt, candidate.commit))
            self.attempts[candidate.attempt] = replace(known, landed_as=candidate.commit)
        self.line = self.line[many:]

    def _ask(self, step: Asked) -> None:
        match step.what:
            case Ask.PAUSE | Ask.CONTINUE:
                self.is_paused = step.what is Ask.PAUSE
            case Ask.CANCEL:
                self.cancelled.add(str(step.task))
            case Ask.RETRY:
                self.cancelled.discard(str(step.task))
                ended = [each for each in self.of_task(str(step.task)) if not each.is_in_flight]
                self.forgiven[str(step.task)] = len(ended)

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
            case LinedUp() | VerifyBegun() | LandingBegun() if self.verifying or self.landing:
                return "something else is about to land."
            case LinedUp():
                return self._no_line(step.candidates)
            case LandingBegun():
                return self._no_landing(step.many)
            case VerifyEnded():
                return "" if self.verifying else "nothing was being verified."
            case LandingEnded():
                return "" if self.landing else "nothing was landing."
            case RolledBack() if any(self.in_flight()):
                return "something of the run is in flight."
            case Opened() | Asked() | RolledBack() | VerifyBegun():
                return ""
            case _:
                known = self.attempts.get(step.attempt)
                if known is None:
                    return "its attempt never began."
                if any(each.attempt == step.attempt for each in self.line[: self.landing]):
                    return "its work is landing."
                if known.phase not in _FOLLOWS[type(step)]:
                    return f"its attempt is {known.phase.value}."
                if isinstance(step, RoundBegun) and step.role is Role.LAND:
                    return "" if self.plan.by_command else "the run lands work itself."
        return ""

    def _no_line(self, line: tuple[Candidate, ...]) -> str:
        """Return why candidates cannot land together; empty if they can."""
        if not all(map(self.is_ready, line)):
            return "this is not ready to land."
        if any(later.onto != each.commit for each, later in pairwise(line)):
            return "they are not on top of each other."
        return ""

    def _no_landing(self, many: int) -> str:
        """Return why the beginning of the line cannot land now; empty if it can."""
        if many > len(self.line) or not all(map(self.is_ready, self.line[:many])):
            return "this is not ready to land."
        verdict = self.verdicts.get(self.line[many - 1].commit)
        if self.plan.verifies and not (verdict and verdict.passed):
            return "it was not verified."
        return ""

    def is_ready(self, candidate: Candidate) -> bool:
        """Whether the work of a candidate still waits to land."""
        known = self.attempts.get(candidate.attempt)
        return known is not None and known.waits_to_land


_GOING: Final = frozenset(set(Phase) - {Phase.ENDED, Phase.RECORDED, Phase.GONE})
_FOLLOWS: Final[dict[type[BaseModel], frozenset[Phase]]] = {
    RoundBegun: frozenset((Phase.PREPARING, Phase.KEPT, Phase.CONFLICTING)),
    RoundEnded: frozenset((Phase.RUNNING,)),
    WorkKept: frozenset((Phase.STOPPED,)),
    CollisionSeen: frozenset((Phase.RUNNING,)),
    ConflictMet: frozenset((Phase.KEPT,)),
    Mended: frozenset((Phase.KEPT,)),
    Refused: frozenset((Phase.KEPT,)),
    Landed: frozenset((Phase.KEPT,)),
    AttemptEnded: _GOING,
    Recorded: frozenset((Phase.ENDED,)),
    Removed: frozenset((Phase.RECORDED,)),
}
"""After which phases of its attempt a step can come."""
