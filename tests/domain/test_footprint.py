"""Touch probabilities and the evidence behind them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from taskpar_ml.domain.footprint import (
    PROBABILITY_STEPS,
    quantised,
)
from tests.support.strategies import LAW


@LAW
@given(arrays(np.float64, 20, elements=st.floats(0, 1)))
def test_probabilities_are_steps_and_positive_ones_stay_positive(values):
    steps = quantised(values) * PROBABILITY_STEPS
    assert np.array_equal(steps, np.rint(steps))
    assert np.all(np.abs(quantised(values) - values) <= 1 / PROBABILITY_STEPS)
    assert np.array_equal(quantised(values) > 0, values > 0)
    assert np.all(quantised(values) <= 1)
