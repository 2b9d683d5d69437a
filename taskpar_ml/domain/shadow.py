"""What a shadow would have done with the tasks that landed, and how right it was, in numbers."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from taskpar_ml.domain.backtest import Measured
from taskpar_ml.domain.watching import Watching


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Expected(_Part):
    """How many conflicts the predictions would have led one to expect."""

    mean: float
    """Sum of the probabilities."""
    low: int
    """Lower end of the 95 % interval, pairs taken for independent of each other."""
    high: int
    """Upper end of it."""
    seen: int
    """Conflicts among these pairs: those that have a probability, and whose truth is known."""


class ShadowPair(_Part):
    """One pair about which the predictions were wrong."""

    first: str
    """Id of the task, or of the landing, that landed first."""
    first_title: str
    second: str
    second_title: str
    risk: float | None
    """What was said of it; null where it could not be told."""
    minutes: int
    """For how long the two could have run side by side at most, by imagined durations."""


class Tally(_Part):
    """Predictions held against what happened."""

    sets: int
    """Batches; of predictions made beforehand, moments at which some were recorded."""
    tasks: int
    pairs: int
    """Pairs of which it is known whether they conflict."""
    unknown: int
    """Pairs of which that could not be decided: they count nowhere else."""
    conflicts: int
    kept_apart: int
    """Conflicts of pairs that would have been kept apart."""
    let_through: int
    """Conflicts of pairs that would have been let run at the same time."""
    for_nothing: int
    """Pairs without a conflict that would have been kept apart."""
    unscored: int
    """Pairs whose risk could not be told: they are kept apart."""
    expected: Expected | None
    """Null where risks are no probabilities."""
    brier: float | None
    """Mean squared distance of probabilities from what happened; null without probabilities."""
    auc: Measured | None
    """P(a conflict was told to be riskier than a pair without one); null where there are not
    both."""
    misses: tuple[ShadowPair, ...]
    """Conflicts that would have been let through, those first that were held for the safest."""
    false_alarms: tuple[ShadowPair, ...]
    """Pairs kept apart for nothing, those first that cost most time."""


class DispatchResult(_Part):
    """What one way to dispatch would have come to on the batches."""

    policy: str
    speed_up: Measured
    """How many times as fast as one task after the other."""
    redone: Measured
    """Share of the tasks that would have been redone at least once."""
    lost: Measured
    """Minutes of work lost over minutes of all tasks together."""
    kept_apart: float
    """Share of the pairs that it never lets run at the same time."""


class Beforehand(_Part):
    """Predictions of open tasks, recorded before they landed."""

    pairs: int
    """Pairs that were recorded."""
    tasks: int
    """Tasks they are of."""
    landed: int
    """Tasks of which a landing was found since."""
    joint: int
    """Pairs whose two tasks landed as one."""
    distant: int
    """Pairs that landed too far from each other to be replayed."""
    tally: Tally | None
    """Those whose truth is known; null while there are none."""


class Waiting(_Part):
    """How far the next batch has come."""

    memory: int
    """Tasks that have to land before the first batch can begin: there is too little to predict
    from."""
    landed: int
    """Tasks of the next batch that have landed."""
    needed: int
    """Tasks of a batch."""


class ShadowReport(_Part):
    """What a pass of the shadow knows."""

    name: str
    """The history in the store."""
    model: str
    """Who estimated, with a version."""
    text: str
    """How much the tasks of batches said."""
    threshold: float
    """Risk from which two tasks are kept apart."""
    since: str
    """Commit after which the shadow began."""
    since_time: datetime
    """When that landed."""
    started_at: datetime
    """When the shadow began to watch."""
    newest: str
    """Newest landing that is known."""
    landed: int
    """Tasks that landed since."""
    mined: int
    """Tasks that this pass replayed against their neighbours."""
    recorded: int
    """Predictions that this pass recorded: batches, and sets of pairs of open tasks."""
    batches: Tally | None
    """Predictions made as of before each batch; null while there is none."""
    unjudged: int
    """Batches that are predicted, and whose truth is not known yet."""
    workers: int
    """Most tasks at the same time."""
    watching: Watching
    """How running tasks would have been watched."""
    dispatch: tuple[DispatchResult, ...]
    """What dispatching these batches would have come to; empty while there is none."""
    beforehand: Beforehand | None
    """Predictions made before the work landed; null where there are none."""
    waiting: Waiting
