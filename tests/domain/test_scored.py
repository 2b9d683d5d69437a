"""Estimates, and pairs with all that is said of them."""

from __future__ import annotations

import numpy as np

from taskpar_ml.domain.estimates import KIND_CODES, Estimates
from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.scored import joined
from tests.support.workspaces import task, workspace


def test_the_risk_is_the_probability_where_there_is_one():
    nan = np.nan
    estimates = Estimates(
        np.array([0.2, nan, nan]), np.array([0.9, 1.4, nan]), np.zeros(3, "i1"), np.full(3, nan)
    )
    assert np.array_equal(estimates.risk, [0.2, 1.4, nan], equal_nan=True)


def test_position_0_of_the_kinds_is_no_kind():
    assert KIND_CODES[0] is None
    assert set(KIND_CODES[1:]) == set(ConflictKind)


def test_joined_blocks_are_the_whole_table():
    asked = workspace(*(task(id, f"Fix src/billing/tax.py {id}") for id in "abcd"))
    (whole,) = asked.score()
    blocks = [list(asked.predictor.score(each, asked.context)) for each in whole.pairs.blocks(1)]
    again = joined([block for (block,) in blocks], whole.pairs)
    assert np.array_equal(again.features.values, whole.features.values, equal_nan=True)
    assert again.features.names == whole.features.names
    assert [again.codes(row) for row in range(6)] == [whole.codes(row) for row in range(6)]
    assert np.array_equal(again.shared[0].p_a, whole.shared[0].p_a)
    assert len(again) == len(whole) == 6
