"""What dispatching batches by recorded predictions would have come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from taskpar_ml.backtest.bootstrap import measured
from taskpar_ml.backtest.durations import USUAL_MINUTES
from taskpar_ml.backtest.replay import PolicyMaker, ScoredTrace, each_alone, weighed
from taskpar_ml.backtest.weighed import Forecast
from taskpar_ml.domain.prediction import Prediction
from taskpar_ml.domain.shadow import DispatchResult
from taskpar_ml.domain.watching import Watch
from taskpar_ml.simulation.policies import AllParallel, Sequential
from taskpar_ml.simulation.simulator import simulate
from taskpar_ml.simulation.trace import Trace

_UNSURE = 1.0
"""Deviation of the logarithm of durations: nobody tells them."""


class PredictedTrace(NamedTuple):
    """A batch as it happened, and what was said of it."""

    trace: Trace
    said: Prediction


def scored_trace(batch: PredictedTrace) -> ScoredTrace:
    """Return a batch as a replay wants it.

    What a planner knows is what was recorded and nothing else: tasks are taken for equally long,
    and work that is seen while tasks run changes no risk.
    """
    size = len(batch.trace)
    risk = np.full((size, size), np.nan)
    for pair in batch.said.pairs:
        if pair.risk is not None:
            risk[pair.a, pair.b] = risk[pair.b, pair.a] = pair.risk
    minutes = np.full(size, float(USUAL_MINUTES))
    forecast = Forecast(risk, batch.said.is_probability, minutes, _UNSURE)
    return ScoredTrace(batch.trace, forecast, {})


def dispatch_results(
    batches: Sequence[PredictedTrace], *, model: str, threshold: float, workers: int, watch: Watch
) -> Iterator[DispatchResult]:
    """Yield what sequential, all-parallel and the planner's own dispatch would have come to.

    Parameters
    ----------
    batches
        At least one.
    model
        How the planner's dispatch is called.
    threshold
        Risk from which it does not start a task beside those that run.
    workers
        Most tasks at the same time, at least 1.
    watch
        How running tasks are watched.
    """
    makers: list[PolicyMaker] = [
        each_alone(lambda _batch, _watch: Sequential()),
        each_alone(lambda _batch, _watch: AllParallel()),
        weighed(f"{model} at {threshold:g}", threshold),
    ]
    scored = [scored_trace(batch) for batch in batches]
    for make in makers:
        policies = make(scored, watch)
        ran = [
            simulate(batch.trace, policy, workers=workers, watch=watch)
            for batch, policy in zip(scored, policies, strict=True)
        ]
        yield DispatchResult(
            policy=policies[0].name,
            speed_up=measured(np.array([each.speed_up for each in ran])),
            redone=measured(np.array([each.redone / len(each.trace) for each in ran])),
            lost=measured(np.array([each.lost for each in ran])),
            kept_apart=float(np.mean([each.kept_apart for each in policies])),
        )
