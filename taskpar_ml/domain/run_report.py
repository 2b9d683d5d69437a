"""How a run stands, as people and programs are told."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from taskpar_ml.domain.outcome import Ending
from taskpar_ml.domain.runs import LandMode


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class AttemptStatus(_Part):
    """How one attempt stands."""

    task: str
    attempt: int
    phase: str
    """What comes next: ``preparing``, ``running``, ``stopped`` (its work is looked at), ``kept``
    (it waits to land), ``conflicting``, ``ended``, ``recorded`` or ``gone``."""
    rounds: int
    """How often its agent was asked."""
    asked_for: str | None
    """What its agent was asked for last: ``work``, ``resolve`` or ``repair``; ``land`` where the
    command of ``--land-with`` was."""
    base: str
    begun_at: datetime
    since: datetime
    """When its agent was asked last; when it began, if it was not yet."""
    ended_at: datetime | None
    ending: Ending | None
    why: str
    """What a person should know of its end, or of what is wrong so far."""
    hit: bool
    because_of: tuple[str, ...]
    conflicts: tuple[str, ...]
    mended: tuple[tuple[str, str], ...]
    """Files that resolvers merged, and who did: ``union``, ``rerere`` or a command."""
    waits_for: tuple[str, ...]
    """Tasks that it was stopped for because their changes collided: it goes on after them."""
    refused: int
    """How often the line did not pass with it, or others did not land it."""
    tokens: int | None
    money: float | None
    """What it cost, as far as its agent says so."""
    currency: str | None
    landed_as: str | None
    work: str | None
    """The ref that keeps its work; null before there is any."""


class RoundLog(_Part):
    """What a round has printed."""

    attempt: int
    round: int
    role: str
    how: str | None
    """How it ended; null while it runs."""
    path: str
    """The file that holds all of it."""
    printed: bytes
    """The end of it."""


class RunStatus(_Part):
    """How a run stands."""

    run: str
    base: str
    target: str
    tip: str
    """What the target ended with when the run last looked."""
    mode: LandMode
    bank: str
    is_paused: bool
    rolled_back: str | None
    landed: tuple[str, ...]
    """Tasks that landed, in that order."""
    given_up: tuple[str, ...]
    """Tasks that failed, were parked or cancelled: they do not start again by themselves."""
    verifying: tuple[str, ...]
    """Tasks that are verified together at the moment."""
    attempts: tuple[AttemptStatus, ...]
