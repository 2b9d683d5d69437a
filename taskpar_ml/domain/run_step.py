"""What all steps of a run have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.task import TaskId


class Step(BaseModel):
    """Something that is written into the journal of a run, and never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OfAttempt(Step):
    """A step of one attempt: the ``number``-th start of ``task``."""

    task: TaskId
    number: Annotated[int, Field(ge=1)]

    @property
    def attempt(self) -> Attempt:
        """The attempt that it is about."""
        return Attempt(self.task, self.number)
