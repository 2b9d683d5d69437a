"""The tables of an evaluation, in numbers that can be worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from taskpar_ml.domain.evaluation import (
    ALL,
    CONCURRENT,
    DIFFERENT,
    Advantage,
    Evaluation,
    JudgedModel,
)
from taskpar_ml.errors import EvaluationError
from taskpar_ml.estimators.learned_model import LearnedModel
from taskpar_ml.estimators.pair_model import PairModel
from taskpar_ml.estimators.touch_model import TouchModel
from taskpar_ml.evaluation.evaluate import evaluation
from taskpar_ml.evaluation.history_scores import ADAPTED, FOREST, LEARNED, HistoryScores
from taskpar_ml.training.recall import TaskRecalls
from taskpar_ml.training.tellings import ALL_SEEN, TELLINGS
from tests.estimators.test_model_folder import grown

RULE = "rule"
TREES = grown(("file", "semantic"))
MODEL = LearnedModel(
    TouchModel("files-1", TREES),
    PairModel("made-1", (TREES,)),
    {"repositories": {"acme/known": {"tasks": 3}}, "tasks": 3},
)
NAN = float("nan")


def recalls(batch: Sequence[int], recall: Sequence[float]) -> TaskRecalls:
    values = np.array(recall, dtype=np.float64)
    return TaskRecalls(np.array(batch, dtype=np.int64), values, values / 2, np.ones(len(values)))


def history(
    textual: Sequence[Sequence[float]],
    scores: Mapping[str, Sequence[Sequence[float]]],
    *,
    name: str = "acme/shop",
    one_author: Sequence[Sequence[bool]] | None = None,
    concurrent: Sequence[Sequence[bool]] | None = None,
    found: TaskRecalls | None = None,
    counted: Sequence[Sequence[float]] | None = None,
) -> HistoryScores:
    """Return a history in which everybody says the same in every telling."""
    truth = np.array(textual, dtype=np.float32)
    nobody = np.zeros(truth.shape, dtype=bool)
    told = {who: np.array(said, dtype=np.float64) for who, said in scores.items()}
    return HistoryScores(
        name=name,
        tasks=100,
        textual=truth,
        counted=truth if counted is None else np.array(counted, dtype=np.float32),
        one_author=nobody if one_author is None else np.array(one_author),
        concurrent=nobody if concurrent is None else np.array(concurrent),
        scores=dict.fromkeys(TELLINGS, told),
        recalls={"title": {LEARNED: recalls([0], [1.0]) if found is None else found}},
    )


SHOP = history(
    [[1, 0, 0, 0], [0, 1, 0, NAN]],
    {
        LEARNED: [[0.8, 0.4, 0.2, 0.2], [0.1, 0.3, 0.5, 0.9]],
        ADAPTED: [[0.9, 0.1, 0.1, 0.1], [0.1, 0.8, 0.1, 0.9]],
        RULE: [[0, 0, 0, 0], [0, 0, 0, 0]],
    },
    one_author=[[True, False, False, False], [False, False, True, True]],
    concurrent=[[False, False, False, False], [False, True, True, False]],
    found=recalls([0, 0, 1], [1.0, 0.0, 0.8]),
)
TILL = history(
    [[1, 0, 0, 0], [1, 0, 0, 0]],
    {
        LEARNED: [[0.9, 0.1, 0.1, 0.1]] * 2,
        ADAPTED: [[0.9, 0.1, 0.1, 0.1]] * 2,
        RULE: [[1, 0, 0, 0]] * 2,
    },
    name="acme/till",
)


@pytest.fixture(scope="module")
def alone() -> Evaluation:
    return evaluation([SHOP], MODEL, resamples=20)


@pytest.fixture(scope="module")
def both() -> Evaluation:
    return evaluation([SHOP, TILL], MODEL, resamples=20)


def judged(
    found: Evaluation, model: str, *, pairs: str = ALL, repository: str | None = None
) -> JudgedModel:
    (one,) = (
        each
        for each in found.judged
        if (each.known, each.pairs, each.repository, each.model)
        == ("title", pairs, repository, model)
    )
    return one


def advantage(
    found: Evaluation, model: str, other: str, *, repository: str | None = None
) -> Advantage:
    (one,) = (
        each
        for each in found.advantages
        if (each.known, each.pairs, each.repository) == ("title", ALL, repository)
        and (each.model, each.other) == (model, other)
    )
    return one


def value(found: JudgedModel, name: str) -> float | None:
    return found.measures[name].value


def test_what_was_looked_at(both):
    shop, till = both.repositories
    assert (shop.name, shop.tasks, shop.tested) == ("acme/shop", 100, 2)
    assert (shop.pairs, shop.conflicts) == (7, 2), "the outcome of one pair is not known"
    assert (till.pairs, till.conflicts) == (8, 2)
    assert (both.model, both.resamples, both.facts) == ("made-1", 20, MODEL.facts)


def test_who_was_learned_from_is_named():
    known = history(SHOP.textual.tolist(), TILL.scores["title"], name="acme/known")
    found = evaluation([known, TILL], MODEL, resamples=2)
    assert [each.is_taught for each in found.repositories] == [True, False]


def test_measures_of_all_pairs_whose_outcome_is_known(alone):
    """0.8 stands above all five others, 0.3 above three: 8 of 10; precision 1/1 and 2/4."""
    found = judged(alone, LEARNED)
    assert value(found, "AUC") == pytest.approx(0.8)
    assert value(found, "AP") == pytest.approx(0.75)
    assert value(found, "lift") == pytest.approx(0.75 / (2 / 7))
    assert value(found, "caught at 10 %") == pytest.approx(0.35)
    squares = [0.2**2, 0.4**2, 0.2**2, 0.2**2, 0.1**2, 0.7**2, 0.5**2]
    assert value(found, "Brier") == pytest.approx(sum(squares) / 7)
    # A bin of ten each: as far from what happened as each pair is.
    off = [0.2, 0.4, 0.2, 0.2, 0.1, 0.7, 0.5]
    assert value(found, "ECE") == pytest.approx(sum(off) / 7)
    assert found.conflicts == 2
    assert value(judged(alone, RULE), "AUC") == 0.5
    assert "Brier" not in judged(alone, RULE).measures, "it tells no probabilities"


def test_means_are_over_repositories_and_not_over_pairs(both):
    assert value(judged(both, LEARNED, repository="acme/shop"), "AUC") == pytest.approx(0.8)
    assert value(judged(both, LEARNED, repository="acme/till"), "AUC") == pytest.approx(1.0)
    found = judged(both, LEARNED)
    assert value(found, "AUC") == pytest.approx(0.9)
    assert value(found, "AP") == pytest.approx((0.75 + 1) / 2)
    till = 0.1**2
    assert value(found, "Brier") == pytest.approx((1.03 / 7 + till) / 2)
    assert found.conflicts == 4


def test_an_advantage_is_a_difference_on_the_same_pairs(both, alone):
    found = advantage(alone, ADAPTED, LEARNED)
    assert found.auc.value == pytest.approx(0.2)
    assert found.ap.value == pytest.approx(0.25)
    assert found.ap_ratio.value == pytest.approx(1 / 0.75)
    mean = advantage(both, ADAPTED, LEARNED)
    assert mean.auc.value == pytest.approx(0.1)
    assert mean.ap_ratio.value == pytest.approx(1 / 0.875)
    till = advantage(both, LEARNED, RULE, repository="acme/till")
    assert (till.auc.value, till.ap.value, till.ap_ratio.value) == (0, 0, 1)
    rivals = {(each.model, each.other) for each in both.advantages}
    assert rivals == {(LEARNED, RULE), (ADAPTED, RULE), (ADAPTED, LEARNED)}


def test_pairs_of_different_authors_stand_apart(alone):
    """0.4, 0.2, 0.2, 0.1 and the conflict 0.3 are left: it stands above three of four."""
    found = judged(alone, LEARNED, pairs=DIFFERENT)
    assert found.conflicts == 1
    assert value(found, "AUC") == pytest.approx(3 / 4)
    assert value(found, "AP") == pytest.approx(1 / 2)


def test_concurrent_pairs_stand_apart_and_have_means_alone(alone):
    """The conflict is told 0.3, the other pair 0.5."""
    found = judged(alone, LEARNED, pairs=CONCURRENT)
    assert found.conflicts == 1
    assert value(found, "AUC") == 0
    assert {each.repository for each in alone.judged if each.pairs == CONCURRENT} == {None}


def test_a_repository_without_conflicts_among_the_chosen_says_nothing_of_them(both):
    assert judged(both, LEARNED, pairs=CONCURRENT).conflicts == 1
    assert value(judged(both, LEARNED, pairs=CONCURRENT), "AUC") == 0, "the shop's alone"


def test_what_a_model_cannot_say_is_certain_to_conflict():
    scores = {LEARNED: [[NAN, 0.2, 0.1, 0.0]], ADAPTED: [[0.5] * 4]}
    found = evaluation([history([[1, 0, 0, 0]], scores)], MODEL, resamples=2)
    assert value(judged(found, LEARNED), "AUC") == 1
    assert value(judged(found, LEARNED), "Brier") == pytest.approx((0.2**2 + 0.1**2) / 4)
    assert sum(each.pairs for each in found.deciles if each.model == LEARNED) == 3 * len(TELLINGS)


def test_the_riskiest_decile_and_its_interval():
    """Both batches expect one conflict of the two pairs told 0.5; one has two, the other none.

    Half of all draws hold one of the batches twice, so that the interval is from 0 to twice.
    """
    told = [[0.5, 0.5, *[0.1] * 18]] * 2
    truth = [[1, 1, *[0] * 18], [0] * 20]
    shop = history(truth, {LEARNED: told, ADAPTED: told})
    found = evaluation([shop], MODEL, resamples=200)
    last = [each for each in found.deciles if (each.decile, each.known) == (10, "title")]
    assert [each.model for each in last] == [LEARNED, ADAPTED]
    for each in last:
        assert (each.pairs, each.expected, each.observed) == (4, 2.0, 2)
        assert (each.ratio.value, each.ratio.low, each.ratio.high) == (1.0, 0.0, 2.0)
    first = [each for each in found.deciles if each.decile == 1]
    assert {each.observed for each in first} == {0}
    assert all(each.expected == pytest.approx(0.4) for each in first)
    assert len(found.deciles) == 10 * 2 * len(TELLINGS)


def test_files_are_means_over_repositories_of_means_over_tasks(both):
    (found,) = both.files
    assert (found.known, found.ranker) == ("title", LEARNED)
    assert found.recall.value == pytest.approx((0.6 + 1.0) / 2)
    assert found.gain.value == pytest.approx((0.3 + 0.5) / 2)
    assert found.held == 1
    # The shop's batches have means of 0.5 and 0.8, and one of them may be drawn twice.
    assert found.recall.low == pytest.approx((0.5 + 1.0) / 2)
    assert found.recall.high == pytest.approx((0.8 + 1.0) / 2)


def test_a_repository_whose_tasks_only_added_files_says_nothing_of_rankings():
    added = history(TILL.textual.tolist(), TILL.scores["title"], found=recalls([], []))
    (found,) = evaluation([SHOP, added], MODEL, resamples=5).files
    assert found.recall.value == pytest.approx(0.6)
    assert evaluation([added], MODEL, resamples=5).files == ()


def test_a_forest_tells_probabilities():
    shop = history(
        TILL.textual.tolist(), {**TILL.scores["title"], FOREST: [[0.9, 0.1, 0.1, 0.1]] * 2}
    )
    found = evaluation([shop], MODEL, resamples=2)
    (forest,) = (
        each
        for each in found.judged
        if (each.known, each.model) == (ALL_SEEN, FOREST)
        and (each.pairs, each.repository) == (ALL, None)
    )
    assert value(forest, "Brier") == pytest.approx(0.01)
    assert all(each.model != FOREST for each in (*found.advantages, *found.deciles))


def test_without_any_conflict_nobody_can_be_judged():
    none = history([[0, 0, NAN, 0]], {LEARNED: [[0.5] * 4], ADAPTED: [[0.5] * 4]})
    with pytest.raises(EvaluationError, match="acme/shop: no pair of the tested batches"):
        evaluation([none], MODEL)
    found = evaluation([none, TILL], MODEL, resamples=5)
    assert [each.conflicts for each in found.repositories] == [0, 2]
    assert {each.repository for each in found.judged} == {None, "acme/till"}
    assert {each.repository for each in found.deciles} == {"acme/shop", "acme/till"}


def test_probabilities_are_held_against_every_conflict_that_counts():
    textual = [[1, 0, 0, 0], [0, 0, 0, 0]]
    more = history(
        textual,
        {LEARNED: [[0.9, 0.9, 0.1, 0.1]] * 2, ADAPTED: [[0.9, 0.9, 0.1, 0.1]] * 2},
        counted=[[1, 1, 0, 0], [0, 0, 0, 0]],
    )
    found = evaluation([more], MODEL, resamples=5)
    (whole,) = (
        each
        for each in found.judged
        if (each.known, each.pairs, each.repository, each.model)
        == (TELLINGS[0], ALL, "acme/shop", LEARNED)
    )
    assert whole.conflicts == 1, "ranking is judged by text alone"
    assert whole.measures["Brier"].value == pytest.approx((6 * 0.1**2 + 2 * 0.9**2) / 8)
    deciles = [each for each in found.deciles if each.known == TELLINGS[0]]
    observed = sum(each.observed for each in deciles if each.model == LEARNED)
    assert observed == 2
