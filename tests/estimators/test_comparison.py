"""Models on the same pairs, with paired intervals."""

from __future__ import annotations

import numpy as np
import pytest

from taskpar_ml.estimators.comparison import MEASURES, Comparison, JudgedPairs
from taskpar_ml.estimators.pair_metrics import RankedPairs


def repository(seed: int, *, batches: int = 12, size: int = 60) -> JudgedPairs:
    random = np.random.default_rng(seed)
    truth = random.random(batches * size) < 0.1
    noise = random.normal(size=truth.size)
    scores = {
        "good": truth + noise,
        "better": 3 * truth + noise,
        "blind": random.random(truth.size),
    }
    return JudgedPairs(truth, np.repeat(np.arange(batches), size), scores)


REPOSITORIES = [repository(seed) for seed in range(3)]
COMPARISON = Comparison(REPOSITORIES, resamples=200)


def test_a_value_is_the_mean_over_repositories():
    for measure, found in (("AUC", RankedPairs.auc), ("AP", RankedPairs.average_precision)):
        alone = [found(RankedPairs.of(each.truth, each.scores["good"])) for each in REPOSITORIES]
        assert COMPARISON.value("good", measure).value == pytest.approx(np.mean(alone))
        single = COMPARISON.single("good", measure)
        assert [each.value for each in single] == pytest.approx(alone)
    rate = np.mean([each.truth.mean() for each in REPOSITORIES])
    lift, precision = (COMPARISON.value("good", name).value for name in ("lift", "AP"))
    assert lift == pytest.approx(precision / rate, rel=0.2)


@pytest.mark.parametrize("measure", MEASURES)
def test_who_is_better_is_seen_to_be_better(measure):
    assert COMPARISON.difference("better", "good", measure).is_above_zero
    assert not COMPARISON.difference("good", "better", measure).is_above_zero
    assert COMPARISON.ratio("better", "good", measure).low > 1
    value = COMPARISON.value("good", measure)
    assert value.low < value.value < value.high


def test_nobody_is_better_than_themselves_in_any_resample():
    assert COMPARISON.difference("good", "good", "AUC") == (0, 0, 0)


def test_differences_are_paired():
    """The interval of a difference is narrower than what two single intervals would tell."""
    slightly = [
        JudgedPairs(each.truth, each.batch, {**each.scores, "same": each.scores["good"] + 1e-9})
        for each in REPOSITORIES
    ]
    assert Comparison(slightly, resamples=50).difference("same", "good", "AP") == (0, 0, 0)


def test_what_a_model_cannot_say_counts_as_the_riskiest():
    truth = np.array([True, False] * 20)
    unknown = np.where(truth, np.nan, 0.5)
    judged = JudgedPairs(truth, np.arange(40) // 10, {"model": unknown})
    assert Comparison([judged], resamples=5).value("model", "AUC").value == 1.0


def test_the_same_seed_draws_the_same_batches():
    again = Comparison(REPOSITORIES, resamples=200)
    assert again.value("good", "AP") == COMPARISON.value("good", "AP")
    assert Comparison(REPOSITORIES, resamples=200, seed=1).value("good", "AP") != again.value(
        "good", "AP"
    )


def test_every_repository_can_be_told_apart():
    differences = COMPARISON.single_difference("better", "blind", "AUC")
    assert len(differences) == 3
    assert all(each.is_above_zero for each in differences)
    assert COMPARISON.models == ("good", "better", "blind")


def test_a_resample_without_conflicts_is_left_out():
    """A third of all resamples lack the only batch with a conflict."""
    truth = np.zeros(50, dtype=bool)
    truth[:2] = True
    judged = JudgedPairs(truth, np.arange(50) // 10, {"good": truth * 1.0})
    comparison = Comparison([judged], resamples=100)
    for found in (comparison.value("good", "AUC"), *comparison.single("good", "AP")):
        assert found == (1, 1, 1)


def test_a_resample_without_pairs_is_left_out():
    truth = np.array([True, False])
    judged = JudgedPairs(truth, np.array([4, 4]), {"good": truth * 1.0})
    found = Comparison([judged], resamples=100).value("good", "lift")
    assert found == (2, 2, 2)


def test_where_no_resample_has_a_conflict_there_is_no_interval():
    truth = np.zeros(40, dtype=bool)
    truth[0] = True
    judged = JudgedPairs(truth, np.arange(40), {"good": truth * 1.0})
    seed = next(
        seed
        for seed in range(20)
        if np.random.default_rng(seed).integers(0, 40, size=(1, 40)).all()
    )
    found = Comparison([judged], resamples=1, seed=seed).value("good", "AUC")
    assert found.value == 1
    assert np.isnan([found.low, found.high]).all()
