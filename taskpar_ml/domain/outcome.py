"""What became of one attempt at a task."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

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
    FAILED = "failed"
    """Came to nothing for reasons of its own."""


class Outcome(BaseModel):
    """One attempt, from its start to its end.

    ``hit`` says whether a task that ran at the same time is the cause of the ending; an attempt
    is hit once at most, and one that landed by itself was not hit.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    task: TaskId
    attempt: Annotated[int, Field(ge=1)] = 1
    base: str
    started_at: AwareDatetime
    ended_at: AwareDatetime
    beside: TaskIds = ()
    touched: tuple[str, ...] = ()
    ending: Ending
    hit: bool = False
    because_of: TaskIds = ()
    reported_by: str

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.ended_at < self.started_at:
            raise ValueError("ended_at lies before started_at")
        if self.hit and self.ending in (Ending.MERGED, Ending.FAILED):
            raise ValueError(f"an attempt that ended as {self.ending.value!r} was not hit")
        return self
