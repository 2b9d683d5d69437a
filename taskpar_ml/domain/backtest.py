"""What a replay of past tasks found out, in numbers."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from taskpar_ml.domain.watching import Watching


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Measured(_Part):
    """A mean over batches with its 95 % interval, null where there are fewer than two batches."""

    mean: float
    low: float | None
    high: float | None


class Measures(_Part):
    """What one policy came to, or by how much two differ."""

    speed_up: Measured
    """How many times as fast as one task after the other."""
    efficiency: Measured
    """Speed-up over that of the oracle on the same batch: unwatched, it knows everything."""
    of_forecast: Measured
    """Speed-up over that of a perfect forecast on the same batch: unwatched, it knows which tasks
    conflict, but takes them as they arrive."""
    redone: Measured
    """Share of the tasks that were redone at least once."""
    hits: Measured
    """Runs that came to nothing, per task."""
    lost: Measured
    """Minutes of work lost over minutes of all tasks together."""


class PolicyResult(_Part):
    """One policy with one number of workers, over all batches."""

    policy: str
    workers: int
    watching: Watching | None
    """How its running tasks were watched; null where nothing can hit them."""
    threshold: float | None
    """Probability of a hit from which it starts no task; null where it is no planner."""
    measures: Measures
    beside_all_parallel: Measures
    """Its measures minus those of all-parallel dispatch that is watched the same way, batch by
    batch; what nothing can hit beside the first way to watch."""
    kept_apart: float
    """Share of the pairs that it never lets run at the same time."""
    makespans: tuple[int, ...]
    """Minutes that each batch took."""


class Recommendation(_Part):
    """How to run tasks that are watched in one way, as the replay suggests."""

    watching: Watching
    tolerated: float
    """Hits per task that were to be borne at most."""
    is_tolerable: bool
    """Whether any setting that was replayed stays within them; the safest is named if not."""
    workers: int
    """The fewest that are nearly as fast as the best number of workers."""
    threshold: float
    """Probability of a hit from which a task is not started."""
    policy: str
    """How the tables call that policy."""
    measures: Measures
    """What it came to."""
    alpha: float
    """Share of hits per landed task to promise: one that covers the interval of those seen."""
    b0: int
    """Hits to allow up front: the fewest with which the promise would have held at every moment of
    the replay."""


class OracleProof(_Part):
    """How good the oracle's schedules are, with one number of workers."""

    workers: int
    proved: int
    """Batches of which the schedule is the shortest there is."""
    gap: float
    """By how much one of the others could be shorter at most, as a share of its length."""


class ReplayedBatch(_Part):
    """One batch."""

    base: str
    """Commit before its first task landed."""
    first: str
    """Id of the landing that is its first task."""
    last: str
    """Id of the landing that is its last task."""
    tasks: int
    work: int
    """Minutes of all tasks together."""
    conflicts: int
    """Pairs that truly conflict."""
    unknown: int
    """Pairs of which that is not known: replayed as if they did not."""
    unscored: int
    """Pairs that could not be scored: the fixed weights keep them apart."""


class Backtest(_Part):
    """A replay of one repository's past."""

    repository: str
    model: str
    """Who scored the pairs, with a version."""
    text: str
    """How much the tasks said."""
    seed: int
    """Which durations they were given, and when they wrote what they collide over."""
    sized: bool
    """Whether larger changes took longer."""
    watching: tuple[Watching, ...]
    """Ways in which running tasks were watched."""
    sync_cost: float
    """Minutes that taking over what had landed cost, as a share of the task's."""
    lost_share: float
    """Share of a parked task's work that was lost."""
    tasks: int
    pairs: int
    conflicts: float
    """Share of the pairs that truly conflict."""
    unknown: float
    """Share of the pairs of which that is not known."""
    unscored: float
    """Share of the pairs that could not be scored."""
    results: tuple[PolicyResult, ...]
    oracle: tuple[OracleProof, ...]
    recommended: tuple[Recommendation, ...]
    """One for each way to watch."""
    batches: tuple[ReplayedBatch, ...]
