"""What became of one attempt at a task."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from taskpar_ml.domain.task import TaskId, TaskIds


class Ending(StrEnum):
    """How an attempt ended."""

    MERGED = "merged"
    """Landed without anybody's help; a mechanical resolver may have run."""
    RESOLVED = "resolved"
    """Landed after its agent resolved a conflict."""
    PARKED = "parked"
    """Stopped early because of a neighbour; its work is kept."""
    REDONE = "redone"
    """Thrown away and started again on a fresh base."""
    REVERTED = "reverted"
    """Landed, failed to verify, and was taken back."""
    BUILD_FAILED = "build-failed"
    """Landed and stayed, but what it landed on no longer built."""
    TESTS_FAILED = "tests-failed"
    """Landed and stayed, and what it landed on built, but its tests no longer passed."""
    FAILED = "failed"
    """Came to nothing for reasons of its own."""


LANDED: Final = frozenset(
    (
        Ending.MERGED,
        Ending.RESOLVED,
        Ending.REVERTED,
        Ending.BUILD_FAILED,
        Ending.TESTS_FAILED,
    )
)
"""Endings of attempts whose work came onto the line, if only for a while."""


AttemptNumber = Annotated[int, Field(ge=1, le=1_000_000)]
"""The how-manieth start of a task."""

_LANDS: Final = (
    "How it ended. Its work came onto the line, and the task is done: merged (without anybody's "
    "help), resolved (its agent resolved a conflict), build-failed and tests-failed (it landed and "
    "stayed, though the line no longer builds or passes). It came onto the line and was taken "
    "back: reverted. It did not come onto the line: parked (its work is kept), redone (thrown "
    "away, to start again), failed (for reasons of its own, failed checks before the merge "
    "included)."
)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Cost(_Part):
    """What an attempt used up, as far as its agent says.

    Attributes
    ----------
    tokens
        Of all models together, in and out; ``None`` where nobody counted.
    money
        Amount in ``currency``; ``None`` where nobody counted.
    currency
        Three capital letters of ISO 4217; there if and only if ``money`` is.
    """

    tokens: Annotated[int, Field(ge=0)] | None = None
    money: Annotated[Decimal, Field(ge=0, allow_inf_nan=False)] | None = None
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.money is None) != (self.currency is None):
            raise ValueError("money and currency come together or not at all")
        return self


class Outcome(_Part):
    """One attempt, from its start to its end.

    ``hit`` says whether a task that ran at the same time is the cause of the ending; an attempt
    is hit once at most, and one that landed by itself was not hit.

    Attributes
    ----------
    task, attempt, base
        What was attempted, for the how-manieth time, and the commit it started from.
    started_at, ended_at
        When.
    beside
        Tasks that ran at the same time for a while at least.
    touched
        Files that it changed.
    ending
        How it ended.
    hit, because_of
        Whether other tasks are the cause, and which. None are named where it is not known which;
        what was not hit names none.
    conflicts
        Files that could not be merged.
    cost
        What it used up, ``None`` where nothing is known.
    landed_as
        The commit as which it landed, where it did and that is known.
    reported_by
        Who says so.
    """

    task: TaskId
    attempt: Annotated[
        AttemptNumber,
        Field(
            description="The how-manieth start of the task. Left out it means the one in flight, "
            "with a correction the one reported before, and otherwise the first."
        ),
    ] = 1
    base: str
    started_at: AwareDatetime
    ended_at: AwareDatetime
    beside: TaskIds = ()
    touched: tuple[str, ...] = ()
    ending: Annotated[Ending, Field(description=_LANDS)]
    hit: bool = False
    because_of: TaskIds = ()
    conflicts: tuple[str, ...] = ()
    cost: Cost | None = None
    landed_as: str | None = None
    reported_by: str

    @property
    def has_landed(self) -> bool:
        """Whether its work came onto the line and stayed there."""
        return self.ending in LANDED and self.ending is not Ending.REVERTED

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.ended_at < self.started_at:
            raise ValueError("ended_at lies before started_at")
        if self.hit and self.ending in (Ending.MERGED, Ending.FAILED):
            raise ValueError(f"an attempt that ended as {self.ending.value!r} was not hit")
        if self.because_of and not self.hit:
            raise ValueError(
                "because_of names what an attempt was hit by; set hit to true, or leave it out"
            )
        if self.landed_as is not None and self.ending not in LANDED:
            raise ValueError(f"an attempt that ended as {self.ending.value!r} did not land")
        return self


class RecordedOutcome(_Part):
    """An outcome as it was recorded.

    Attributes
    ----------
    outcome
        What became of the attempt.
    recorded_at
        When it was recorded: nothing that decides before may read it.
    correction
        0 for the first report of an attempt; a report that corrects it says by 1, 2, ... for the
        how-manieth time. Of those known, the highest counts.
    """

    outcome: Outcome
    recorded_at: AwareDatetime
    correction: Annotated[int, Field(ge=0, le=1_000)] = 0
