"""Touch probabilities and the evidence behind them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from taskpar_ml.domain.footprint import (
    PROBABILITY_STEPS,
    Access,
    Evidence,
    EvidenceSource,
    Footprints,
    Surface,
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


def test_evidence_of_a_task_comes_strongest_first():
    rows = tuple(
        Evidence(name, Surface.FILE, item, Access.WRITE, p, EvidenceSource.MENTION)
        for name, item, p in [("a", "x", 0.5), ("b", "x", 1.0), ("a", "z", 0.75), ("a", "y", 0.75)]
    )
    found = Footprints(("a", "b"), {}, rows, ()).of_task("a")
    assert [row.item for row in found] == ["y", "z", "x"]
