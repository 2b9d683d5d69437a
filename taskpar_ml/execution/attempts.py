"""What the journal of a run says of one attempt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.outcome import Cost
from taskpar_ml.domain.runs import (
    AttemptEnded,
    ConflictMet,
    Mended,
    Recorded,
    Removed,
    Role,
    RoundBegun,
    RoundEnded,
    RunStep,
    WorkKept,
)


class Phase(StrEnum):
    """What comes next of an attempt."""

    PREPARING = "preparing"
    """It gets a worktree, and its agent starts."""
    RUNNING = "running"
    """Its agent's command ends."""
    STOPPED = "stopped"
    """What it has come to is looked at and archived."""
    KEPT = "kept"
    """It lands, or is told what is wrong."""
    CONFLICTING = "conflicting"
    """Its agent resolves a conflict, or it is given up."""
    ENDED = "ended"
    """History and bank are told."""
    RECORDED = "recorded"
    """Its worktree goes."""
    GONE = "gone"
    """Nothing."""


@dataclass(frozen=True)
class Round:
    """One run of an agent's command.

    Attributes
    ----------
    role, why
        What it was asked for.
    begun_at
        When.
    ended
        How it ended, None while it runs.
    """

    role: Role
    why: str
    begun_at: datetime
    ended: RoundEnded | None = None


@dataclass(frozen=True)
class RunAttempt:
    """What the journal says of one attempt.

    Attributes
    ----------
    attempt, base, slot, begun_at, begun_step
        Which it is, where, when and by which step it began, and what it has for itself.
    phase
        What comes next.
    rounds
        Runs of its agent's command, in order.
    kept, kept_at
        What it had come to when somebody last looked, and the step that says so.
    refused
        What was said when it failed to verify, since then.
    conflicts
        Conflicts that its agent was to resolve.
    mended
        Files that resolvers merged, and who did.
    landed_as
        The commit as which it landed.
    ended, ended_at, ended_step
        How, when and by which step it ended; the step is 0 while it goes on.
    """

    attempt: Attempt
    base: str
    slot: int
    begun_at: datetime
    begun_step: int
    phase: Phase = Phase.PREPARING
    rounds: tuple[Round, ...] = ()
    kept: WorkKept | None = None
    kept_at: int = 0
    refused: str = ""
    conflicts: tuple[ConflictMet, ...] = ()
    mended: tuple[tuple[str, str], ...] = ()
    landed_as: str | None = None
    ended: AttemptEnded | None = None
    ended_at: datetime | None = None
    ended_step: int = 0

    @property
    def is_in_flight(self) -> bool:
        """Whether it has not ended."""
        return self.ended is None

    @property
    def head(self) -> str:
        """The last commit of what was kept of it; its base where nothing was."""
        return self.kept.head if self.kept else self.base

    @property
    def complaint(self) -> str:
        """What is wrong with its work; empty where nothing is known to be."""
        return self.refused or (self.kept.complaint if self.kept else "")

    @property
    def is_hit(self) -> bool:
        """Whether other tasks made its agent work again, or ended it."""
        met = any(each.hit for each in self.conflicts)
        return met or (self.ended is not None and self.ended.hit)

    @property
    def because_of(self) -> tuple[str, ...]:
        """Tasks that hit it, as far as that is known."""
        named = [each.because_of for each in self.conflicts]
        if self.ended is not None:
            named.append(self.ended.because_of)
        return tuple(dict.fromkeys(task for tasks in named for task in tasks))

    @property
    def cost(self) -> Cost | None:
        """What its rounds used up together, None where nobody said."""
        told = [each.ended.cost for each in self.rounds if each.ended and each.ended.cost]
        return _total(told) if told else None

    def asked(self, role: Role) -> int:
        """Return how often its agent was asked for something."""
        return sum(each.role is role for each in self.rounds)


def after(known: RunAttempt, step: RunStep, at: datetime, number: int) -> RunAttempt:
    """Return what is known of an attempt after a step of its own."""
    match step:
        case RoundBegun():
            begun = Round(step.role, step.why, at)
            return replace(known, rounds=(*known.rounds, begun), phase=Phase.RUNNING)
        case RoundEnded():
            *before, last = known.rounds
            rounds = (*before, replace(last, ended=step))
            return replace(known, rounds=rounds, phase=Phase.STOPPED)
        case WorkKept():
            return replace(known, kept=step, kept_at=number, refused="", phase=Phase.KEPT)
        case ConflictMet():
            return replace(known, conflicts=(*known.conflicts, step), phase=Phase.CONFLICTING)
        case Mended():
            kept = None if known.kept is None else known.kept.model_copy(update={"head": step.head})
            return replace(known, kept=kept, mended=(*known.mended, *step.resolved))
        case AttemptEnded():
            return replace(known, ended=step, ended_at=at, ended_step=number, phase=Phase.ENDED)
        case Recorded():
            return replace(known, phase=Phase.RECORDED)
        case Removed():
            return replace(known, phase=Phase.GONE)
        case _:
            return known


def _total(costs: list[Cost]) -> Cost:
    """Return what was used up together, as far as it can be added."""
    tokens = [each.tokens for each in costs if each.tokens is not None]
    money = [each.money for each in costs if each.money is not None]
    currencies = {each.currency for each in costs if each.currency is not None}
    is_one = len(currencies) == 1
    return Cost(
        tokens=sum(tokens) if tokens else None,
        money=sum(money, start=Decimal()) if is_one else None,
        currency=currencies.pop() if is_one else None,
    )
