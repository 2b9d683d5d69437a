"""Log odds add up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.footprints.pooling import CHANCE, exact_gains, gains_of, probability_of
from tests.support.strategies import LAW

PROBABILITY = st.floats(0, 1)


@LAW
@given(PROBABILITY)
def test_one_piece_of_evidence_counts_for_what_it_says_and_never_against(probability):
    told = probability_of(gains_of(np.array([probability])))[0]
    assert told == pytest.approx(max(probability, CHANCE), rel=1e-4)


@LAW
@given(st.lists(PROBABILITY, min_size=1, max_size=6), st.randoms())
def test_the_order_of_the_evidence_changes_nothing(probabilities, chance):
    gains = gains_of(np.array(probabilities))
    shuffled = gains.tolist()
    chance.shuffle(shuffled)
    assert np.array_equal(np.sum(gains), np.sum(shuffled))
    assert probability_of(np.sum(gains)) >= max(probabilities) * (1 - 1e-4)


def test_what_is_certain_stays_certain():
    assert probability_of(gains_of(np.array([1.0])) + gains_of(np.array([0.01])))[0] == 1.0


def test_gains_are_rounded_to_a_grid_on_which_sums_are_exact():
    gains = exact_gains(np.random.default_rng(0).uniform(0, 9, 1000))
    assert np.array_equal(gains * 2**20, np.rint(gains * 2**20))
