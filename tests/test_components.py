"""What the features of pairs say, of one that is explained and of the riskiest of a plan."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from taskpar_ml.components import with_contributions
from taskpar_ml.domain.plan import PairReason
from taskpar_ml.estimators.boosting import BoostedTrees, Lesson, TreeSettings
from taskpar_ml.estimators.pair_model import PairModel
from taskpar_ml.predictor import ConflictPredictor
from taskpar_ml.workspace import Workspace
from tests.support.workspaces import task, workspace

SEEN = ("file", "api", "database", "semantic")
TAX = "src/billing/tax.py"


@pytest.fixture(scope="module")
def learned() -> Workspace:
    """Return tasks judged by two members that look at four features, each of which counts."""
    values = np.random.default_rng(0).random((400, 4)).astype(np.float32)
    truth = (values @ np.array([4.0, 3.0, 2.0, 1.0]) > 5).astype(np.float32)
    lessons = [Lesson.plain(values, truth)]
    members = tuple(
        BoostedTrees.grown(SEEN, lessons, TreeSettings(trees=20, least_rows=5, seed=seed))
        for seed in range(2)
    )
    shop = workspace(
        task("a", f"Fix {TAX} and GET /orders of table orders"),
        task("b", f"Round totals in {TAX} for GET /orders of table orders"),
        task("c", "Fix README.md", depends_on=["a"]),
        task("d", f"Paint {TAX}"),
        task("e", "Say README.md and docs/guide.md"),
        task("f", f"Wait for another team that changes {TAX}", status="deferred"),
    )
    predictor = ConflictPredictor(
        PairModel("tiny-1", members),
        footprints=shop.predictor.footprints,
        vectorizer=shop.predictor.vectorizer,
    )
    return replace(shop, predictor=predictor)


def test_the_riskiest_pairs_carry_what_an_explanation_says_is_strongest(learned):
    riskiest = learned.plan().riskiest
    assert len(riskiest) > 5
    for pair in riskiest:
        told = learned.explain(pair.task_a, pair.task_b)
        counted = [each for each in told.components if each.adds]
        strongest = sorted(counted, key=lambda each: -abs(each.adds))[:3]
        assert [(each.feature, each.value, each.adds) for each in pair.speaks] == [
            (each.name, each.value, each.adds) for each in strongest
        ]
        assert len(pair.speaks) == 3 < len(counted)
        assert told.decision == pair


def test_what_is_not_known_has_no_value(learned):
    values = {each.feature: each.value for pair in learned.plan().riskiest for each in pair.speaks}
    unknown = [
        each
        for pair in learned.plan().riskiest
        for each in pair.speaks
        if (pair.task_a, pair.task_b) == ("d", "e") and each.feature in ("api", "database")
    ]
    assert unknown
    assert {each.value for each in unknown} == {None}
    assert values["file"] is not None
    json.dumps(learned.plan().model_dump(mode="json"), allow_nan=False)


def test_what_adds_nothing_says_nothing(learned):
    trees = BoostedTrees.grown(
        SEEN,
        [Lesson.plain(np.zeros((50, 4), np.float32), (np.arange(50) % 2).astype(np.float32))],
        TreeSettings(trees=3, least_rows=5),
    )
    blind = ConflictPredictor(
        PairModel("blind-1", (trees,)), footprints=learned.predictor.footprints
    )
    assert {each.speaks for each in replace(learned, predictor=blind).plan().riskiest} == {()}


def test_an_estimator_that_cannot_tell_says_nothing():
    shop = workspace(task("a", f"Fix {TAX}"), task("b", f"Round totals in {TAX}"))
    (pair,) = shop.plan().riskiest
    assert pair.speaks == ()


def test_other_pairs_of_a_plan_carry_nothing(learned):
    assert {each.speaks for each in learned.plan().neighbours} <= {()}


def test_everything_is_told_in_one_call(learned, monkeypatch):
    calls = []
    told = PairModel.contributions

    def counted(self, features):
        calls.append(len(features.values))
        return told(self, features)

    monkeypatch.setattr(PairModel, "contributions", counted)
    assert calls == []
    plan = learned.plan()
    assert calls == [len(plan.riskiest)]


def test_of_no_pair_nothing_is_asked(learned):
    assert with_contributions([], None, learned.predictor) == ()
    alone = replace(learned, task_set=replace(learned.task_set, tasks=learned.task_set.tasks[:1]))
    assert alone.plan().riskiest == ()


def test_a_decision_keeps_everything_else(learned):
    (scored,) = learned.score()
    plain = PairReason(
        task_a="b",
        task_b="a",
        together=True,
        because="low-risk",
        rule="low risk",
        text="nothing in common is known",
    )
    (told,) = with_contributions([plain], scored, learned.predictor)
    assert told.model_copy(update={"speaks": ()}) == plain
    expected = learned.explain("a", "b").decision.speaks
    assert told.speaks == expected, "whichever task is named first"
