"""The laws of the estimator contract, over every estimator."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from taskpar_ml.domain.estimates import KIND_CODES
from taskpar_ml.domain.scored import PairFeatures
from taskpar_ml.errors import SettingsError
from taskpar_ml.estimators.boosting import BoostedTrees, Lesson, TreeSettings
from taskpar_ml.estimators.calibration import LogitLine
from taskpar_ml.estimators.catalogue import ESTIMATORS, estimator_named
from taskpar_ml.estimators.constant import ConstantEstimator
from taskpar_ml.estimators.pair_model import PairModel
from taskpar_ml.features.vectorizer import PairVectorizer
from taskpar_ml.policy.settings import PlanSettings
from taskpar_ml.predicting import LEARNED
from tests.support.strategies import LAW

NAMES = tuple(column.name for column in PairVectorizer().columns)
SHARES = st.one_of(st.just(float("nan")), st.floats(0, 1))


@st.composite
def features(draw, *, least=0):
    rows = draw(st.integers(least, 8))
    values = draw(arrays(np.float64, (rows, len(NAMES)), elements=SHARES))
    return PairFeatures(NAMES, values)


def columns(estimates):
    return estimates.p_conflict, estimates.score, estimates.kind, estimates.spread


def learned() -> PairModel:
    random = np.random.default_rng(0)
    values = random.random((300, len(NAMES))).astype(np.float32)
    truth = (values.sum(axis=1) + random.normal(0, 0.3, 300) > 2.2).astype(np.float32)
    values[random.random(values.shape) < 0.1] = np.nan
    settings = TreeSettings(trees=10, least_rows=5)
    trees = BoostedTrees.grown(NAMES, [Lesson.plain(values, truth)], settings)
    return PairModel("learned-1", (trees, trees), LogitLine(-0.5, 1.2))


@pytest.fixture(params=[*sorted(ESTIMATORS), "learned"], scope="module")
def estimator(request):
    return learned() if request.param == "learned" else estimator_named(request.param)


@LAW
@given(given_features=features())
def test_there_are_as_many_rows_out_as_in(estimator, given_features):
    rows = (len(given_features.values),)
    assert all(column.shape == rows for column in columns(estimator.estimate(given_features)))


@LAW
@given(given_features=features(least=2), chance=st.randoms())
def test_a_row_depends_on_its_own_features_only(estimator, given_features, chance):
    order = list(range(len(given_features.values)))
    chance.shuffle(order)
    chosen = order[: len(order) - 1]
    some = PairFeatures(NAMES, given_features.values[chosen])
    whole = columns(estimator.estimate(given_features))
    for part, column in zip(columns(estimator.estimate(some)), whole, strict=True):
        assert part.tobytes() == column[chosen].tobytes()


@LAW
@given(given_features=features())
def test_probabilities_are_probabilities_and_scores_are_not_negative(estimator, given_features):
    p_conflict, score, kind, spread = columns(estimator.estimate(given_features))
    assert np.all(np.isnan(p_conflict) | ((p_conflict >= 0) & (p_conflict <= 1)))
    assert np.all(np.isnan(score) | ((score >= 0) & np.isfinite(score)))
    assert np.all(np.isnan(spread) | ((spread >= 0) & (spread <= 0.5)))
    assert np.all((kind >= 0) & (kind < len(KIND_CODES)))


def test_a_pair_of_which_nothing_is_known_cannot_be_scored(estimator):
    nothing = PairFeatures(NAMES, np.full((2, len(NAMES)), np.nan))
    estimates = estimator.estimate(nothing)
    if isinstance(estimator, ConstantEstimator):
        assert np.all(estimates.risk == estimator.p_conflict)
    else:
        assert np.isnan(estimates.p_conflict).all()
        assert np.isnan(estimates.score).all()
        assert np.isnan(estimates.risk).all()


@LAW
@given(given_features=features())
def test_features_are_not_changed(estimator, given_features):
    before = given_features.values.copy()
    given_features.values.flags.writeable = False
    estimator.estimate(given_features)
    assert given_features.values.tobytes() == before.tobytes()


def test_a_name_carries_a_version(estimator):
    stem, _, version = estimator.name.rpartition("-")
    assert stem
    assert version.isdigit()


def test_an_unknown_estimator_is_refused_with_those_that_exist():
    with pytest.raises(SettingsError, match=r"'learned' is unknown\. Known: fixed-weights, always"):
        estimator_named("learned")


def test_settings_know_exactly_the_estimators_of_the_catalogue():
    allowed = PlanSettings.model_json_schema()["properties"]["estimator"]["enum"]
    assert sorted(allowed) == sorted([*ESTIMATORS, LEARNED])
