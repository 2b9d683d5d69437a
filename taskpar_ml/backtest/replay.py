"""Batches run under every policy: those compared, and the ones that bound them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.backtest.oracle import EFFORT, OraclePlan, oracle_plan
from taskpar_ml.simulation.policies import AllParallel, DispatchPolicy, RiskBelow, Sequential
from taskpar_ml.simulation.simulator import simulate
from taskpar_ml.simulation.timeline import Timeline
from taskpar_ml.simulation.trace import Trace


@dataclass(frozen=True)
class ScoredTrace:
    """A batch with what a planner may know of it.

    Attributes
    ----------
    trace
        Its tasks, with what a planner must not see.
    risk
        Risk of every two tasks, shape ``(n, n)``, symmetric, NaN where it cannot be told.
    """

    trace: Trace
    risk: NDArray[np.float64]

    @property
    def unscored(self) -> int:
        """How many pairs have no risk."""
        return int(np.isnan(self.risk[np.triu_indices(len(self.risk), k=1)]).sum())


PolicyMaker: TypeAlias = Callable[[NDArray[np.float64]], DispatchPolicy]
"""Makes the policy for a batch out of the risk of its pairs."""


def risk_below(name: str, threshold: float) -> PolicyMaker:
    """Return the maker of policies that run pairs together whose risk is below a threshold."""
    return lambda risk: RiskBelow(name, risk, threshold=threshold)


def _perfect(trace: Trace) -> DispatchPolicy:
    return RiskBelow("perfect forecast", trace.conflicts.astype(np.float64), threshold=0.5)


@dataclass(frozen=True)
class PolicyRuns:
    """All batches under one policy; ``kept_apart`` is a mean over them."""

    policy: str
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
        Sequential and all-parallel dispatch, those compared, a perfect forecast, and the oracle.
    plans
        What the oracle followed in each batch.
    """

    workers: int
    policies: tuple[PolicyRuns, ...]
    plans: tuple[OraclePlan, ...]


def replay(
    batches: Sequence[ScoredTrace],
    compared: Sequence[PolicyMaker],
    *,
    workers: int,
    effort: float = EFFORT,
) -> Replayed:
    """Run batches under the policies compared, and under those that bound what is possible.

    A perfect forecast keeps apart what truly conflicts and nothing else, and takes tasks in order
    of arrival as the policies compared do. What the oracle is faster than that comes from knowing
    how long tasks take, which no forecast of conflicts can bring.

    Parameters
    ----------
    batches
        At least one.
    compared
        Policies besides those. They see the risk of pairs, not the truth.
    workers
        Most tasks at the same time, at least 1.
    effort
        How long the oracle searches per batch, in the solver's deterministic units.
    """
    plans = tuple(oracle_plan(batch.trace, workers=workers, effort=effort) for batch in batches)
    makers: list[PolicyMaker] = [lambda _: Sequential(), lambda _: AllParallel(), *compared]
    rows: list[list[DispatchPolicy]] = [[make(batch.risk) for batch in batches] for make in makers]
    rows.append([_perfect(batch.trace) for batch in batches])
    rows.append([plan.policy for plan in plans])
    return Replayed(
        workers=workers,
        policies=tuple(
            PolicyRuns(
                policy=row[0].name,
                timelines=tuple(
                    simulate(batch.trace, policy, workers=workers)
                    for batch, policy in zip(batches, row, strict=True)
                ),
                kept_apart=float(np.mean([policy.kept_apart for policy in row])),
            )
            for row in rows
        ),
        plans=plans,
    )
