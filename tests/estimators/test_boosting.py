"""Trees behind the adapter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from taskpar_ml.errors import ModelError
from taskpar_ml.estimators import boosting
from taskpar_ml.estimators.boosting import BoostedTrees, Lesson, TreeSettings

SETTINGS = TreeSettings(trees=20, leaves=7, least_rows=5)
COLUMNS = ("risky", "safe", "noise")


def lesson(seed: int, *, rows: int = 400) -> Lesson:
    random = np.random.default_rng(seed)
    values = random.random((rows, len(COLUMNS))).astype(np.float32)
    truth = (values[:, 0] - values[:, 1] + random.normal(0, 0.2, rows) > 0.3).astype(np.float32)
    values[random.random(values.shape) < 0.05] = np.nan
    return Lesson.plain(values, truth)


@pytest.fixture(scope="module")
def trees() -> BoostedTrees:
    return BoostedTrees.grown(COLUMNS, [lesson(1), lesson(2)], SETTINGS)


def test_what_is_learned_is_found_again_elsewhere(trees):
    other = lesson(3)
    told = trees.probability(other.values)
    assert told[other.truth == 1].mean() > told[other.truth == 0].mean() + 0.2
    assert ((told > 0) & (told < 1)).all()


def test_trees_read_back_from_their_text_say_the_same_to_the_bit(trees):
    again = BoostedTrees(trees.columns, trees.text)
    values = lesson(4).values
    assert np.array_equal(again.margin(values), trees.margin(values))
    assert again == trees


def test_growing_twice_gives_the_same_trees(trees):
    assert BoostedTrees.grown(COLUMNS, [lesson(1), lesson(2)], SETTINGS).text == trees.text


def test_a_row_does_not_depend_on_the_others(trees):
    values = lesson(5).values
    together = trees.margin(values)
    alone = np.concatenate([trees.margin(values[[row]]) for row in range(len(values))])
    assert np.array_equal(together, alone)


def test_many_rows_are_told_what_few_are(trees, monkeypatch):
    values = lesson(5).values
    alone = trees.margin(values), trees.contributions(values)
    monkeypatch.setattr(boosting, "_MANY", 1)
    assert np.array_equal(trees.margin(values), alone[0])
    assert np.array_equal(trees.contributions(values), alone[1])


def test_more_of_what_rises_is_never_less_of_a_chance():
    rising = BoostedTrees.grown(COLUMNS, [lesson(1)], SETTINGS, rising=(1, -1, 0))
    grid = np.linspace(0, 1, 50, dtype=np.float32)
    for column, sign in ((0, 1), (1, -1)):
        values = np.full((50, 3), 0.5, dtype=np.float32)
        values[:, column] = grid
        assert (np.diff(rising.margin(values)) * sign >= 0).all()


def test_contributions_add_up_to_the_log_odds(trees):
    values = lesson(6).values
    told = trees.contributions(values)
    assert told.shape == (len(values), len(COLUMNS) + 1)
    assert told.sum(axis=1) == pytest.approx(trees.margin(values))


def test_a_lesson_counts_once_however_many_rows_it_has():
    """A large lesson that says the opposite does not outvote two small ones."""
    large = lesson(1, rows=4_000)
    opposite = replace(large, truth=1 - large.truth)
    trees = BoostedTrees.grown(COLUMNS, [opposite, lesson(2), lesson(3)], SETTINGS)
    other = lesson(4)
    told = trees.probability(other.values)
    assert told[other.truth == 1].mean() > told[other.truth == 0].mean()


def test_what_is_unknown_is_not_learned_from(trees):
    first = lesson(1)
    more = Lesson(
        np.concatenate([first.values, first.values]),
        np.concatenate([first.truth, np.full(400, np.nan, dtype=np.float32)]),
        np.concatenate([first.weight, first.weight]),
    )
    assert BoostedTrees.grown(COLUMNS, [more, lesson(2)], SETTINGS).text == trees.text


def test_nothing_is_said_of_no_rows(trees):
    nothing = np.empty((0, 3), dtype=np.float32)
    assert trees.margin(nothing).shape == (0,)
    assert trees.contributions(nothing).shape == (0, 4)


@pytest.mark.parametrize("truth", [0.0, 1.0, np.nan])
def test_one_outcome_alone_teaches_nothing(truth):
    alone = replace(lesson(1), truth=np.full(400, truth, dtype=np.float32))
    with pytest.raises(ModelError, match=r"rows to learn from: hold no row of one"):
        BoostedTrees.grown(COLUMNS, [alone], SETTINGS)


def test_what_is_no_model_is_refused():
    with pytest.raises(ModelError, match="cannot be read"):
        BoostedTrees(COLUMNS, "tree\nbroken").margin(np.zeros((1, 3)))
