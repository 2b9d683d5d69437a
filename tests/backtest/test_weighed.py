"""The planner's dispatch as a policy."""

from __future__ import annotations

import numpy as np
import pytest

from taskpar_ml.backtest.weighed import SEEN_SHARES, Forecast, Weighed
from taskpar_ml.domain.watching import UNWATCHED, Watch, Watching
from taskpar_ml.simulation.policies import Moment


def forecast_of(risk, *, minutes=None, is_probability=True, seen=None):
    square = np.array(risk, dtype=float)
    lengths = np.ones(len(square)) if minutes is None else np.array(minutes, dtype=float)
    return Forecast(square, is_probability, lengths, 0.5, seen)


def policy(forecast, threshold=0.2, watch=UNWATCHED):
    return Weighed("weighed", forecast, threshold=threshold, watch=watch)


NAN = float("nan")
PAIR = [[0, 0.1, 0.3], [0.1, 0, NAN], [0.3, NAN, 0]]


def test_what_reaches_the_threshold_or_is_unknown_stays_apart():
    asked = policy(forecast_of(PAIR))
    assert asked.kept_apart == pytest.approx(2 / 3)
    assert asked.admit(Moment([], [0, 1, 2])) == [0, 1]
    assert asked.admit(Moment([2], [0, 1], {2: 0})) == []


def test_the_longest_goes_first_and_no_more_start_than_may():
    asked = policy(forecast_of(np.zeros((3, 3)), minutes=[1, 3, 2]))
    assert asked.admit(Moment([], [0, 1, 2])) == [1, 2, 0]
    assert asked.admit(Moment([], [0, 1, 2], free=1)) == [1]


def test_probabilities_add_up_and_scores_do_not():
    risk = [[0, 0.15, 0.15], [0.15, 0, 0], [0.15, 0, 0]]
    moment = Moment([1, 2], [0], {1: 0, 2: 0})
    assert policy(forecast_of(risk)).admit(moment) == []
    assert policy(forecast_of(risk, is_probability=False)).admit(moment) == [0]


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ({}, 0.05),
        ({0: 0.24}, 0.05),  # nothing that a level stands for
        ({0: 0.25}, 0.10),
        ({0: 0.99}, 0.30),
        ({0: 1.0, 1: 0.5}, 0.42),
    ],
)
def test_risks_are_those_of_what_has_been_seen(seen, expected):
    levels = len(SEEN_SHARES)
    table = np.zeros((levels, 2, levels, 2), dtype=np.float32)
    for mine in range(levels):
        for other in range(levels):
            value = (0.05, 0.1, 0.2, 0.3, 0.4)[mine] + 0.01 * other
            table[mine, 0, other, 1] = table[other, 1, mine, 0] = value
    known = forecast_of([[0, 0.05], [0.05, 0]], seen=table)
    assert known.risk_now(seen)[0, 1] == pytest.approx(expected)
    assert known.risk_now(seen)[1, 0] == pytest.approx(expected)


def test_what_was_seen_keeps_a_task_from_starting():
    table = np.full((len(SEEN_SHARES), 2, len(SEEN_SHARES), 2), 0.05, dtype=np.float32)
    table[2, 0, 0, 1] = table[0, 1, 2, 0] = 0.6
    asked = policy(
        forecast_of([[0, 0.05], [0.05, 0]], seen=table), watch=Watch(Watching.TRIAL_MERGES)
    )
    assert asked.admit(Moment([0], [1], {0: 1}, {0: 0.3})) == [1]
    assert asked.admit(Moment([0], [1], {0: 1}, {0: 0.5})) == []
