"""From replayed batches to figures with intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.backtest.bootstrap import measured
from taskpar_ml.backtest.replay import ORACLE, PERFECT, PolicyRuns, Replayed
from taskpar_ml.domain.backtest import Measures, OracleProof, PolicyResult
from taskpar_ml.simulation.policies import AllParallel

_NAMES: Final = tuple(Measures.model_fields)


def policy_results(replayed: Replayed, thresholds: Mapping[str, float]) -> Iterator[PolicyResult]:
    """Yield what each policy came to, the oracle last.

    Parameters
    ----------
    replayed
        One number of workers.
    thresholds
        Threshold of each policy that is a planner at one, by its name.
    """
    bounds = replayed.named(ORACLE), replayed.named(PERFECT)
    parallel = {
        runs.watch: _values(runs, *bounds)
        for runs in replayed.policies
        if runs.policy == AllParallel.name
    }
    # What nothing hits is compared with all-parallel dispatch as it is watched first.
    first = next(iter(parallel.values()))
    for runs in replayed.policies:
        values = _values(runs, *bounds)
        yield PolicyResult(
            policy=runs.policy,
            workers=replayed.workers,
            watching=None if runs.watch is None else runs.watch.mode,
            threshold=thresholds.get(runs.policy),
            measures=_measures(values),
            beside_all_parallel=_measures(values - parallel.get(runs.watch, first)),
            kept_apart=runs.kept_apart,
            makespans=tuple(each.makespan for each in runs.timelines),
        )


def oracle_proof(replayed: Replayed) -> OracleProof:
    """Return how good the schedules of the oracle are."""
    return OracleProof(
        workers=replayed.workers,
        proved=sum(plan.is_proved for plan in replayed.plans),
        gap=max((1 - plan.bound / plan.makespan for plan in replayed.plans), default=0.0),
    )


def _values(runs: PolicyRuns, oracle: PolicyRuns, perfect: PolicyRuns) -> NDArray[np.float64]:
    """Return the measures of every batch, shape ``(n_batches, n_measures)``."""
    rows = []
    bounds = zip(oracle.timelines, perfect.timelines, strict=True)
    for ran, (best, told) in zip(runs.timelines, bounds, strict=True):
        of_batch = {
            "speed_up": ran.speed_up,
            "efficiency": ran.speed_up / best.speed_up,
            "of_forecast": ran.speed_up / told.speed_up,
            "redone": ran.redone / len(ran.trace),
            "hits": ran.hits / len(ran.trace),
            "lost": ran.lost,
        }
        rows.append([of_batch[name] for name in _NAMES])
    return np.array(rows)


def _measures(values: NDArray[np.float64]) -> Measures:
    columns = zip(_NAMES, values.T, strict=True)
    return Measures(**{name: measured(column) for name, column in columns})
