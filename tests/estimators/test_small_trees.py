"""Trees of few leaves answer as LightGBM does, to the bit, and leave all others to it."""

from __future__ import annotations

import re

import lightgbm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lightgbm.basic import LightGBMError
from numpy.typing import NDArray

from taskpar_ml.estimators.boosting import BoostedTrees, Lesson, TreeSettings
from taskpar_ml.estimators.small_trees import SmallTrees

COLUMNS = ("risky", "safe", "whole", "noise")
EDGES = (np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-36, -1e-36, 5e-35, -5e-35, 1e30)


def grown(seed: int, *, leaves: int = 6, known: bool = False) -> BoostedTrees:
    random = np.random.default_rng(seed)
    values = random.normal(size=(600, len(COLUMNS))).astype(np.float32)
    values[:, 2] = random.integers(-2, 3, size=600)
    truth = (values[:, 0] - values[:, 1] * values[:, 2] + random.normal(0, 0.3, 600) > 0.3) * 1.0
    if not known:
        values[random.random(values.shape) < 0.2] = np.nan
    shape = TreeSettings(trees=40, leaves=leaves, least_rows=8, learning_rate=0.2, seed=seed)
    lesson = Lesson.plain(values, truth.astype(np.float32))
    return BoostedTrees.grown(COLUMNS, [lesson], shape, rising=(1, -1, 0, 0))


def rows(trees: BoostedTrees, count: int, seed: int = 0) -> NDArray[np.float64]:
    """Return rows of which many stand at a threshold, beside it, or at the edge of numbers."""
    random = np.random.default_rng(seed)
    lines = re.findall(r"^threshold=(.*)$", trees.text, re.MULTILINE)
    thresholds = np.array([float(each) for line in lines for each in line.split()])
    values = random.normal(size=(count, len(COLUMNS)))
    at = random.choice(thresholds, size=values.shape)
    kind = random.random(values.shape)
    values = np.where(kind < 0.5, at, values)
    values = np.where(kind < 0.2, np.nextafter(at, np.inf), values)
    return np.where(kind < 0.1, random.choice(EDGES, size=values.shape), values)


def by_lightgbm(trees: BoostedTrees, values: NDArray[np.float64]) -> NDArray[np.float64]:
    found = lightgbm.Booster(model_str=trees.text).predict(values, raw_score=True, num_threads=1)
    return np.asarray(found)


def same(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    return one.tobytes() == other.tobytes()


@pytest.mark.parametrize("leaves", [2, 3, 6, 9])
@pytest.mark.parametrize("known", [False, True], ids=["with gaps", "without gaps"])
def test_the_answers_are_those_of_lightgbm_to_the_bit(leaves, known):
    trees = grown(leaves, leaves=leaves, known=known)
    values = rows(trees, 3_000)
    small = SmallTrees.read(trees.text)
    assert small is not None
    assert same(small.margin(values), by_lightgbm(trees, values))
    narrow = values.astype(np.float32)
    assert same(small.margin(narrow), by_lightgbm(trees, narrow))


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_other_trees_and_other_rows_are_answered_alike(seed):
    trees = grown(seed, leaves=2 + seed % 8, known=seed % 3 == 0)
    values = rows(trees, 200, seed)
    assert same(SmallTrees.read(trees.text).margin(values), by_lightgbm(trees, values))


def test_many_rows_are_answered_piece_by_piece_as_a_few_are():
    trees = grown(1)
    values = rows(trees, 20_000)
    parts = [trees.margin(values[begin : begin + 500]) for begin in range(0, len(values), 500)]
    assert same(trees.margin(values), np.concatenate(parts))
    assert same(trees.margin(values), by_lightgbm(trees, values))


def test_many_rows_do_not_go_through_lightgbm_and_few_do(monkeypatch):
    trees = grown(2)
    values = rows(trees, 1_000)
    told = trees.margin(values)

    def no(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(lightgbm.Booster, "predict", no)
    assert same(trees.margin(values), told)
    with pytest.raises(AssertionError):
        trees.margin(values[:999])


def test_columns_may_have_more_thresholds_than_fit_a_byte():
    """LightGBM puts no more than 255 into one model: two of them are joined."""
    texts = []
    for seed in (0, 1):
        values = np.random.default_rng(seed).random((6_000, 1)).astype(np.float32)
        truth = (np.sin(values[:, 0] * 900) > 0).astype(np.float32)
        shape = TreeSettings(trees=250, leaves=9, least_rows=2, learning_rate=0.5, shrinkage=0)
        texts.append(BoostedTrees.grown(("x",), [Lesson.plain(values, truth)], shape).text)
    first, second = (text.partition("\nend of trees") for text in texts)
    head, trees = re.sub(r"tree_sizes=.*\n", "", first[0]), second[0][second[0].index("Tree=") :]
    joined = BoostedTrees(("x",), "".join((head, "\n", trees, *first[1:])))
    small = SmallTrees.read(joined.text)
    assert small is not None
    asked = {question.threshold for tree in small.trees for question in tree.questions}
    assert len(asked) > 255
    values = np.random.default_rng(2).random((2_000, 1))
    assert len(small.trees) == 500
    assert same(small.margin(values), by_lightgbm(joined, values))


def test_trees_without_a_question_count():
    """Where nothing can be told apart, every row has the log odds of all of them."""
    lesson = Lesson.plain(np.zeros((100, 1), dtype=np.float32), np.arange(100) < 25)
    trees = BoostedTrees.grown(("x",), [lesson], TreeSettings(trees=3, leaves=6, least_rows=5))
    small = SmallTrees.read(trees.text)
    assert small is not None
    assert same(small.margin(np.zeros((4, 1))), by_lightgbm(trees, np.zeros((4, 1))))


def test_trees_of_many_leaves_are_left_to_lightgbm():
    trees = grown(3, leaves=12)
    assert SmallTrees.read(trees.text) is None
    values = rows(trees, 1_500)
    assert same(trees.margin(values), by_lightgbm(trees, values))


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("num_tree_per_iteration=1", "num_tree_per_iteration=2"),
        ("objective=", "average_output\nobjective="),
        ("num_cat=0", "num_cat=1"),
        ("is_linear=0", "is_linear=1"),
        ("decision_type=", "decision_type=1 "),
        ("left_child=", "left_child=0 "),
        ("right_child=", "child="),
        ("threshold=", "threshold=x "),
        ("num_leaves=", "num_leaves=-"),
    ],
)
def test_what_is_not_understood_is_left_to_lightgbm(written, instead):
    text = grown(4).text
    assert written in text
    assert SmallTrees.read(text.replace(written, instead, 1)) is None


@pytest.mark.parametrize("decision", [1, 4, 6, 9])
def test_questions_of_other_kinds_are_left_to_lightgbm(decision):
    text = re.sub(r"(?m)^decision_type=\d+", f"decision_type={decision}", grown(5).text, count=1)
    assert SmallTrees.read(text) is None


def test_nodes_that_lead_back_are_left_to_lightgbm():
    text = re.sub(r"(?m)^left_child=\S+", "left_child=0", grown(6).text, count=1)
    assert SmallTrees.read(text) is None


def test_rows_of_other_columns_are_refused_however_many_they_are():
    trees = grown(7)
    for count in (1, 2_000):
        with pytest.raises(LightGBMError):
            trees.margin(np.zeros((count, len(COLUMNS) + 1)))
