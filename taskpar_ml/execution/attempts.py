"""What the journal of a run says of one attempt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.landing_steps import CollisionSeen, ConflictMet, Landed, Mended, Refused
from taskpar_ml.domain.outcome import Cost
from taskpar_ml.domain.runs import (
    AttemptEnded,
    Recorded,
    Removed,
    Role,
    RoundBegun,
    RoundEnd,
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
    was_held
        Whether it was stopped because its changes collided with somebody's.
    """

    role: Role
    why: str
    begun_at: datetime
    ended: RoundEnded | None = None
    was_held: bool = False


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
        How it was refused, since then; None if it was not.
    refusals
        All of that.
    held
        Why it was stopped, and waits for another task; None where it was not, or goes on again.
    collisions
        All of that.
    conflicts
        Conflicts that its agent was to resolve.
    mended
        Files that resolvers merged, and who did.
    is_handed_over
        Whether somebody else's command was asked to land what it has come to.
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
    refused: Refused | None = None
    refusals: tuple[Refused, ...] = ()
    held: CollisionSeen | None = None
    collisions: tuple[CollisionSeen, ...] = ()
    conflicts: tuple[ConflictMet, ...] = ()
    mended: tuple[tuple[str, str], ...] = ()
    is_handed_over: bool = False
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
        if self.refused:
            return self.refused.said
        return self.kept.complaint if self.kept else ""

    @property
    def waits_to_land(self) -> bool:
        """Whether its work is done, and nobody has begun to land it."""
        last = self.rounds[-1] if self.rounds else None
        if last is None or last.ended is None or self.complaint:
            return False
        # Work that was mended after somebody failed to land it is landed again.
        is_done = last.ended.how is RoundEnd.DONE or last.role is Role.LAND
        is_here = self.phase is Phase.KEPT and not self.is_handed_over
        return is_done and is_here and self.landed_as is None

    @property
    def is_hit(self) -> bool:
        """Whether other tasks made its agent work again, or ended it."""
        return any(each.hit for each in self._met)

    @property
    def because_of(self) -> tuple[str, ...]:
        """Tasks that hit it, as far as that is known."""
        return tuple(dict.fromkeys(task for each in self._met for task in each.because_of))

    @property
    def _met(self) -> Sequence[CollisionSeen | ConflictMet | Refused | AttemptEnded]:
        """What may say that other tasks hit it."""
        ended = () if self.ended is None else (self.ended,)
        return (*self.collisions, *self.conflicts, *self.refusals, *ended)

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
            rounds = (*known.rounds, Round(step.role, step.why, at))
            going = replace(known, rounds=rounds, phase=Phase.RUNNING, held=None)
            return replace(going, is_handed_over=step.role is Role.LAND)
        case RoundEnded():
            *before, last = known.rounds
            rounds = (*before, replace(last, ended=step, was_held=known.held is not None))
            # Whoever lands work does not change it.
            ended = Phase.KEPT if last.role is Role.LAND else Phase.STOPPED
            return replace(known, rounds=rounds, phase=ended)
        case WorkKept():
            return replace(known, kept=step, kept_at=number, refused=None, phase=Phase.KEPT)
        case CollisionSeen():
            return replace(known, held=step, collisions=(*known.collisions, step))
        case Refused():
            return replace(known, refused=step, refusals=(*known.refusals, step))
        case Landed():
            return replace(known, landed_as=step.commit)
        case ConflictMet():
            return replace(known, conflicts=(*known.conflicts, step), phase=Phase.CONFLICTING)
        case Mended():
            kept = None if known.kept is None else known.kept.model_copy(update={"head": step.head})
            mended = (*known.mended, *step.resolved)
            return replace(known, kept=kept, mended=mended, is_handed_over=False)
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
