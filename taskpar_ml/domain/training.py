"""What somebody is told who has a model learn from a repository."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TriedWayReport(_Part):
    """How a way of adapting would have served the repository so far.

    Attributes
    ----------
    way
        What it is called.
    difference
        Its log loss less that of the model as it is, mean over batches; negative is better.
    error
        Standard error of the difference.
    """

    way: str
    difference: float
    error: Annotated[float, Field(ge=0)]


class TrainingReport(_Part):
    """What a model has learned from a repository.

    Attributes
    ----------
    model
        What the model is called that came of it.
    general
        What the model is called that it started from.
    history, until
        What was learned from: the history, and the newest commit that was looked at.
    landings, tasks
        What the history holds up to there; tasks are landings that are work.
    batches
        Batches of tasks whose pairs were learned from, the newest ones.
    pairs, observed, conflicts
        Pairs of known outcome, how many of them were seen to run at the same time, and how many
        conflict. The others were replayed.
    regime
        How much there is to learn from, in a sentence.
    way
        How the model was adapted.
    tried
        What each way would have come to, where there is enough to try.
    fingerprint
        Stands for what the model says of pairs and where it learned that.
    """

    model: str
    general: str
    history: str
    until: str
    landings: Count
    tasks: Count
    batches: Count
    pairs: Count
    observed: Count
    conflicts: Count
    regime: str
    way: str
    tried: tuple[TriedWayReport, ...] = ()
    fingerprint: str
