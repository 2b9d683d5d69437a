"""The sentence encoder of the ``semantic`` extra."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from taskpar_ml import sentence_encoder
from taskpar_ml.errors import EncoderError, SettingsError
from taskpar_ml.footprints.meanings import cosines
from taskpar_ml.sentence_encoder import MINILM, MiniLm, installed_encoder
from tests.support.encoders import needs_extra


@pytest.fixture
def switched_on(monkeypatch):
    monkeypatch.delenv("TASKPAR_SEMANTIC")


def test_it_can_be_switched_off():
    assert installed_encoder(MINILM) is None, "as for all other tests"


def test_an_unknown_switch_is_an_error(monkeypatch):
    monkeypatch.setenv("TASKPAR_SEMANTIC", "no")
    with pytest.raises(SettingsError, match=r"TASKPAR_SEMANTIC: must be on or off. Got 'no'"):
        installed_encoder(MINILM)


def test_there_is_none_of_another_name(switched_on):
    assert installed_encoder("psychic-1") is None
    assert installed_encoder(None) is None


def test_there_is_none_without_its_packages(switched_on, monkeypatch):
    monkeypatch.setattr(sentence_encoder, "PACKAGES", ("json", "no_such_package"))
    assert installed_encoder(MINILM) is None


def test_packages_that_cannot_be_loaded_are_an_error_with_a_cure(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    with pytest.raises(EncoderError, match=r"cannot be loaded.*TASKPAR_SEMANTIC=off"):
        MiniLm().encode("text")


@needs_extra
def test_what_means_the_same_is_near(switched_on):
    encoder = installed_encoder(MINILM)
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
