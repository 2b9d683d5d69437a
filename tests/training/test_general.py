"""A model learned from several repositories."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from taskpar_ml.errors import ModelError
from taskpar_ml.estimators.pair_metrics import RankedPairs
from taskpar_ml.features.hot_files import HotFiles
from taskpar_ml.sentence_encoder import MINILM
from taskpar_ml.training.general import (
    MEMBERS,
    PAIR_COLUMNS,
    PairMaterial,
    learned_model,
    learned_ranker,
    seeing_ranker,
)
from taskpar_ml.training.lessons import (
    DRAWN,
    LEFT_OUT,
    PAIR_SETTINGS,
    RISING,
    pair_lesson,
    ranker_lesson,
)
from taskpar_ml.training.pair_rows import PairRows
from taskpar_ml.training.tellings import TELLINGS
from tests.support.learned import BATCHES, PAIRS, made, told_meanings
from tests.support.pair_material import COLUMNS, blind_ranker, material, told

NAMES = ("a", "b", "c", "d", "e", "f")


@pytest.fixture(scope="module", autouse=True)
def fewer_trees():
    """Grow a third of the trees: what is looked at here is plain."""
    with pytest.MonkeyPatch.context() as patched:
        few = PAIR_SETTINGS.model_copy(update={"trees": 120})
        patched.setattr("taskpar_ml.training.general.PAIR_SETTINGS", few)
        yield


@pytest.fixture(scope="module")
def model():
    return learned_model(
        "made-1",
        blind_ranker(),
        {name: material(seed) for seed, name in enumerate(NAMES)},
        effort=None,
        facts={"made": "up"},
    )


def test_a_model_has_learned_what_conflicts_and_how_often(model):
    new = material(99)
    p, truth = told(model, new), new.labels.counted.reshape(-1) > 0
    assert RankedPairs.of(truth, p).auc() > 0.75
    assert p.mean() == pytest.approx(truth.mean(), rel=0.15)
    assert len(model.pairs.members) == MEMBERS
    assert model.facts == {"made": "up"}


def test_every_member_has_left_some_repositories_out(model):
    assert len({member.text for member in model.pairs.members}) == MEMBERS


def test_a_ranker_learns_which_files_are_touched():
    ranker = learned_ranker("files-1", {name: made(n) for n, name in enumerate("ab")}, {})
    new = made(9)
    p = ranker.p_touch(new.values)
    assert RankedPairs.of(new.touched, p).auc() > 0.95
    assert p.mean() == pytest.approx(new.touched.mean(), rel=0.1), "what was left out is made up"


def test_what_was_touched_is_learned_from_and_a_share_of_the_rest():
    rows = made(1)
    lesson = ranker_lesson(rows)
    assert lesson.truth.sum() == rows.touched.sum()
    others = (~rows.touched).sum()
    assert (lesson.truth == 0).sum() == pytest.approx(DRAWN * others, rel=0.1)
    assert lesson.weight[lesson.truth == 0].sum() == pytest.approx(others, rel=0.1)
    half = ranker_lesson(rows, until=0.5)
    assert half.truth.sum() == rows.touched[rows.batch < BATCHES // 2].sum()


def test_of_every_second_batch_rates_are_hidden():
    found = material(3)
    names = [column.name for column in HotFiles.columns]
    lesson = pair_lesson(found.pairs, found.labels, ("meet", *names))
    by_batch = lesson.values.reshape(BATCHES, -1, 1 + len(names))
    hidden = np.isnan(by_batch[..., 1:]).all(axis=(1, 2))
    assert hidden.tolist() == [bool(batch % 2) for batch in range(BATCHES)]
    assert not np.isnan(by_batch[..., 0]).any()
    assert not np.isnan(found.pairs.values).any(), "rows themselves stay whole"


def test_labels_stand_beside_the_newest_batches():
    found = material(4)
    few = PairRows(COLUMNS, found.pairs.values[-5:])
    lesson = pair_lesson(few, found.labels, ("meet",))
    expected = np.repeat(found.labels.counted[-5:, None], len(TELLINGS), axis=1)
    assert np.array_equal(lesson.truth, expected.reshape(-1))
    early = pair_lesson(few, found.labels, ("meet",), until=0.8)
    assert len(early.truth) == len(TELLINGS) * PAIRS


def test_columns_are_those_of_the_vectorizer():
    assert set(PAIR_COLUMNS) == set(COLUMNS) - LEFT_OUT
    assert set(COLUMNS) >= RISING


def test_from_shuffled_labels_nothing_is_learned():
    random = np.random.default_rng(0)
    shuffled = {}
    for seed, name in enumerate(NAMES):
        found = material(seed)
        truth = np.stack([random.permutation(each) for each in found.labels.counted])
        shuffled[name] = PairMaterial(found.pairs, replace(found.labels, counted=truth))
    blind = learned_model("blind-1", blind_ranker(), shuffled, effort=None, facts={})
    new = material(99)
    # Trees are held to known directions, so that even chance would rank true conflicts above .5.
    truth = np.stack([random.permutation(each) for each in new.labels.counted]).reshape(-1) > 0
    p = told(blind, new)
    assert RankedPairs.of(truth, p).auc() == pytest.approx(0.5, abs=0.03)
    assert p.std() < 0.03, "every pair is told the base rate"


def test_what_texts_mean_is_learned_besides_and_changes_nothing_else():
    rows = {name: told_meanings(made(seed)) for seed, name in enumerate(NAMES[:2])}
    ranker = learned_ranker("files-1", rows, {})
    seeing = seeing_ranker(ranker, rows)
    assert seeing.seeing is not None
    assert seeing.seeing.encoder == MINILM
    assert replace(seeing, seeing=None) == ranker
    blind = made(0)
    assert np.array_equal(seeing.p_touch(blind.values), ranker.p_touch(blind.values))
    told = told_meanings(blind)
    assert not np.array_equal(seeing.p_touch(told.values), ranker.p_touch(told.values))


def test_of_rows_that_do_not_tell_what_texts_mean_it_cannot_be_learned():
    rows = {"a/told": told_meanings(made(0)), "a/untold": made(1)}
    with pytest.raises(ModelError, match=r"a/untold: .*with TASKPAR_SEMANTIC=on"):
        seeing_ranker(learned_ranker("files-1", rows, {}), rows)
