"""A forest over features of pairs."""

from __future__ import annotations

import numpy as np
import pytest

from taskpar_ml.errors import ModelError
from taskpar_ml.evaluation.git_forest import GitForest

RANDOM = np.random.default_rng(3)
VALUES = RANDOM.random((400, 3))
TRUTH = (VALUES[:, 1] > 0.9).astype(np.float32)


def test_the_forest_ranks_by_what_it_learned():
    told = GitForest.grown([VALUES], [TRUTH], balanced=False).probability(VALUES)
    assert told.shape == (400,)
    assert ((told >= 0) & (told <= 1)).all()
    assert told[TRUTH > 0].min() > told[TRUTH == 0].max()


def test_pairs_of_unknown_label_are_not_learned_from():
    unknown = np.where(np.arange(400) % 2, TRUTH, np.nan)
    known = np.arange(400) % 2 == 1
    one = GitForest.grown([VALUES], [unknown], balanced=False)
    other = GitForest.grown([VALUES[known]], [TRUTH[known]], balanced=False)
    assert np.array_equal(one.probability(VALUES), other.probability(VALUES))


def test_batches_are_learned_from_together_and_the_seed_decides():
    whole = GitForest.grown([VALUES], [TRUTH], balanced=False).probability(VALUES)
    parts = np.split(VALUES, 4), np.split(TRUTH, 4)
    again = GitForest.grown(*parts, balanced=False).probability(VALUES)
    assert np.array_equal(whole, again)
    other = GitForest.grown([VALUES], [TRUTH], balanced=False, seed=1).probability(VALUES)
    assert not np.array_equal(whole, other)


def test_balanced_conflicts_are_as_probable_as_the_rest():
    noise = RANDOM.random((2000, 1))
    truth = (RANDOM.random(2000) < 0.1).astype(np.float32)
    plain, balanced = (
        GitForest.grown([noise], [truth], balanced=each).probability(RANDOM.random((500, 1))).mean()
        for each in (False, True)
    )
    assert plain == pytest.approx(0.1, abs=0.05)
    assert balanced > 2 * plain


@pytest.mark.parametrize("labels", [np.zeros(400), np.ones(400), np.full(400, np.nan)])
def test_one_outcome_is_not_enough(labels):
    with pytest.raises(ModelError, match="no pair of one of the two outcomes"):
        GitForest.grown([VALUES], [labels], balanced=True)
    with pytest.raises(ModelError, match="0 pairs to learn from"):
        GitForest.grown([], [], balanced=True)


def test_no_pairs_have_no_probabilities():
    assert len(GitForest.grown([VALUES], [TRUTH], balanced=False).probability(VALUES[:0])) == 0
