"""How long past tasks are imagined to take."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest

from taskpar_ml.backtest.durations import (
    SIGMA,
    USUAL_MINUTES,
    expected_minutes,
    imagined_minutes,
)
from taskpar_ml.domain.plan import DurationSource
from taskpar_ml.planner.durations import ExpectedDuration

SAME = {f"{number:040x}": 30 for number in range(4_000)}


def test_luck_is_log_normal_around_an_hour():
    logs = np.log(np.array(list(imagined_minutes(SAME, seed=1).values())) / USUAL_MINUTES)
    assert np.median(logs) == pytest.approx(0, abs=0.03)
    assert np.std(logs) == pytest.approx(SIGMA, abs=0.03)
    tenth = SIGMA * NormalDist().inv_cdf(0.1)
    assert np.quantile(logs, 0.1) == pytest.approx(tenth, abs=0.05)


def test_size_counts_by_its_square_root():
    lines = {**{str(number): 25 for number in range(9)}, "large": 2_500}
    small = imagined_minutes({**lines, "large": 25}, seed=0)["large"]
    large = imagined_minutes(lines, seed=0)["large"]
    assert large / small == pytest.approx(math.sqrt(100), rel=1 / small)


def test_the_luck_of_a_task_does_not_depend_on_the_others():
    some = dict(list(SAME.items())[:50])
    backwards = dict(reversed(list(SAME.items())))
    assert imagined_minutes(SAME, seed=7) == imagined_minutes(backwards, seed=7)
    assert imagined_minutes(some, seed=7).items() <= imagined_minutes(SAME, seed=7).items()


def test_another_seed_is_another_draw():
    one, other = imagined_minutes(SAME, seed=0), imagined_minutes(SAME, seed=1)
    pairs = [(math.log(one[task]), math.log(other[task])) for task in SAME]
    assert abs(np.corrcoef(np.array(pairs).T)[0, 1]) < 0.05


def test_no_task_takes_no_time():
    found = imagined_minutes({"none": 0, "one": 1, **{str(n): 10**7 for n in range(3)}}, seed=0)
    assert found["none"] == found["one"] == 1
    assert imagined_minutes({}, seed=0) == {}


@pytest.mark.parametrize("unit", [1.0, 3_600.0])
def test_a_planner_takes_the_usual_task_for_an_hour(unit):
    told = [ExpectedDuration(unit * each, DurationSource.PREDICTED, 0.0) for each in (1, 2, 8)]
    assert expected_minutes(told).tolist() == [30, 60, 240]
    wide = [ExpectedDuration(unit, DurationSource.USUAL, 1.0)]
    assert expected_minutes(wide) == pytest.approx([60 * math.exp(0.5)])
