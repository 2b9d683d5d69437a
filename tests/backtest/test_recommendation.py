"""Which setting a replay speaks for, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.backtest.figures import policy_results
from taskpar_ml.backtest.recommendation import ALPHAS, least_b0, recommended
from taskpar_ml.backtest.replay import PolicyRuns, ScoredTrace, replay, weighed
from taskpar_ml.backtest.weighed import Forecast
from taskpar_ml.domain.watching import UNWATCHED, Watch, Watching
from taskpar_ml.simulation.timeline import Run, Timeline
from tests.support.strategies import LAW
from tests.support.traces import trace_of

PLANNERS = {"careful": 0.2, "bold": 0.9}
WATCHES = (UNWATCHED, Watch(Watching.CHECKPOINTS))


def batch(minutes, conflicts, risky):
    """Return a batch of which those pairs conflict and those are said to, with 0.5."""
    risk = np.zeros((len(minutes), len(minutes)))
    for one, other in risky:
        risk[one, other] = risk[other, one] = 0.5
    forecast = Forecast(risk, True, np.ones(len(minutes)), 1.0)
    return ScoredTrace(trace_of(minutes, conflicts), forecast, {})


def advice(batches, *, workers, tolerated):
    makers = [weighed(name, threshold) for name, threshold in PLANNERS.items()]
    ran = [replay(batches, makers, workers=each, watches=WATCHES) for each in workers]
    results = [result for each in ran for result in policy_results(each, PLANNERS)]
    return list(recommended(ran, results, PLANNERS, tolerated=tolerated))


RISKY = [batch([4, 4, 4, 4], {(0, 1)}, {(0, 1)})] * 2


def test_the_fastest_that_is_hit_no_more_than_is_tolerated_is_named_for_each_way_to_watch():
    found = advice(RISKY, workers=(2,), tolerated=0.05)
    assert [each.watching for each in found] == [watch.mode for watch in WATCHES]
    for each in found:
        assert (each.policy, each.threshold, each.workers) == ("careful", 0.2, 2)
        assert (each.is_tolerable, each.tolerated) == (True, 0.05)
        assert each.measures.hits.mean == 0
        assert (each.alpha, each.b0) == (ALPHAS[0], 1)


def test_more_workers_are_named_only_if_they_are_worth_it():
    idle = [batch([4, 4, 4, 4], set(), set())] * 2
    assert [each.workers for each in advice(idle, workers=(2, 4, 8), tolerated=0)] == [4, 4]


def test_where_nothing_is_tolerable_the_safest_is_named_and_it_is_said():
    surprise = [batch([4, 4], {(0, 1)}, set())] * 2  # nobody foresees it
    unwatched, _ = advice(surprise, workers=(2,), tolerated=0.1)
    assert not unwatched.is_tolerable
    assert unwatched.measures.hits.mean == 0.5
    assert unwatched.alpha == 0.5


def runs_of(*outcomes):
    """Return batches of runs that landed (.) or were hit (x), in their order."""
    timelines = tuple(
        Timeline(
            trace_of([1]),
            tuple(Run(0, 0, 1, (1,) if each == "x" else ()) for each in batch_outcomes),
        )
        for batch_outcomes in outcomes
    )
    return PolicyRuns("policy", UNWATCHED, timelines, 0.0)


@pytest.mark.parametrize(
    ("outcomes", "alpha", "least"),
    [
        (("....", ".."), 0.1, 1),  # nobody was hit, and one may be
        (("xx..", ".x"), 0.5, 2),  # both hits came before anything landed
        (("x" * 3,), 0.1, 3),
        (("." * 10, "x" * 2), 0.1, 1),
        (("." * 10, "x" * 3), 0.1, 2),  # three, of which ten landed tasks earned one
    ],
)
def test_the_promise_holds_at_every_moment_with_the_least_b0(outcomes, alpha, least):
    assert least_b0(runs_of(*outcomes), alpha=alpha) == least


@LAW
@given(st.lists(st.text("x.", max_size=9), max_size=4), st.sampled_from(ALPHAS))
def test_one_less_would_have_broken_it(outcomes, alpha):
    least = least_b0(runs_of(*outcomes), alpha=alpha)
    hits = landed = 0
    worst = 0.0
    for each in "".join(outcomes):
        hits += each == "x"
        landed += each == "."
        worst = max(worst, hits - alpha * landed)
    assert worst <= least + 1e-9
    assert least == 1 or worst > least - 1


def test_fewer_workers_are_enough_where_they_are_nearly_as_fast():
    nearly = [batch([97, 50, 50], set(), set())] * 2  # 100 minutes with two, 97 with three
    assert [each.workers for each in advice(nearly, workers=(1, 2, 3), tolerated=0)] == [2, 2]
    not_quite = [batch([90, 50, 50], set(), set())] * 2
    assert [each.workers for each in advice(not_quite, workers=(1, 2, 3), tolerated=0)] == [3, 3]
