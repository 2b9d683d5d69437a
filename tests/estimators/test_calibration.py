"""Lines through log odds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from taskpar_ml.estimators.calibration import LogitLine


def outcomes(line: LogitLine, *, rows: int, seed: int = 0):
    """Return probabilities that a model tells and what happens where the line is the truth."""
    random = np.random.default_rng(seed)
    told = expit(random.normal(-2, 1.5, rows))
    return told, random.random(rows) < line.of(told)


@pytest.mark.parametrize("truth", [LogitLine(-1.0, 0.6), LogitLine(0.8, 1.4), LogitLine()])
def test_enough_rows_find_the_line(truth):
    told, happened = outcomes(truth, rows=100_000)
    found = LogitLine.fitted(told, happened)
    assert found.intercept == pytest.approx(truth.intercept, abs=0.06)
    assert found.slope == pytest.approx(truth.slope, abs=0.04)


def test_what_is_fitted_meets_the_observed_share():
    told, happened = outcomes(LogitLine(-1.0, 0.6), rows=5_000)
    found = LogitLine.fitted(told, happened, strength=1e-6)
    assert found.of(told).mean() == pytest.approx(happened.mean(), abs=1e-6)


def test_without_rows_the_known_line_stays():
    prior = LogitLine(-0.5, 0.8)
    assert LogitLine.fitted(np.empty(0), np.empty(0, dtype=bool), prior=prior) == prior


def test_few_rows_move_it_less_than_many_and_a_strong_prior_holds_it():
    prior, truth = LogitLine(), LogitLine(-2.0, 1.0)
    few, many = (
        LogitLine.fitted(*outcomes(truth, rows=rows), prior=prior, strength=10.0)
        for rows in (30, 30_000)
    )
    assert prior.intercept > few.intercept > many.intercept
    held = LogitLine.fitted(*outcomes(truth, rows=30_000), prior=prior, strength=1e9)
    assert held.intercept == pytest.approx(0.0, abs=1e-3)


def test_certain_rows_of_one_kind_do_not_make_it_run_away():
    found = LogitLine.fitted(np.array([0.01, 0.99]), np.array([False, True]), strength=0.5)
    assert np.isfinite([found.intercept, found.slope]).all()
    assert found.slope > 1
    extreme = LogitLine.fitted(np.array([0.0, 1.0, 1.0]), np.array([True, False, True]))
    assert np.isfinite([found.intercept, extreme.slope]).all()


def test_a_weight_counts_a_row_as_often():
    told, happened = outcomes(LogitLine(-1.0, 0.6), rows=200)
    weight = np.arange(200) % 3 + 1.0
    often = np.repeat(np.arange(200), weight.astype(int))
    once = LogitLine.fitted(told, happened, weight=weight)
    many = LogitLine.fitted(told[often], happened[often])
    assert once.intercept == pytest.approx(many.intercept)
    assert once.slope == pytest.approx(many.slope)


@given(st.floats(-3, 3), st.floats(0.1, 3), st.lists(st.floats(1e-6, 1 - 1e-6), min_size=1))
def test_the_order_of_pairs_is_kept_and_probabilities_stay_probabilities(start, slope, told):
    values = np.sort(np.array(told))
    line = LogitLine(start, slope).of(values)
    assert ((line >= 0) & (line <= 1)).all()
    assert (np.diff(line) >= 0).all()
    assert LogitLine().of(values) == pytest.approx(values)
    assert line == pytest.approx(expit(start + slope * logit(values)))


def test_what_is_unknown_stays_unknown():
    assert np.isnan(LogitLine(1.0, 2.0).of(np.array([np.nan]))).all()
