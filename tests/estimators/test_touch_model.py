"""Who ranks files, with and without being told what texts mean."""

from __future__ import annotations

import numpy as np
import pytest

from taskpar_ml.estimators.touch_model import SeeingTrees, TouchModel
from taskpar_ml.footprints.candidates import BLIND_COLUMNS, CANDIDATE_COLUMNS
from taskpar_ml.footprints.meanings import MEANING_COLUMNS
from taskpar_ml.sentence_encoder import MINILM
from tests.estimators.test_model_folder import VALUES, grown
from tests.support.encoders import needs_extra

MEANT = [list(CANDIDATE_COLUMNS).index(name) for name in MEANING_COLUMNS]
REST = [list(CANDIDATE_COLUMNS).index(name) for name in BLIND_COLUMNS]
BLIND = TouchModel("files-1", grown(BLIND_COLUMNS))
SEEING = TouchModel(
    "files-1", BLIND.trees, seeing=SeeingTrees(grown(tuple(CANDIDATE_COLUMNS), 1), MINILM)
)
UNTOLD = VALUES.copy()
UNTOLD[:, MEANT] = np.nan


def test_what_texts_mean_is_asked_where_it_is_told():
    told = SEEING.p_touch(VALUES)
    assert told == pytest.approx(SEEING.seeing.trees.probability(VALUES))
    assert not np.array_equal(told, BLIND.p_touch(VALUES))


def test_without_it_the_answer_is_as_if_nobody_had_learned_of_it():
    assert np.array_equal(SEEING.p_touch(UNTOLD), BLIND.p_touch(UNTOLD))
    assert BLIND.p_touch(UNTOLD) == pytest.approx(BLIND.trees.probability(VALUES[:, REST]))


def test_a_row_is_answered_by_itself():
    mixed = np.where(np.arange(len(VALUES))[:, None] % 2, VALUES, UNTOLD)
    said = SEEING.p_touch(mixed)
    assert np.array_equal(said[1::2], SEEING.p_touch(VALUES)[1::2])
    assert np.array_equal(said[::2], BLIND.p_touch(UNTOLD)[::2])
    assert SEEING.p_touch(VALUES[:0]).shape == (0,)


@needs_extra
@pytest.mark.parametrize(("switch", "asked"), [("on", True), ("off", False)])
def test_an_encoder_is_asked_for_where_it_is_switched_on(monkeypatch, switch, asked):
    monkeypatch.setenv("TASKPAR_SEMANTIC", switch)
    assert (SEEING.encoder is not None) == asked
    assert BLIND.encoder is None
