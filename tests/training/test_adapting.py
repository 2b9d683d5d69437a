"""A model made one repository's own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from taskpar_ml.estimators.pair_metrics import RankedPairs
from taskpar_ml.training import adapting
from taskpar_ml.training.adapting import LEAST_SEARCHED, Adaptation, Way
from taskpar_ml.training.general import PairMaterial, learned_model
from taskpar_ml.training.lessons import PAIR_SETTINGS
from taskpar_ml.training.pair_rows import PairRows
from tests.support.learned import BATCHES
from tests.support.pair_material import COLUMNS, blind_ranker, material, told


@pytest.fixture(scope="module")
def model():
    with pytest.MonkeyPatch.context() as patched:
        few = PAIR_SETTINGS.model_copy(update={"trees": 60})
        patched.setattr("taskpar_ml.training.general.PAIR_SETTINGS", few)
        rows = {name: material(seed) for seed, name in enumerate("abcdef")}
        return learned_model("made-1", blind_ranker(), rows, effort=None, facts={})


def peculiar(seed: int) -> PairMaterial:
    """Return rows of a repository in which texts that are alike conflict."""
    found = material(seed)
    random = np.random.default_rng(seed + 1000)
    values = found.pairs.values
    # Every telling says the same, so that the pattern is there to be seen in each of them.
    values[..., COLUMNS.index("semantic")] = values[:, :1, :, COLUMNS.index("semantic")]
    alike = values[:, 0, :, COLUMNS.index("semantic")] > 0.8
    struck = alike & (random.random(alike.shape) < 0.6)
    truth = np.where(struck, 1, found.labels.counted).astype(np.float32)
    return PairMaterial(found.pairs, replace(found.labels, counted=truth))


def adapted(model, found: PairMaterial, **options) -> Adaptation:
    return adapting.adapted(model, found.pairs, found.labels.counted, **options)


def auc(model, found: PairMaterial) -> float:
    return RankedPairs.of(found.labels.counted.reshape(-1) > 0, told(model, found)).auc()


def test_an_adapted_model_knows_how_often_tasks_conflict_there(model):
    found = material(50, level=0.3)
    adaptation = adapted(model, found, until=0.5)
    assert adaptation.way is Way.CALIBRATED, "it conflicts far more often there"
    own = adaptation.model
    later = found.labels.counted[BATCHES // 2 :].mean()
    before, after = (told(each, found).mean() for each in (model, own))
    assert abs(after - later) < abs(before - later) / 4
    assert own.ranker is model.ranker
    assert own.pairs.members == model.pairs.members


def test_a_pair_told_more_often_weighs_no_more(model):
    found = material(53, level=0.3)
    twice = PairRows(COLUMNS, np.repeat(found.pairs.values, 2, axis=1))
    once, again = (
        adapted(model, each, until=0.5).model.pairs.line
        for each in (found, PairMaterial(twice, found.labels))
    )
    assert once != model.pairs.line
    assert (again.intercept, again.slope) == pytest.approx((once.intercept, once.slope))


def test_what_happens_afterwards_adapts_nothing(model):
    found = material(51)
    end = BATCHES // 2
    later = found.labels.counted.copy()
    later[end:] = 1 - later[end:]
    other = PairMaterial(found.pairs, replace(found.labels, counted=later))
    assert adapted(model, found, until=0.5) == adapted(model, other, until=0.5)


def test_without_batches_a_model_stays_what_it_was(model):
    same = adapted(model, material(52), until=0.0)
    assert same == Adaptation(model, Way.AS_IT_IS, batches=0, pairs=0, conflicts=0)


def test_what_is_peculiar_to_a_repository_is_learned_from_its_past(model):
    found, later = peculiar(60), peculiar(61)
    adaptation = adapted(model, found)
    assert adaptation.way in (Way.OWN_TREES, Way.CALIBRATED)
    assert auc(adaptation.model, later) > auc(model, later) + 0.05
    assert adaptation.model.pairs.members == model.pairs.members
    assert adaptation.conflicts == int(found.labels.counted.sum())
    assert adaptation.pairs == found.labels.counted.size


def test_few_batches_are_learned_from_unsearched(model):
    share = (LEAST_SEARCHED - 1) / BATCHES
    adaptation = adapted(model, peculiar(62), until=share)
    assert (adaptation.way, adaptation.tried) == (Way.OWN_TREES, ())
    assert adaptation.batches < LEAST_SEARCHED


def test_where_the_past_misleads_the_model_stays_as_it_is(model):
    found = peculiar(63)
    alike = found.pairs.values[:, 0, :, COLUMNS.index("semantic")] > 0.8
    early = (np.arange(BATCHES) < 0.4 * BATCHES)[:, None]
    truth = np.where(alike, early, found.labels.counted).astype(np.float32)
    adaptation = adapted(model, PairMaterial(found.pairs, replace(found.labels, counted=truth)))
    assert adaptation.way is Way.AS_IT_IS
    assert adaptation.model is model
    by_way = {each.way: each for each in adaptation.tried}
    assert by_way[Way.AS_IT_IS].difference == 0
    assert by_way[Way.OWN_TREES].difference > 2 * by_way[Way.OWN_TREES].error > 0


def test_of_one_outcome_alone_nothing_is_learned(model):
    found = material(64)
    for value in (0.0, 1.0):
        same = np.full_like(found.labels.counted, value)
        rows = PairMaterial(found.pairs, replace(found.labels, counted=same))
        assert adapted(model, rows).model is model


def test_pairs_of_unknown_outcome_change_nothing(model):
    found = peculiar(65)
    truth = found.labels.counted.copy()
    truth[:, ::2] = np.nan
    unknown = PairMaterial(found.pairs, replace(found.labels, counted=truth))
    values = np.delete(found.pairs.values, slice(None, None, 2), axis=2)
    fewer = PairMaterial(PairRows(COLUMNS, values), replace(found.labels, counted=truth[:, 1::2]))
    assert adapted(model, unknown).model == adapted(model, fewer).model


def test_what_counts_more_is_learned_more_of(model):
    found = peculiar(66)
    alike = found.pairs.values[:, 0, :, COLUMNS.index("semantic")] > 0.8
    later, share = peculiar(67), (LEAST_SEARCHED - 1) / BATCHES
    told_of = []
    for much in (0.1, 1.0, 3.0):
        weight = np.where(alike, much, 1).astype(np.float32)
        own = adapted(model, found, weight=weight, until=share).model
        new = later.pairs.values[:, 0, :, COLUMNS.index("semantic")] > 0.8
        told_of.append(told(own, later).reshape(new.shape)[new].mean())
    assert told_of == sorted(told_of)
    assert told_of[2] > told_of[0] * 1.2


def test_what_cannot_be_tried_is_not_said_to_have_been(model):
    found = peculiar(68)
    truth = found.labels.counted.copy()
    truth[: int(BATCHES * 0.9)] = 0
    adaptation = adapted(model, PairMaterial(found.pairs, replace(found.labels, counted=truth)))
    assert (adaptation.way, adaptation.tried) == (Way.OWN_TREES, ())


def test_of_too_few_pairs_no_tree_grows_and_the_model_stays(model):
    found = peculiar(69)
    few = PairRows(COLUMNS, found.pairs.values[:1, :, :30])
    counted = found.labels.counted[:1, :30]
    assert 0 < counted.sum() < counted.size
    assert adapting.adapted(model, few, counted).model is model
