"""The learned estimator."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import logit

from taskpar_ml.domain.estimates import KIND_CODES
from taskpar_ml.domain.scored import PairFeatures
from taskpar_ml.errors import ModelError
from taskpar_ml.estimators.boosting import BoostedTrees, Lesson, TreeSettings
from taskpar_ml.estimators.calibration import LogitLine
from taskpar_ml.estimators.pair_model import PairModel

SEEN = ("file", "meet")
NAMES = ("semantic", "meet", "api", "file", "database")


@pytest.fixture(scope="module")
def trees() -> BoostedTrees:
    random = np.random.default_rng(0)
    values = random.random((400, 2)).astype(np.float32)
    truth = (values[:, 0] > 0.6).astype(np.float32)
    return BoostedTrees.grown(
        SEEN, [Lesson.plain(values, truth)], TreeSettings(trees=40, least_rows=5)
    )


def features(*rows: dict[str, float]) -> PairFeatures:
    values = [[row.get(name, np.nan) for name in NAMES] for row in rows]
    return PairFeatures(NAMES, np.array(values))


PAIRS = features({"file": 0.9, "meet": 0.5}, {"file": 0.1, "meet": 0.5})


def test_columns_are_found_by_name_wherever_they_stand(trees):
    risky, safe = PairModel("made-1", (trees,)).estimate(PAIRS).p_conflict
    assert risky > 0.7 > 0.3 > safe
    expected = trees.probability(np.array([[0.9, 0.5], [0.1, 0.5]]))
    assert [risky, safe] == pytest.approx(expected)


def test_probabilities_are_calibrated_and_are_the_score(trees):
    plain = PairModel("made-1", (trees,)).estimate(PAIRS)
    lower = PairModel("made-1", (trees,), LogitLine(-2.0, 1.0)).estimate(PAIRS)
    assert logit(lower.p_conflict) == pytest.approx(logit(plain.p_conflict) - 2.0)
    assert np.array_equal(lower.score, lower.p_conflict)
    assert [KIND_CODES[code] for code in lower.kind] == ["textual", "textual"]


def test_how_often_pairs_of_unknown_footprints_conflict_is_told_and_is_no_score(trees):
    pairs = features({"semantic": 0.4}, {"meet": 0.2}, {"meet": 0.2, "database": 0.0})
    estimates = PairModel("made-1", (trees,)).estimate(pairs)
    assert np.isnan(estimates.p_conflict).tolist() == [True, False, False]
    assert np.isnan(estimates.score).tolist() == [True, True, False]
    assert np.isnan(estimates.risk).tolist() == [True, True, False]
    assert KIND_CODES[estimates.kind[0]] is None


def test_what_each_feature_adds_can_be_told(trees):
    told = PairModel("made-1", (trees,)).contributions(PAIRS)
    assert told.shape == (2, 3)
    assert told[0, 0] > 0 > told[1, 0]
    assert abs(told[0, 0]) > abs(told[0, 1])


def test_a_missing_feature_is_named(trees):
    few = PairFeatures(("file", "api", "database"), np.zeros((1, 3)))
    with pytest.raises(ModelError, match=r"made-1: asks for features that are not there: meet\."):
        PairModel("made-1", (trees,)).estimate(few)


def test_members_speak_together_and_their_disagreement_is_told(trees):
    random = np.random.default_rng(1)
    values = random.random((400, 2)).astype(np.float32)
    truth = (values[:, 1] > 0.6).astype(np.float32)
    other = BoostedTrees.grown(
        SEEN, [Lesson.plain(values, truth)], TreeSettings(trees=40, least_rows=5)
    )
    alone = PairModel("made-1", (trees,)).estimate(PAIRS)
    both = PairModel("made-1", (trees, other)).estimate(PAIRS)
    margins = np.stack([each.margin(PAIRS.values[:, [3, 1]]) for each in (trees, other)])
    assert logit(both.p_conflict) == pytest.approx(margins.mean(axis=0))
    assert np.isnan(alone.spread).all()
    assert both.spread[0] > 0.2, "one says yes where the other says no"
    each = 1 / (1 + np.exp(-margins))
    assert both.spread == pytest.approx(np.abs(each[0] - each[1]) / 2)
    assert both.spread[1] < both.spread[0]
    same = PairModel("made-1", (trees, trees)).estimate(PAIRS)
    assert same.spread.tolist() == [0.0, 0.0]


def test_of_a_pair_that_cannot_be_scored_there_is_no_spread(trees):
    told = PairModel("made-1", (trees, trees)).estimate(features({"semantic": 0.4}))
    assert np.isnan(told.spread).all()


def test_members_that_see_different_features_are_refused(trees):
    with pytest.raises(ModelError, match="its members see different features"):
        PairModel("made-1", (trees, BoostedTrees(("file",), trees.text)))


def test_own_trees_are_added_to_what_members_say_when_it_is_calibrated(trees):
    random = np.random.default_rng(2)
    values = random.random((400, 2)).astype(np.float32)
    truth = (values[:, 1] > 0.6).astype(np.float32)
    start = np.zeros(400)
    lesson = replace(Lesson.plain(values, truth), start=start)
    own = BoostedTrees.grown(SEEN, [lesson], TreeSettings(trees=10, least_rows=5))
    line = LogitLine(-1.0, 0.5)
    seen = PAIRS.values[:, [3, 1]]
    plain, with_own = (PairModel("made-1", (trees, trees), line, each) for each in (None, own))
    expected = logit(plain.estimate(PAIRS).p_conflict) + own.margin(seen)
    assert logit(with_own.estimate(PAIRS).p_conflict) == pytest.approx(expected)
    assert with_own.estimate(PAIRS).spread == pytest.approx(0), "members agree"
    told = with_own.contributions(PAIRS)
    assert told.sum(axis=1) + line.intercept == pytest.approx(expected)
    odd = BoostedTrees.grown(("file",), [Lesson.plain(values[:, :1], truth)], TreeSettings(trees=1))
    with pytest.raises(ModelError, match="see different features"):
        PairModel("made-1", (trees,), line, odd)


def test_trees_that_start_from_something_tell_only_what_is_to_be_added():
    random = np.random.default_rng(3)
    values = random.random((2000, 1)).astype(np.float32)
    truth = (random.random(2000) < 0.3).astype(np.float32)
    settings = TreeSettings(trees=60, leaves=4, least_rows=50)
    known = Lesson(values, truth, np.ones(2000, dtype=np.float32), np.full(2000, logit(0.3)))
    assert np.abs(BoostedTrees.grown(("x",), [known], settings).margin(values)).mean() < 0.2
    high = replace(known, start=np.full(2000, logit(0.6)))
    assert BoostedTrees.grown(("x",), [high], settings).margin(values).mean() < -0.5
    unknown = replace(known, truth=np.where(np.arange(2000) % 2, np.nan, truth).astype(np.float32))
    half = Lesson(values[::2], truth[::2], known.weight[::2], known.start[::2])
    texts = [BoostedTrees.grown(("x",), [each], settings).text for each in (unknown, half)]
    assert texts[0] == texts[1]
