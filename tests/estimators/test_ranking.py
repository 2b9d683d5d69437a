"""Measures of a ranking."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from taskpar_ml.estimators.ranking import ndcg_at, recall_at
from tests.support.strategies import LAW

ITEMS = "abcdefghijkl"


@pytest.mark.parametrize(("k", "expected"), [(1, 0.5), (2, 0.5), (3, 1.0), (99, 1.0)])
def test_recall_counts_what_is_among_the_first(k, expected):
    assert recall_at(["a", "x", "b"], {"a", "b"}, k) == expected


@LAW
@given(st.permutations(ITEMS), st.sets(st.sampled_from(ITEMS), min_size=1), st.integers(2, 12))
def test_ndcg_is_that_of_scikit_learn(ranked, relevant, k):
    truth = [[item in relevant for item in ranked]]
    score = [list(range(len(ranked), 0, -1))]
    expected = ndcg_score(truth, score, k=k, ignore_ties=True)
    # Theirs compares with the best ranking of these items, ours with all that is relevant.
    assert ndcg_at(ranked, relevant, k) == pytest.approx(expected)


def test_a_ranking_that_lacks_items_can_not_be_perfect():
    assert ndcg_at(["a"], {"a", "b"}, 10) < 1
    assert ndcg_at([], {"a"}, 10) == 0
