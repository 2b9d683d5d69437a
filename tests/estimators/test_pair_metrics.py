"""Measures of rankings and of probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from taskpar_ml.estimators.pair_metrics import (
    RankedPairs,
    brier_score,
    calibration_error,
    reliability_curve,
)

PAIRS = st.lists(
    st.tuples(st.booleans(), st.integers(0, 6), st.integers(1, 4)), min_size=2, max_size=60
).filter(lambda rows: len({row[0] for row in rows}) == 2)


def columns(rows):
    truth, score, weight = zip(*rows, strict=True)
    return np.array(truth), np.array(score, dtype=float), np.array(weight, dtype=float)


@given(PAIRS)
def test_rankings_are_measured_as_scikit_learn_does_ties_and_weights_included(rows):
    truth, score, weight = columns(rows)
    ranked = RankedPairs.of(truth, score)
    assert ranked.auc() == pytest.approx(roc_auc_score(truth, score))
    assert ranked.average_precision() == pytest.approx(average_precision_score(truth, score))
    assert ranked.auc(weight) == pytest.approx(roc_auc_score(truth, score, sample_weight=weight))
    assert ranked.average_precision(weight) == pytest.approx(
        average_precision_score(truth, score, sample_weight=weight)
    )


@given(PAIRS)
def test_a_weight_counts_a_pair_as_often(rows):
    truth, score, weight = columns(rows)
    often = np.repeat(np.arange(len(truth)), weight.astype(int))
    once, many = RankedPairs.of(truth, score), RankedPairs.of(truth[often], score[often])
    for share in (0.0, 0.05, 0.3, 1.0):
        assert once.caught(share, weight) == pytest.approx(many.caught(share))
    assert once.auc(weight) == pytest.approx(many.auc())


def test_blocking_nothing_catches_nothing_and_blocking_all_catches_all():
    ranked = RankedPairs.of(np.array([False, True, True, False]), np.array([4.0, 3.0, 2.0, 1.0]))
    assert [ranked.caught(share) for share in (0.0, 0.25, 0.5, 0.75, 1.0)] == [0, 0, 0.5, 1, 1]


def test_of_equal_scores_a_part_is_caught():
    ranked = RankedPairs.of(np.array([True, False, True, False]), np.zeros(4))
    assert ranked.caught(0.25) == pytest.approx(0.25)
    assert ranked.auc() == 0.5


@pytest.mark.parametrize("truth", [True, False])
def test_one_kind_of_pairs_has_no_auc(truth):
    ranked = RankedPairs.of(np.array([truth, truth]), np.array([0.0, 1.0]))
    assert np.isnan(ranked.auc())
    assert np.isnan(ranked.average_precision()) is not truth
    assert np.isnan(ranked.caught(0.5)) is not truth


def test_probabilities_are_held_against_what_happened():
    truth = np.array([False, False, True, True, False, True])
    told = np.array([0.1, 0.1, 0.1, 0.8, 0.8, 0.8])
    low, high = reliability_curve(truth, told, bins=2)
    assert (low.pairs, round(low.told, 9), low.observed) == (3, 0.1, pytest.approx(1 / 3))
    assert (high.pairs, round(high.told, 9), high.observed) == (3, 0.8, pytest.approx(2 / 3))
    assert calibration_error(truth, told, bins=2) == pytest.approx((1 / 3 - 0.1 + 0.8 - 2 / 3) / 2)
    assert brier_score(truth, told) == pytest.approx(brier_score_loss(truth, told))


def test_there_are_no_more_bins_than_pairs():
    assert [each.pairs for each in reliability_curve(np.array([True]), np.array([0.4]))] == [1]
