"""Steps of a run: what was begun, what came of it, and what somebody asked for meanwhile.

A step that changes anything outside of the journal is written before it is done (``...Begun``), and
again once it is known what came of it. Whoever finds the first without the second does it again:
all of it can be done twice.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field, TypeAdapter

from taskpar_ml.domain.journal import JournalEntry
from taskpar_ml.domain.landing_steps import (
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
from taskpar_ml.domain.outcome import Cost, Ending
from taskpar_ml.domain.run_step import OfAttempt, Step
from taskpar_ml.domain.task import TaskId, TaskIds


class Role(StrEnum):
    """What an agent is asked for."""

    WORK = "work"
    """To do the task."""
    RESOLVE = "resolve"
    """To resolve what could not be merged."""
    REPAIR = "repair"
    """To mend what was found wrong with its work."""
    LAND = "land"
    """Nothing: somebody else's command is to land its work, in its worktree."""


class RoundEnd(StrEnum):
    """How one run of an agent's command ended."""

    DONE = "done"
    """With exit status 0."""
    FAILED = "failed"
    """With another one."""
    TIMED_OUT = "timed-out"
    """It took too long and was ended."""
    STOPPED = "stopped"
    """It was ended because somebody asked for that, or it used up what others need."""
    LOST = "lost"
    """It is gone, and nothing says how: the machine went down, or somebody killed it."""


class LandMode(StrEnum):
    """As what finished work comes onto the line."""

    MERGE = "merge"
    """As a merge commit above the commits of its agent."""
    SQUASH = "squash"
    """As one commit."""
    REBASE = "rebase"
    """As the commits of its agent, done again one after the other; as one commit where that does
    not come to what merging them comes to."""


class RunLimits(Step):
    """How often something is tried before it is given up.

    Attributes
    ----------
    retries
        Times that an agent that failed is asked again to go on with its work.
    repairs
        Times that it is told what was found wrong with its work.
    resolves
        Times that it is asked to resolve a conflict.
    redos
        Times that a task starts anew on a fresh base because its conflict was not resolved.
    together
        Finished tasks that are verified together at most.
    """

    retries: Annotated[int, Field(ge=0)] = 1
    repairs: Annotated[int, Field(ge=0)] = 1
    resolves: Annotated[int, Field(ge=0)] = 1
    redos: Annotated[int, Field(ge=0)] = 1
    together: Annotated[int, Field(ge=1)] = 8


class Opened(Step):
    """The run began. It is the first step.

    Attributes
    ----------
    base
        The commit that it began at, to which all of it can be taken back.
    target
        The branch that work lands on.
    made
        Whether the run made that branch.
    bank
        The bank that admits its attempts.
    mode
        As what work lands.
    verifies
        Whether candidates are verified before they land.
    by_command
        Whether somebody else's command lands what is ready.
    place
        The machine and the directory where its worktrees are: it goes on there and nowhere else.
    limits
        How often something is tried.
    """

    kind: Literal["opened"] = "opened"
    base: str
    target: str
    made: bool
    bank: str
    mode: LandMode = LandMode.MERGE
    verifies: bool = False
    by_command: bool = False
    place: str = ""
    limits: RunLimits = RunLimits()


class AttemptBegun(OfAttempt):
    """An attempt begins: it gets a branch and a worktree at ``base``, and the resources of a slot.

    ``slot`` is the least number from 0 that no other attempt has.
    """

    kind: Literal["attempt-begun"] = "attempt-begun"
    base: str
    slot: Annotated[int, Field(ge=0)]


class RoundBegun(OfAttempt):
    """The agent's command starts; ``why`` is what it is told to resolve or to repair."""

    kind: Literal["round-begun"] = "round-begun"
    role: Role
    why: str = ""


class RoundEnded(OfAttempt):
    """The agent's command has ended.

    ``code`` is its exit status where that is known, ``said`` the last line that it printed where it
    did not end well.
    """

    kind: Literal["round-ended"] = "round-ended"
    how: RoundEnd
    code: int | None = None
    cost: Cost | None = None
    said: str = ""


class WorkKept(OfAttempt):
    """What an attempt has come to so far is archived.

    Attributes
    ----------
    head
        Its last commit.
    touched
        Files that differ from where it began.
    complaint
        What is wrong with it; empty where it can be merged.
    """

    kind: Literal["work-kept"] = "work-kept"
    head: str
    touched: tuple[str, ...] = ()
    complaint: str = ""


class AttemptEnded(OfAttempt):
    """Nothing more comes of an attempt.

    Attributes
    ----------
    ending
        How it ended.
    hit
        Whether other tasks are the cause.
    because_of
        Which.
    why
        What a person should know.
    """

    kind: Literal["attempt-ended"] = "attempt-ended"
    ending: Ending
    hit: bool = False
    because_of: TaskIds = ()
    why: str = ""


class Recorded(OfAttempt):
    """History and bank know of its end."""

    kind: Literal["recorded"] = "recorded"


class Removed(OfAttempt):
    """Its worktree is gone; what was in it is archived."""

    kind: Literal["removed"] = "removed"


class Ask(StrEnum):
    """What a person may ask of a run."""

    PAUSE = "pause"
    """Start nothing; who runs goes on, and lands."""
    CONTINUE = "continue"
    """Start again."""
    CANCEL = "cancel"
    """Stop a task, and never start it again."""
    RETRY = "retry"
    """Let a task start again that was given up."""


class Asked(Step):
    """Somebody asked for something; a task is named where it is about one."""

    kind: Literal["asked"] = "asked"
    what: Ask
    task: TaskId | None = None


class RolledBack(Step):
    """The target was taken back to the base; ``tip`` is what it was, and is archived."""

    kind: Literal["rolled-back"] = "rolled-back"
    tip: str


RunStep: TypeAlias = Annotated[
    Opened
    | AttemptBegun
    | RoundBegun
    | RoundEnded
    | WorkKept
    | CollisionSeen
    | ConflictMet
    | Mended
    | LinedUp
    | VerifyBegun
    | VerifyEnded
    | Refused
    | LandingBegun
    | LandingEnded
    | Landed
    | AttemptEnded
    | Recorded
    | Removed
    | Asked
    | RolledBack,
    Field(discriminator="kind"),
]
"""Any step."""

STEPS: Final[TypeAdapter[RunStep]] = TypeAdapter(RunStep)
"""Reads and writes steps."""

RunEntry: TypeAlias = JournalEntry[RunStep]
"""A step as it stands in the journal of a run."""
