"""What dispatch by recorded predictions would have come to."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from taskpar_ml.backtest.durations import USUAL_MINUTES
from taskpar_ml.domain.prediction import PredictedPair, PredictedTask, Prediction, PredictionKind
from taskpar_ml.domain.watching import UNWATCHED, Watch, Watching
from taskpar_ml.shadow.dispatching import PredictedTrace, dispatch_results, scored_trace
from taskpar_ml.simulation.trace import Trace


def said_of(risks, *, is_probability=True, threshold=0.2):
    """Return a prediction of three tasks."""
    pairs = [
        PredictedPair(a=a, b=b, risk=risk, together=risk is not None and risk < threshold)
        for (a, b), risk in zip([(0, 1), (0, 2), (1, 2)], risks, strict=True)
    ]
    return Prediction(
        kind=PredictionKind.AS_OF,
        model="m-1",
        text="title",
        threshold=threshold,
        is_probability=is_probability,
        base="0" * 40,
        recorded_at=datetime(2026, 1, 1, tzinfo=UTC),
        tasks=tuple(PredictedTask(id=name) for name in "abc"),
        pairs=tuple(pairs),
    )


def batch_of(risks, conflicts=(), minutes=(60, 60, 60), **fields):
    kept = np.zeros((3, 3), dtype=bool)
    for one, other in conflicts:
        kept[one, other] = kept[other, one] = True
    return PredictedTrace(Trace(tuple("abc"), minutes, kept), said_of(risks, **fields))


def results(*batches, workers=3, threshold=0.2, watch=UNWATCHED):
    found = dispatch_results(
        batches, model="m-1", threshold=threshold, workers=workers, watch=watch
    )
    return {each.policy: each for each in found}


def test_what_was_recorded_is_all_that_is_known():
    forecast = scored_trace(batch_of([0.1, None, 0.3])).forecast
    assert forecast.risk[0, 1] == forecast.risk[1, 0] == 0.1
    assert np.isnan(forecast.risk[0, 2])
    assert np.isnan(forecast.risk[1, 1])
    assert forecast.minutes.tolist() == [USUAL_MINUTES] * 3
    assert forecast.seen is None


def test_all_are_compared_and_the_planner_avoids_what_it_foresees():
    found = results(batch_of([0.5, 0.0, 0.0], conflicts=[(0, 1)]))
    assert list(found) == ["sequential", "all-parallel", "m-1 at 0.2"]
    assert found["sequential"].speed_up.mean == 1
    assert found["all-parallel"].redone.mean == pytest.approx(1 / 3)
    assert found["all-parallel"].lost.mean == pytest.approx(1 / 3)
    planned = found["m-1 at 0.2"]
    assert (planned.redone.mean, planned.lost.mean) == (0, 0)
    assert planned.speed_up.mean == pytest.approx(180 / 120)
    assert planned.kept_apart == pytest.approx(1 / 3)


def test_a_task_is_timed_by_the_clock_that_knows_how_long_it_takes():
    """Beside one that is nearly done little is lost, so that the other starts."""
    minutes = (50, 10, 60)
    batch = batch_of([0.0, 0.15, 0.0], minutes=minutes)
    planned = results(batch, workers=2)["m-1 at 0.2"]
    assert planned.speed_up.mean == pytest.approx(120 / 70)


def test_the_way_to_watch_tells():
    batch = batch_of([0.0, 0.0, 0.0], conflicts=[(0, 1)])
    at_once = Watch(Watching.AT_ONCE)
    unwatched, watched = (
        results(batch, watch=each)["all-parallel"].lost.mean for each in (UNWATCHED, at_once)
    )
    assert watched <= unwatched


def test_means_are_over_batches():
    good, bad = batch_of([0, 0, 0]), batch_of([0, 0, 0], conflicts=[(0, 1), (0, 2), (1, 2)])
    speeds = [results(each)["all-parallel"].speed_up.mean for each in (good, bad)]
    both = results(good, bad)["all-parallel"].speed_up
    assert both.mean == pytest.approx(sum(speeds) / 2)
    assert both.low <= both.mean <= both.high
