"""Predictions that were written down, to be held against what happened."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

LONGEST_TITLE: Final = 300
"""Characters of a title that are kept."""
LONGEST_NAME: Final = 1_000
"""Characters of an id, a model's name or a commit."""
MOST_PAIRS: Final = 20_000
"""Pairs of one prediction: those of two hundred tasks."""
AS_WRITTEN: Final = "as written"
"""How open tasks are told: by all that their files say."""

Name = Annotated[str, Field(max_length=LONGEST_NAME)]
Place = Annotated[int, Field(ge=0)]


class _Noun(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PredictionKind(StrEnum):
    """When a prediction was made."""

    BEFOREHAND = "beforehand"
    """Of open tasks, before they landed."""
    AS_OF = "as-of"
    """Of tasks that had landed, by what was known before the first of them did."""


class PredictedTask(_Noun):
    """One task of a prediction.

    Attributes
    ----------
    id
        Of an open task, as its file has it; of a past task, the id of its landing.
    title
        Its beginning; empty for a past task, whose landing tells it.
    text
        What stands for the words of an open task, so that other words under the same id are
        another task; empty for a past task.
    """

    id: Name
    title: Annotated[str, Field(max_length=LONGEST_TITLE)] = ""
    text: Name = ""


class PredictedPair(_Noun):
    """What was said of two tasks.

    Attributes
    ----------
    a, b
        Their places among the tasks of the prediction, ``a < b``.
    risk
        What was held against the threshold, ``None`` where it could not be told.
    together
        Whether the two would have been let run at the same time.
    """

    a: Place
    b: Place
    risk: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None
    together: bool


class Prediction(_Noun):
    """Pairs that were judged at one moment, by one model, at one threshold.

    Attributes
    ----------
    kind
        When it was made.
    model
        Who estimated, with a version.
    text
        How much the tasks said: a wording of past tasks, or :data:`AS_WRITTEN`.
    threshold
        Risk from which two tasks are kept apart.
    is_probability
        Whether risks are probabilities.
    since
        Commit after which the shadow began; empty for open tasks.
    base
        Commit at which it was made: nothing that landed after it was known.
    recorded_at
        When it was written down.
    tasks, pairs
        What it is about.
    """

    kind: PredictionKind
    model: Name
    text: Name
    threshold: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    is_probability: bool
    since: Name = ""
    base: Name
    recorded_at: AwareDatetime
    tasks: tuple[PredictedTask, ...]
    pairs: Annotated[tuple[PredictedPair, ...], Field(max_length=MOST_PAIRS)]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if any(not pair.a < pair.b < len(self.tasks) for pair in self.pairs):
            raise ValueError("a pair names a place where no task is")
        return self

    @property
    def key(self) -> tuple[str, ...]:
        """What tells it apart: who said it of whom. Not what was said, nor when."""
        words = [self.kind.value, self.model, self.text, repr(self.threshold), self.since]
        if self.kind is PredictionKind.AS_OF:
            words.append(self.base)
        words += [word for task in self.tasks for word in (task.id, task.text)]
        return *words, *(f"{pair.a} {pair.b}" for pair in self.pairs)

    @property
    def pair_keys(self) -> list[tuple[PredictedTask, PredictedTask]]:
        """The two tasks of every pair."""
        return [(self.tasks[pair.a], self.tasks[pair.b]) for pair in self.pairs]


class ShadowStart(_Noun):
    """Where a shadow began.

    Attributes
    ----------
    commit
        What landed after it is predicted.
    started_at
        When that was written down.
    """

    commit: Name
    started_at: AwareDatetime
