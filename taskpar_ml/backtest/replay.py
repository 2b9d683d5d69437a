"""Batches run under every policy: those compared, and the ones that bound them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.backtest.growing import Growing, Growth
from taskpar_ml.backtest.oracle import EFFORT, OraclePlan, oracle_plan
from taskpar_ml.backtest.weighed import Forecast, Weighed
from taskpar_ml.domain.watching import UNWATCHED, Watch
from taskpar_ml.planner.admission import Admission
from taskpar_ml.planner.imagined import imagined_outcomes
from taskpar_ml.simulation.policies import AllParallel, DispatchPolicy, RiskBelow, Sequential
from taskpar_ml.simulation.simulator import simulate
from taskpar_ml.simulation.timeline import Timeline
from taskpar_ml.simulation.trace import Trace

PERFECT: Final = "perfect forecast"
"""How tables call the policy that knows which tasks conflict, and takes them as they arrive."""
ORACLE: Final = "oracle"
"""How tables call the shortest schedule."""
_NEVER: Final = 0.5
"""Threshold that tells what truly conflicts, 1, from what does not, 0."""


@dataclass(frozen=True)
class ScoredTrace:
    """A batch with what planners may know of it.

    Attributes
    ----------
    trace
        Its tasks, with what a planner must not see.
    forecast
        What the planner knows that is to be tried.
    scores
        Scores of every two tasks by the baselines, by name, shape ``(n, n)`` each, symmetric, NaN
        where there is none.
    """

    trace: Trace
    forecast: Forecast
    scores: dict[str, NDArray[np.float64]]

    @property
    def unscored(self) -> int:
        """How many pairs have no risk."""
        risk = self.forecast.risk
        return int(np.isnan(risk[np.triu_indices(len(risk), k=1)]).sum())


PolicyMaker: TypeAlias = Callable[[Sequence[ScoredTrace], Watch], Sequence[DispatchPolicy]]
"""Makes the policies for batches that follow each other and are watched in some way, one for each.
It must not look at the traces, but for which of the tasks that have landed conflict. Each is done
with before the next one is asked."""


def each_alone(make: Callable[[ScoredTrace, Watch], DispatchPolicy]) -> PolicyMaker:
    """Return the maker of policies that learn nothing from one batch to the next."""
    return lambda batches, watch: [make(batch, watch) for batch in batches]


def risk_below(name: str, threshold: float) -> PolicyMaker:
    """Return the maker of policies that take tasks as they arrive, pairs below a risk together."""
    return each_alone(lambda batch, _: RiskBelow(name, batch.forecast.risk, threshold=threshold))


def score_below(name: str, scored: str, threshold: float) -> PolicyMaker:
    """Return the same by the scores of a baseline."""
    return each_alone(lambda batch, _: RiskBelow(name, batch.scores[scored], threshold=threshold))


def weighed(name: str, threshold: float) -> PolicyMaker:
    """Return the maker of the planner's own dispatch."""
    return each_alone(
        lambda batch, watch: Weighed(name, batch.forecast, threshold=threshold, watch=watch)
    )


def growing(name: str, *, past: Sequence[ScoredTrace] = ()) -> PolicyMaker:
    """Return the maker of the planner's dispatch as it grows from a cold start, batch by batch.

    Parameters
    ----------
    past
        Batches that landed before, each task after the other: what they would have come to side by
        side says which levels are safe, before the first of the batches begins.
    """

    def make(batches: Sequence[ScoredTrace], watch: Watch) -> list[DispatchPolicy]:
        growth = Growth(_learned(Admission.cold(), past))
        return [
            Growing(name, batch.forecast, growth, watch=watch, found=batch.trace.conflicts)
            for batch in batches
        ]

    return make


def _learned(admission: Admission, past: Sequence[ScoredTrace]) -> Admission:
    for batch in past:
        if batch.forecast.levels is not None:
            for task in range(len(batch.trace)):
                outcomes = imagined_outcomes(
                    task,
                    range(task),
                    risk=batch.forecast.risk,
                    levels=batch.forecast.levels,
                    found=batch.trace.conflicts.astype(np.float64),
                    threshold=float(admission.bank.promise.alpha),
                )
                admission = admission.learned(outcomes)
    return admission


def _perfect(batch: ScoredTrace, _: Watch) -> DispatchPolicy:
    return RiskBelow(PERFECT, batch.trace.conflicts.astype(np.float64), threshold=_NEVER)


@dataclass(frozen=True)
class PolicyRuns:
    """All batches under one policy; ``kept_apart`` is a mean over them.

    ``watch`` is None where nothing is ever hit, so that it does not matter how tasks are watched.
    """

    policy: str
    watch: Watch | None
    timelines: tuple[Timeline, ...]
    kept_apart: float


@dataclass(frozen=True)
class Replayed:
    """All batches under every policy, with one number of workers.

    Attributes
    ----------
    workers
        Most tasks at the same time.
    policies
        Sequential dispatch; then, for each way to watch, all-parallel dispatch and those compared;
        a perfect forecast, and the oracle.
    plans
        What the oracle followed in each batch.
    """

    workers: int
    policies: tuple[PolicyRuns, ...]
    plans: tuple[OraclePlan, ...]

    def named(self, policy: str, watch: Watch | None = None) -> PolicyRuns:
        """Return the runs of one policy."""
        (found,) = (each for each in self.policies if each.policy == policy and each.watch == watch)
        return found


def replay(
    batches: Sequence[ScoredTrace],
    compared: Sequence[PolicyMaker],
    *,
    workers: int,
    watches: Sequence[Watch] = (UNWATCHED,),
    plans: Sequence[OraclePlan] | None = None,
    effort: float = EFFORT,
) -> Replayed:
    """Run batches under the policies compared, and under those that bound what is possible.

    A perfect forecast keeps apart what truly conflicts and nothing else, and takes tasks in order
    of arrival. What the oracle is faster than that comes from knowing how long tasks take, which
    no forecast of conflicts can bring. Both are unwatched, since nothing is ever hit there.

    Parameters
    ----------
    batches
        At least one.
    compared
        Policies besides those.
    workers
        Most tasks at the same time, at least 1.
    watches
        Ways in which running tasks are watched, each once.
    plans
        What the oracle follows in each batch, if somebody asked it before.
    effort
        How long the oracle searches per batch, in the solver's deterministic units.
    """
    if plans is None:
        plans = [oracle_plan(batch.trace, workers=workers, effort=effort) for batch in batches]
    rows: list[tuple[list[DispatchPolicy], Watch | None]] = [
        (list(make(batches, watch or UNWATCHED)), watch)
        for make, watch in _makers(compared, watches)
    ]
    rows.append(([plan.policy for plan in plans], None))
    return Replayed(
        workers=workers,
        policies=tuple(
            PolicyRuns(
                policy=row[0].name,
                watch=watch,
                timelines=tuple(
                    simulate(batch.trace, policy, workers=workers, watch=watch or UNWATCHED)
                    for batch, policy in zip(batches, row, strict=True)
                ),
                kept_apart=float(np.mean([policy.kept_apart for policy in row])),
            )
            for row, watch in rows
        ),
        plans=tuple(plans),
    )


def _makers(
    compared: Sequence[PolicyMaker], watches: Sequence[Watch]
) -> Iterator[tuple[PolicyMaker, Watch | None]]:
    """Yield every policy but the oracle with how its tasks are watched."""
    yield each_alone(lambda _batch, _watch: Sequential()), None
    for watch in dict.fromkeys(watches):
        yield each_alone(lambda _batch, _watch: AllParallel()), watch
        yield from ((make, watch) for make in compared)
    yield each_alone(_perfect), None
