"""From runs to figures: means, pairs of policies, intervals."""

from __future__ import annotations

import numpy as np
import pytest

from taskpar_ml.backtest.bootstrap import measured
from taskpar_ml.backtest.figures import oracle_proof, policy_results
from taskpar_ml.backtest.replay import ScoredTrace, replay, risk_below
from taskpar_ml.backtest.weighed import Forecast
from tests.support.traces import trace_of


def batch(minutes, conflicts, risky=(), unknown=()):
    risk = np.zeros((len(minutes), len(minutes)))
    np.fill_diagonal(risk, np.nan)
    for pairs, value in ((risky, 0.3), (unknown, np.nan)):
        for one, other in pairs:
            risk[one, other] = risk[other, one] = value
    forecast = Forecast(risk, True, np.ones(len(minutes)), 1.0)
    return ScoredTrace(trace_of(minutes, conflicts), forecast, {})


BATCHES = (
    batch([4, 4, 4, 4], {(0, 1)}, risky={(0, 1)}),
    batch([4, 4, 4, 4], {(0, 1), (2, 3)}, risky={(1, 2)}, unknown={(0, 1)}),
)


def results(batches=BATCHES, workers=2):
    replayed = replay(batches, [risk_below("risk", 0.3)], workers=workers)
    return {each.policy: each for each in policy_results(replayed, {"risk": 0.3})}


def test_each_policy_has_its_figures_worked_out_by_hand():
    # All-parallel: a and b, b again and c, d. The others: a and c, b and d.
    told = results()
    assert list(told) == ["sequential", "all-parallel", "risk", "perfect forecast", "oracle"]
    assert told["sequential"].makespans == (16, 16)
    assert told["all-parallel"].makespans == (12, 12)
    assert told["risk"].makespans == (8, 8)
    assert told["perfect forecast"].makespans == told["oracle"].makespans == (8, 8)
    parallel = told["all-parallel"].measures
    assert parallel.speed_up.mean == pytest.approx(16 / 12)
    assert parallel.efficiency.mean == pytest.approx(8 / 12)
    assert (parallel.redone.mean, parallel.hits.mean, parallel.lost.mean) == (0.25, 0.25, 0.25)
    assert told["risk"].measures.lost.mean == 0
    assert {name: each.threshold for name, each in told.items() if each.threshold} == {"risk": 0.3}
    assert told["risk"].kept_apart == pytest.approx((1 / 6 + 2 / 6) / 2)
    assert told["oracle"].kept_apart == pytest.approx((1 / 6 + 2 / 6) / 2)
    assert told["oracle"].measures.efficiency.mean == 1.0
    assert [each.unscored for each in BATCHES] == [0, 1]


def test_a_policy_beside_all_parallel_is_compared_batch_by_batch():
    told = results()
    assert told["risk"].beside_all_parallel.redone.mean == pytest.approx(-0.25)
    assert told["all-parallel"].beside_all_parallel.speed_up.mean == 0
    mixed = (BATCHES[0], batch([3, 3], set()))
    beside = results(mixed)["risk"].beside_all_parallel.speed_up
    assert (beside.low, beside.high) == (0.0, pytest.approx(2 - 16 / 12))


def test_a_perfect_forecast_still_takes_tasks_as_they_come():
    # In order of arrival the long one starts last; the oracle starts it first.
    told = results((batch([2, 2, 4], set()),))
    assert (told["perfect forecast"].makespans, told["oracle"].makespans) == ((6,), (4,))
    assert told["perfect forecast"].kept_apart == told["oracle"].kept_apart == 0


def test_the_oracle_tells_what_it_proved():
    proof = oracle_proof(replay(BATCHES, [], workers=2))
    assert (proof.workers, proof.proved, proof.gap) == (2, 2, 0.0)


def test_an_interval_covers_the_mean_as_often_as_it_says():
    chance = np.random.default_rng(0)
    inside = 0
    for _ in range(300):
        found = measured(chance.normal(5, 2, size=25))
        inside += found.low <= 5 <= found.high
    assert 0.89 <= inside / 300 <= 0.98


def test_a_single_batch_has_no_interval():
    found = measured(np.array([3.0]))
    assert (found.mean, found.low, found.high) == (3.0, None, None)


def test_what_is_the_same_in_every_batch_has_an_interval_of_no_width():
    found = measured(np.full(7, 0.25))
    assert (found.mean, found.low, found.high) == (0.25, 0.25, 0.25)
