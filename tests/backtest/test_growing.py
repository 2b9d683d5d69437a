"""Growth over batches that follow each other, from a cold start."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.backtest.growing import Growing, Growth
from taskpar_ml.backtest.replay import ScoredTrace, growing, replay
from taskpar_ml.backtest.weighed import Forecast
from taskpar_ml.domain.levels import LEVELS, Level
from taskpar_ml.domain.watching import Watch, Watching
from taskpar_ml.planner.admission import ALPHA, B0, Admission
from taskpar_ml.simulation.simulator import simulate
from tests.support.strategies import LAW
from tests.support.traces import trace_of, traces

MODES = [Watch(mode) for mode in Watching]


def forecast_of(size, risk=0.0):
    return Forecast(np.full((size, size), risk), True, np.full(size, 5.0), 0.5)


@st.composite
def written_traces(draw):
    """Return a trace of whose conflicts both sides are written somewhere along the way."""
    trace = draw(traces())
    shares = st.sampled_from([0.1, 0.4, 0.7, 1.0])
    pairs = np.argwhere(np.triu(trace.conflicts)).tolist()
    return replace(trace, parts={tuple(pair): ((draw(shares), draw(shares)),) for pair in pairs})


@LAW
@given(
    batches=st.lists(written_traces(), min_size=1, max_size=4),
    workers=st.integers(1, 5),
    watch=st.sampled_from(MODES),
    b0=st.sampled_from([0, 1, 2]),
    alpha=st.sampled_from([0, 0.1, 0.5]),
)
def test_the_promise_is_kept_though_the_model_knows_nothing(batches, workers, watch, b0, alpha):
    growth = Growth(Admission.cold(b0=b0, alpha=alpha, threshold=1.0))
    hits = landed = 0
    for trace in batches:
        policy = Growing("g", forecast_of(len(trace)), growth, watch=watch)
        for run in simulate(trace, policy, workers=workers, watch=watch).runs:
            hits += bool(run.hit_by)
            landed += not run.hit_by
            assert hits <= b0 + alpha * landed + 1e-9
    growth.begin()
    assert (growth.admission.bank.hits, growth.admission.bank.landed) == (hits, landed)
    assert not growth.admission.in_flight


def test_what_was_earned_in_one_batch_is_there_in_the_next():
    free = [trace_of([5] * 20) for _ in range(4)]
    batches = [ScoredTrace(each, forecast_of(20), {}) for each in free]
    spans = [
        each.makespan
        for each in replay(batches, [growing("g")], workers=8).named("g", MODES[0]).timelines
    ]
    assert spans == sorted(spans, reverse=True)
    assert spans[0] > spans[-1] == 15, "20 tasks by eight workers"


@pytest.mark.parametrize("watch", MODES, ids=lambda watch: watch.mode.value)
def test_every_way_to_watch_begins_cold(watch):
    batch = ScoredTrace(trace_of([5] * 20), forecast_of(20), {})
    ran = replay([batch], [growing("g")], workers=8, watches=MODES).named("g", watch)
    at_once = sum(run.start == 0 for run in ran.timelines[0].runs)
    assert at_once == B0
    assert ALPHA == 0.1


def test_a_past_that_went_well_opens_levels_before_anything_has_run():
    any_pair = LEVELS.index(Level.AFFORDED)
    forecast = replace(
        forecast_of(20, risk=0.01), levels=np.full((20, 20), any_pair, dtype=np.int8)
    )
    calm = ScoredTrace(trace_of([5] * 20), forecast, {})
    made = {
        "cold": growing("g"),
        "calm": growing("g", past=[calm] * 4),
        "crowded": growing("g", past=[crowded(calm)] * 4),
    }
    ends = {
        name: replay([calm], [make], workers=2).named("g", MODES[0]).timelines[0].makespan
        for name, make in made.items()
    }
    assert ends["calm"] < ends["cold"] < ends["crowded"]


def test_levels_open_by_what_landed_one_after_the_other():
    any_pair = LEVELS.index(Level.AFFORDED)
    forecast = replace(
        forecast_of(20, risk=0.01), levels=np.full((20, 20), any_pair, dtype=np.int8)
    )
    batches = [ScoredTrace(trace_of([5] * 20), forecast, {})] * 4
    ran = replay(batches, [growing("g")], workers=2).named("g", MODES[0])
    spans = [each.makespan for each in ran.timelines]
    assert spans[0] > spans[-1] == 50
    unknown = [replace(each, forecast=forecast_of(20, risk=0.01)) for each in batches]
    ran = replay(unknown, [growing("g")], workers=2).named("g", MODES[0])
    assert ran.timelines[0].makespan == 50, "without levels nobody waits for them"


def crowded(batch):
    """Return a batch in which every two tasks conflict."""
    size = len(batch.trace)
    return replace(batch, trace=trace_of([5] * size, conflicts=combinations(range(size), 2)))
