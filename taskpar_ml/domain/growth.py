"""Steps of growth: what was promised, who started beside whom, and what became of them."""

from __future__ import annotations

from typing import Annotated, Final, Literal, NamedTuple, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from taskpar_ml.domain.journal import JournalEntry
from taskpar_ml.domain.levels import Level
from taskpar_ml.domain.outcome import AttemptNumber
from taskpar_ml.domain.task import TaskId

MAIN: Final = "main"
"""What a bank is called where nobody says otherwise."""


class Attempt(NamedTuple):
    """One start of a task: the how-manieth, from 1."""

    task: str
    number: int

    @property
    def name(self) -> str:
        """How the bank calls it."""
        return f"{self.number}:{self.task}"

    @classmethod
    def named(cls, name: str) -> Attempt:
        """Return the attempt of a name."""
        number, _, task = name.partition(":")
        return cls(task, int(number))


class _Step(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Promised(_Step):
    """Somebody said how many hits there may be. It is the first step, and may come again."""

    kind: Literal["promised"] = "promised"
    b0: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    alpha: Annotated[float, Field(ge=0, le=1)]


class Company(_Step):
    """An attempt that was in flight when another one started, and the level of their pair.

    ``level`` is None where somebody declared that the two may run together.
    """

    task: TaskId
    number: AttemptNumber
    level: Level | None


class Started(_Step):
    """An attempt started.

    Attributes
    ----------
    beside
        Whoever was in flight.
    threshold
        What the threshold was.
    explored
        Probability with which levels that are closed were open to this attempt, had chance said
        so; None where nobody asked chance.
    by
        Who started it, as far as they say: among several, whoever begins again knows its own.
    """

    kind: Literal["started"] = "started"
    task: TaskId
    number: AttemptNumber
    beside: tuple[Company, ...] = ()
    threshold: float
    explored: Annotated[float, Field(ge=0, le=1)] | None = None
    by: str | None = None


class Struck(_Step):
    """An attempt in flight was hit, and goes on."""

    kind: Literal["struck"] = "struck"
    task: TaskId
    number: AttemptNumber


class _Ended(_Step):
    task: TaskId
    number: AttemptNumber
    hit: bool = False
    because_of: tuple[TaskId, ...] = ()


class Landed(_Ended):
    """An attempt has landed; ``hit`` says whether it was hit before, and by whom it was."""

    kind: Literal["landed"] = "landed"


class Ended(_Ended):
    """An attempt has ended, and nothing of it has landed."""

    kind: Literal["ended"] = "ended"


class Corrected(_Step):
    """Something came to light of an attempt after it had ended.

    Attributes
    ----------
    was_hit
        Whether that is a hit.
    levels
        The levels at which it may have been hit: those of its pairs with all that it met.
    lands
        True if it has landed after all, False if it was taken back, None if that is as before.
    again
        Whether it had landed before, and was taken back in between.
    """

    kind: Literal["corrected"] = "corrected"
    task: TaskId
    number: AttemptNumber
    was_hit: bool = False
    levels: tuple[Level, ...] = ()
    lands: bool | None = None
    again: bool = False


class Found(_Step):
    """Tasks that landed one after the other, looked at as if they had run side by side.

    ``task`` is a landing, by its commit; ``outcomes`` says of each level whether it would have been
    hit by one with which its pair is of that level.
    """

    kind: Literal["found"] = "found"
    task: str
    outcomes: tuple[tuple[Level, bool], ...]


GrowthStep: TypeAlias = Annotated[
    Promised | Started | Struck | Landed | Ended | Corrected | Found, Field(discriminator="kind")
]
"""Any step."""

STEPS: Final[TypeAdapter[GrowthStep]] = TypeAdapter(GrowthStep)
"""Reads and writes steps."""


GrowthEntry: TypeAlias = JournalEntry[GrowthStep]
"""A step as it stands in the journal of a bank. Nothing is decided by when it was written."""
