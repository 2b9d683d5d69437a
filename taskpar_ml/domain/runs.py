"""Steps of a run: what was begun, what came of it, and what somebody asked for meanwhile.

A step that changes anything outside of the journal is written before it is done (``...Begun``), and
again once it is known what came of it. Whoever finds the first without the second does it again:
all of it can be done twice.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.journal import JournalEntry
from taskpar_ml.domain.outcome import Cost, Ending
from taskpar_ml.domain.task import TaskId, TaskIds


class Role(StrEnum):
    """What an agent is asked for."""

    WORK = "work"
    """To do the task."""
    RESOLVE = "resolve"
    """To resolve what could not be merged."""
    REPAIR = "repair"
    """To mend what was found wrong with its work."""


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


class _Step(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RunLimits(_Step):
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
    """

    retries: Annotated[int, Field(ge=0)] = 1
    repairs: Annotated[int, Field(ge=0)] = 1
    resolves: Annotated[int, Field(ge=0)] = 1
    redos: Annotated[int, Field(ge=0)] = 1


class Opened(_Step):
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
    place: str = ""
    limits: RunLimits = RunLimits()


class _OfAttempt(_Step):
    task: TaskId
    number: Annotated[int, Field(ge=1)]

    @property
    def attempt(self) -> Attempt:
        """The attempt that it is about."""
        return Attempt(self.task, self.number)


class AttemptBegun(_OfAttempt):
    """An attempt begins: it gets a branch and a worktree at ``base``, and the resources of a slot.

    ``slot`` is the least number from 0 that no other attempt has.
    """

    kind: Literal["attempt-begun"] = "attempt-begun"
    base: str
    slot: Annotated[int, Field(ge=0)]


class RoundBegun(_OfAttempt):
    """The agent's command starts; ``why`` is what it is told to resolve or to repair."""

    kind: Literal["round-begun"] = "round-begun"
    role: Role
    why: str = ""


class RoundEnded(_OfAttempt):
    """The agent's command has ended; ``code`` is its exit status where that is known."""

    kind: Literal["round-ended"] = "round-ended"
    how: RoundEnd
    code: int | None = None
    cost: Cost | None = None


class WorkKept(_OfAttempt):
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


class ConflictMet(_OfAttempt):
    """Work cannot be merged onto what has landed, and no resolver knows how.

    Attributes
    ----------
    onto
        What it was to be merged onto.
    files
        Where.
    hit
        Whether tasks of the run are the cause: some landed since it began.
    because_of
        Those of them that touched these files.
    """

    kind: Literal["conflict-met"] = "conflict-met"
    onto: str
    files: tuple[str, ...]
    hit: bool = True
    because_of: TaskIds = ()


class Mended(_OfAttempt):
    """Resolvers merged what git alone could not: no hit.

    ``head`` merges the work with what had landed; ``resolved`` says of each file who resolved it.
    """

    kind: Literal["mended"] = "mended"
    head: str
    resolved: tuple[tuple[str, str], ...]


class Candidate(_OfAttempt):
    """Work as it would land: ``commit`` is what the line would end with, on top of ``onto``."""

    commit: str
    onto: str


class VerifyBegun(_Step):
    """A candidate is verified: whether the line would pass with it."""

    kind: Literal["verify-begun"] = "verify-begun"
    candidate: Candidate


class VerifyEnded(_Step):
    """It passed or not; ``said`` is the end of what was printed."""

    kind: Literal["verify-ended"] = "verify-ended"
    passed: bool
    said: str = ""


class LandingBegun(_Step):
    """A candidate lands: the target moves from what it is on top of to it, or not at all."""

    kind: Literal["landing-begun"] = "landing-begun"
    candidate: Candidate


class LandingEnded(_Step):
    """The candidate has landed, or the target was elsewhere by then."""

    kind: Literal["landing-ended"] = "landing-ended"
    landed: bool


class AttemptEnded(_OfAttempt):
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


class Recorded(_OfAttempt):
    """History and bank know of its end."""

    kind: Literal["recorded"] = "recorded"


class Removed(_OfAttempt):
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


class Asked(_Step):
    """Somebody asked for something; a task is named where it is about one."""

    kind: Literal["asked"] = "asked"
    what: Ask
    task: TaskId | None = None


class RolledBack(_Step):
    """The target was taken back to the base; ``tip`` is what it was, and is archived."""

    kind: Literal["rolled-back"] = "rolled-back"
    tip: str


RunStep: TypeAlias = Annotated[
    Opened
    | AttemptBegun
    | RoundBegun
    | RoundEnded
    | WorkKept
    | ConflictMet
    | Mended
    | VerifyBegun
    | VerifyEnded
    | LandingBegun
    | LandingEnded
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
