"""A plan: what runs beside what, why, and what would make it faster."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, computed_field

from taskpar_ml.domain.groups import ExecutionGroup

Share = Annotated[float, Field(ge=0, le=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Because(StrEnum):
    """What settled whether two tasks may run together, strongest first."""

    ORDER = "order"
    """A dependency, phase or declared group puts one before the other."""
    RULE = "rule"
    """A tag, lock or never-rule forbids it."""
    CAN_RUN_WITH = "can_run_with"
    """Their author allows it."""
    DECLARED_OVERLAP = "declared-overlap"
    """Paths that they declare overlap."""
    LIKELY_MEETING = "likely-meeting"
    """Both are likely to write the same item."""
    SUGGESTED_ORDER = "suggested-order"
    """One seems to make or decide what the other uses."""
    LEVEL = "level"
    """Pairs of their kind are not let run together yet."""
    SAFE_RULE = "safe-rule"
    """Cannot be scored, but a safe pattern speaks for it."""
    UNSCORED = "unscored"
    """Cannot be scored: too little is known. Such pairs are never run together."""
    RISK = "risk"
    """The estimated risk reaches the threshold."""
    LOW_RISK = "low-risk"
    """The estimated risk stays below the threshold."""


class DurationSource(StrEnum):
    """What a duration is from, the strongest first."""

    DECLARED = "declared"
    """The task's ``estimate``."""
    COMPLEXITY = "complexity"
    """A score from 1 to 10; twice the score is taken for twice the time. Others say nothing."""
    RECORDED = "recorded"
    """Learned from how long earlier tasks took here."""
    PREDICTED = "predicted"
    """Told by the text alone."""
    USUAL = "usual"
    """Nothing speaks for the task: as long as the others, or 1 where nothing speaks for any."""


class Contribution(_Part):
    """What one feature of a pair says to whoever estimates."""

    feature: str
    """Its name, as among the components of ``explain``."""
    value: float | None
    """Null where it is not known."""
    adds: float
    """Log odds of a conflict that it adds before calibration; below 0 where it takes some away."""


class PairReason(_Part):
    """Why two tasks may or may not run together."""

    task_a: str
    task_b: str
    together: bool
    """Whether they may run at the same time."""
    because: Because
    rule: str
    """Name of the rule or of the field that decided."""
    p_conflict: Share | None = None
    """Calibrated probability of a conflict; null where no calibration was fitted."""
    score: float | None = None
    """The estimator's own number; null where the pair cannot be scored."""
    reasons: tuple[str, ...] = ()
    """Coded evidence, such as ``file:src/app.py`` or ``text:0.42``."""
    text: str
    """The same in words."""
    speaks: tuple[Contribution, ...] = ()
    """The features that change the odds most, at most three, the weightiest first: of the riskiest
    pairs of a plan and of one that is explained, where the estimator can tell."""


class PlannedTask(_Part):
    """A task at its place in the plan."""

    id: str
    title: str
    duration: float
    """How long it is expected to take, in the unit of the plan."""
    duration_from: DurationSource
    wave: int
    """Position of its wave, from 0."""
    start: float
    """When it starts where tasks need not wait for their wave, in the unit of the plan."""
    why_not_earlier: str = ""
    """What keeps it out of the wave before; empty in the first wave."""


class HeldTask(_Part):
    """A task that the plan cannot place, and why."""

    id: str
    title: str
    why: str


class RuleCost(_Part):
    """What one rule costs: the plan with it against the plan without it."""

    rule: str
    meaning: str
    pairs: int
    """Pairs that it keeps apart and that nothing stronger does."""
    waves: int
    """Waves that the plan would be shorter by without the rule; negative where it is longer."""
    makespan_share: Share
    """Share of the expected makespan that would be saved without the rule."""


class SuggestedDependency(_Part):
    """An order that nobody declared but that the texts suggest."""

    before: str
    after: str
    surface: str
    item: str
    """What ``before`` seems to create or decide and ``after`` to use."""
    why: str = ""
    """The same in words, of ``before``: ``it seems to create the table orders``."""
    followed: bool
    """Whether the plan keeps this order; not where it would close a cycle."""


class Expected(_Part):
    """A mean, and what it lies between in 95 of 100 cases."""

    mean: float
    low: float
    high: float


class Forecast(_Part):
    """What continuous dispatch is expected to come to, collisions and luck included."""

    speed_up: Expected
    """Work of all tasks over the time until the last has landed."""
    makespan: Expected
    """Time until the last has landed, in the unit of the durations."""
    hits: Expected
    """Runs that come to nothing because of another task, per task."""
    lost: Expected
    """Work lost over the work of all tasks."""
    runs: int
    """How often the plan was run."""


class ScheduleValue(_Part):
    """What a schedule comes to if tasks take what is expected of them."""

    makespan: float
    """Time until the last has landed, if nothing is lost, in the unit of the durations."""
    lost: float
    """Work that is expected to be lost because tasks collide."""
    expected: float
    """The makespan with the lost work, done again by all workers together: what is minimised."""
    bound: float
    """No schedule of the same form has a shorter one."""
    is_optimal: bool
    """Whether it is proved to be the shortest."""


class LimitCost(_Part):
    """What a limit of the whole plan costs: the plan with it against the plan without it."""

    limit: str
    meaning: str
    makespan_share: Share
    """Share of the expected makespan that would be saved without the limit."""


class Split(_Part):
    """Something that is in the way of more parallel work, and what cutting it in two would save."""

    what: str
    """``task``, or the surface of an item: ``file``, ``table``, ``endpoint``."""
    name: str
    tasks: tuple[str, ...]
    """The task itself, or the tasks that the item keeps apart."""
    makespan_share: Share
    """Share of the expected makespan that would be saved."""


class Opportunity(_Part):
    """Something that would let more tasks run at once."""

    task: str
    frees: tuple[str, ...]
    """Tasks whose last open dependency this one is."""


class Plan(_Part):
    """Waves of tasks that run together, with the reasons."""

    groups: tuple[ExecutionGroup, ...]
    """The waves in the form of a task file."""
    tasks: tuple[PlannedTask, ...]
    """Every placed task, wave by wave."""
    held: tuple[HeldTask, ...] = ()
    """Tasks that wait for something outside the plan."""
    workers: int
    """Most tasks at one time."""
    sequential_duration: float
    """Sum of all durations."""
    makespan: float
    """Duration of the plan, each wave as long as its longest task, if nothing is lost."""
    in_waves: ScheduleValue | None = None
    """What the waves come to; null for no tasks."""
    in_starts: ScheduleValue | None = None
    """What the starts come to, where tasks need not wait for their wave; null for no tasks."""
    moved: tuple[str, ...] | None = None
    """Tasks that are no longer with those that shared their wave in the earlier plan; null without
    one."""
    expected: Forecast | None = None
    """What starting each task as soon as it may, instead of in waves, is expected to come to; null
    for no tasks, and for too many to try."""
    one_more_worker: float | None = None
    """Share of that makespan that one more worker is expected to save; negative where chance has
    it so."""
    model: str
    """Who estimated the risks, with a version."""
    threshold: float
    """Risk from which on two tasks do not run together."""
    repository: str
    commit: str | None
    """Commit that the plan was made for; null for a working tree."""
    neighbours: tuple[PairReason, ...] = ()
    """Pairs of one wave, riskiest first, at most 200."""
    riskiest: tuple[PairReason, ...] = ()
    """The pairs with the highest risk, whether together or not."""
    pairs_by_reason: dict[str, int] = Field(default_factory=dict)
    """How many pairs each reason decided."""
    rule_costs: tuple[RuleCost, ...] = ()
    """Dearest first."""
    limit_costs: tuple[LimitCost, ...] = ()
    """What the declared order, the threshold, the number of workers and the budget cost, dearest
    first; those that cost nothing are left out."""
    splits: tuple[Split, ...] = ()
    """What would buy more parallel work, that which saves most first."""
    suggested_dependencies: tuple[SuggestedDependency, ...] = ()
    startable: tuple[str, ...] = ()
    """Tasks that wait for no other task."""
    opportunities: tuple[Opportunity, ...] = ()
    """Tasks to land first, those that free most tasks first."""
    unknown: tuple[str, ...] = ()
    """Tasks of which nothing says what they touch; naming files would let their pairs be judged."""
    notices: tuple[str, ...] = ()

    # mypy knows no decorators above a property; pydantic's own documentation ignores this too.
    @computed_field  # type: ignore[prop-decorator]
    @property
    def speed_up(self) -> float:
        """Expected speed-up over one task at a time, lost work included; 1 for an empty plan."""
        return self.sequential_duration / self.in_waves.expected if self.in_waves else 1.0

    @computed_field  # type: ignore[prop-decorator]
    @property
    def waves(self) -> tuple[tuple[str, ...], ...]:
        """Ids that run together, wave by wave."""
        count = max((task.wave for task in self.tasks), default=-1) + 1
        waves: list[list[str]] = [[] for _ in range(count)]
        for task in self.tasks:
            waves[task.wave].append(task.id)
        return tuple(tuple(wave) for wave in waves)
