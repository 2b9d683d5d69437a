"""What is foretold, corrected by what was recorded."""

from __future__ import annotations

import math

import numpy as np
import pytest

from taskpar_ml.errors import ModelError
from taskpar_ml.estimators.recorded_line import recorded_line


def rows(number: int, *, slope: float, noise: float, seed: int = 0):
    random = np.random.default_rng(seed)
    told = random.normal(0, 0.35, number)
    return told, np.exp(8 + slope * told + random.normal(0, noise, number))


def test_nothing_recorded_gives_no_line():
    assert recorded_line([], [], spread=0.9) is None


def test_one_row_gives_the_unit_and_leaves_the_rest_to_what_is_foretold():
    line = recorded_line([0.5], [600.0], spread=0.9)
    assert (line.slope, line.rows) == (1, 1)
    assert line.spread == pytest.approx(0.9)
    assert line.duration(0.5) == pytest.approx(600)
    assert line.duration(0.5 + math.log(2)) == pytest.approx(1_200)


@pytest.mark.parametrize("slope", [0.3, 1.0, 2.0])
def test_many_rows_tell_slope_unit_and_spread(slope):
    line = recorded_line(*rows(5_000, slope=slope, noise=0.4), spread=0.9)
    assert line.slope == pytest.approx(slope, abs=0.05)
    assert line.intercept == pytest.approx(8, abs=0.05)
    assert line.spread == pytest.approx(0.4, abs=0.05)


def test_the_more_is_recorded_the_less_counts_what_was_foretold():
    slopes = [
        np.mean(
            [
                recorded_line(*rows(number, slope=2, noise=0.4, seed=seed), spread=0.9).slope
                for seed in range(50)
            ]
        )
        for number in (3, 20, 200)
    ]
    assert 1 < slopes[0] < 1.2 < slopes[1] < 1.7 < slopes[2] < 2


def test_what_contradicts_the_text_makes_it_say_nothing_rather_than_the_contrary():
    line = recorded_line(*rows(500, slope=-1, noise=0.1), spread=0.9)
    assert line.slope == 0


def test_the_order_of_rows_changes_nothing():
    told, took = rows(30, slope=1, noise=0.5)
    line, again = (
        recorded_line(*each, spread=0.9) for each in ((told, took), (told[::-1], took[::-1]))
    )
    assert (again.slope, again.intercept) == pytest.approx((line.slope, line.intercept))


def test_another_unit_changes_the_intercept_alone():
    told, took = rows(30, slope=1, noise=0.5)
    line, again = (recorded_line(told, each, spread=0.9) for each in (took, took / 60))
    assert again.slope == pytest.approx(line.slope)
    assert again.spread == pytest.approx(line.spread)
    assert again.intercept == pytest.approx(line.intercept - math.log(60))


@pytest.mark.parametrize(
    ("told", "took"), [([0.0], [0.0]), ([0.0], [-1.0]), ([math.nan], [1.0]), ([0.0], [1.0, 2.0])]
)
def test_what_cannot_be_learned_from_is_refused(told, took):
    with pytest.raises(ModelError, match="recorded durations"):
        recorded_line(told, took, spread=0.9)
