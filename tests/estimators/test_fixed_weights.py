"""The fixed-weight score, number by number."""

from __future__ import annotations

import numpy as np
import pytest

from taskpar_ml.domain.estimates import KIND_CODES
from taskpar_ml.domain.labels import COUNTED_BY_DEFAULT, ConflictKind
from taskpar_ml.domain.scored import PairFeatures
from taskpar_ml.estimators.fixed_weights import THRESHOLD, WEIGHTS, FixedWeights
from tests.support.workspaces import workspace

NAN = float("nan")


def estimate(file, api, database, semantic):
    features = PairFeatures(tuple(WEIGHTS), np.array([[file, api, database, semantic]]))
    return FixedWeights().estimate(features)


def test_the_weights_and_the_threshold_are_the_ones_that_were_given():
    assert dict(WEIGHTS) == {"file": 0.4, "api": 0.3, "database": 0.5, "semantic": 0.2}
    assert THRESHOLD == 0.3 == FixedWeights.threshold


@pytest.mark.parametrize(
    ("components", "score"),
    [
        ((1, 0, 0, 0), 0.4),
        ((0, 1, 0, 0), 0.3),
        ((0, 0, 1, 0), 0.5),
        ((0, 0, 0, 1), 0.2),
        ((0.5, 0.5, 0.5, 0.5), 0.7),
        ((1, 1, 1, 1), 1.4),
        ((0, 0, 0, 0), 0),
        ((0.5, NAN, NAN, 0.25), 0.25),
        ((NAN, 0.5, NAN, NAN), 0.15),
        ((NAN, NAN, NAN, 1), NAN),
        ((NAN, NAN, NAN, NAN), NAN),
    ],
)
def test_the_score_is_the_weighted_sum_of_what_is_known(components, score):
    assert estimate(*components).score[0] == pytest.approx(score, nan_ok=True)


def test_a_score_is_no_probability():
    estimates = estimate(1, 1, 1, 1)
    assert np.isnan(estimates.p_conflict).all()
    assert estimates.risk[0] == estimates.score[0] > 1


@pytest.mark.parametrize(
    ("components", "kind"),
    [
        ((1, 0, 0, 0), ConflictKind.TEXTUAL),
        ((0.1, 1, 0, 0), ConflictKind.LOGICAL),
        ((0.5, 0.1, 0.5, 0), ConflictKind.RESOURCE),
        ((NAN, NAN, 0.1, 1), ConflictKind.RESOURCE),
        ((0, 0, 0, 1), None),
        ((NAN, NAN, NAN, 1), None),
    ],
)
def test_the_kind_is_that_of_the_heaviest_item_component(components, kind):
    assert KIND_CODES[estimate(*components).kind[0]] == kind
    assert kind is None or kind in COUNTED_BY_DEFAULT


def test_all_four_components_are_shares_of_what_the_texts_name():
    text = "Fix src/billing/tax.py, POST /orders and the `invoices` table"
    asked = workspace({"id": "a", "title": text}, {"id": "b", "title": text})
    (scored,) = asked.score()
    # Both touch each item with probability 3/4: (9/16) / (3/4 + 3/4 - 9/16) = 3/5.
    assert scored.features.values[0] == pytest.approx([0.6, 0.6, 0.6, 1.0])
    assert scored.estimates.score[0] == pytest.approx(0.6 * 1.2 + 0.2)
