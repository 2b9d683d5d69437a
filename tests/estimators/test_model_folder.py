"""Models on disk: what is saved is loaded to the bit, and nothing else is."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from taskpar_ml.errors import ModelFileError
from taskpar_ml.estimators.boosting import BoostedTrees, Lesson, TreeSettings
from taskpar_ml.estimators.calibration import LogitLine
from taskpar_ml.estimators.model_folder import MANIFEST, load_touch_model, save_touch_model
from taskpar_ml.estimators.touch_model import TouchModel
from taskpar_ml.footprints.candidates import CANDIDATE_COLUMNS
from taskpar_ml.footprints.word_links import WordLinks, in_steps

RANDOM = np.random.default_rng(0)
VALUES = RANDOM.random((500, len(CANDIDATE_COLUMNS))).astype(np.float32)
LINKS = WordLinks(
    np.sort(RANDOM.integers(0, 2**32, 40, dtype=np.uint32)),
    np.sort(RANDOM.integers(0, 2**32, 7, dtype=np.uint32)),
    in_steps(RANDOM.normal(0, 2, (40, 7))),
)


@pytest.fixture(scope="module")
def model() -> TouchModel:
    truth = (VALUES[:, 0] + VALUES[:, 1] > 1.2).astype(np.float32)
    trees = BoostedTrees.grown(
        tuple(CANDIDATE_COLUMNS), [Lesson.plain(VALUES, truth)], TreeSettings(trees=5)
    )
    return TouchModel("made-1", trees, LINKS, LogitLine(-0.25, 1.125))


@pytest.fixture
def folder(model, tmp_path) -> Path:
    save_touch_model(model, tmp_path / "model")
    return tmp_path / "model"


def changed(folder: Path, **values: object) -> None:
    body = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps({**body, **values}))


def test_what_is_loaded_says_the_same_to_the_bit(model, folder):
    again = load_touch_model(folder)
    assert again.name == "made-1"
    assert again.line == model.line
    assert np.array_equal(again.p_touch(VALUES), model.p_touch(VALUES))
    assert again.links is not None
    for name in ("terms", "path_terms", "lifts"):
        assert np.array_equal(getattr(again.links, name), getattr(LINKS, name)), name


def test_saving_again_replaces_what_was_there_and_gives_the_same_bytes(model, folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    save_touch_model(load_touch_model(folder), folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_model_without_links_has_none(model, tmp_path):
    save_touch_model(TouchModel("bare-1", model.trees), tmp_path)
    assert load_touch_model(tmp_path).links is None
    assert not (tmp_path / "links.json").exists()


@pytest.mark.parametrize("name", ["ranker.txt", "links.json"])
def test_a_changed_file_is_refused_by_name(folder, name):
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ModelFileError, match=rf"{name}: is not the file that the model was saved"):
        load_touch_model(folder)


@pytest.mark.parametrize("name", ["ranker.txt", "links.json", MANIFEST])
def test_a_missing_file_is_refused_by_name(folder, name):
    (folder / name).unlink()
    with pytest.raises(ModelFileError, match=rf"{name}: cannot be read: No such file"):
        load_touch_model(folder)


def test_other_columns_are_refused_by_the_first_that_differs(folder):
    names = list(CANDIDATE_COLUMNS)
    changed(folder, columns=[*names[:3], "other", *names[4:]])
    with pytest.raises(ModelFileError, match=rf"column 4 must be '{names[3]}', got 'other'"):
        load_touch_model(folder)
    changed(folder, columns=names[:-1])
    with pytest.raises(ModelFileError, match=rf"must be '{names[-1]}', got nothing"):
        load_touch_model(folder)
    changed(folder, columns=[*names, "more"])
    with pytest.raises(ModelFileError, match="columns in place of"):
        load_touch_model(folder)


@pytest.mark.parametrize("key", ["format", "terms"])
def test_another_version_is_refused_by_name(folder, key):
    changed(folder, **{key: 99})
    with pytest.raises(ModelFileError, match=rf"{key} must be 1. Got 99. Train the model again"):
        load_touch_model(folder)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "does not describe a model"),
        ('{"parts": []}', "does not describe a model"),
        ("{}", "does not describe a model"),
    ],
)
def test_a_manifest_that_is_none_is_refused(folder, text, said):
    (folder / MANIFEST).write_text(text)
    with pytest.raises(ModelFileError, match=said):
        load_touch_model(folder)


def test_a_manifest_leads_to_no_other_file(folder):
    digest = hashlib.sha256(b"secret").hexdigest()
    (folder.parent / "secret").write_bytes(b"secret")
    body = json.loads((folder / MANIFEST).read_text())
    changed(folder, parts={**body["parts"], "../secret": digest})
    with pytest.raises(ModelFileError, match=r"names an unknown file '../secret'"):
        load_touch_model(folder)


def test_links_that_do_not_fit_together_are_refused(folder):
    packed = json.loads((folder / "links.json").read_text())
    packed["terms"] = packed["path_terms"]
    content = json.dumps(packed).encode()
    (folder / "links.json").write_bytes(content)
    body = json.loads((folder / MANIFEST).read_text())
    told = hashlib.sha256(content).hexdigest()
    changed(folder, parts={**body["parts"], "links.json": told})
    with pytest.raises(ModelFileError, match="cannot be understood"):
        load_touch_model(folder)


def test_a_line_of_other_things_is_refused(folder):
    changed(folder, line=["a", 1])
    with pytest.raises(ModelFileError, match="cannot be understood"):
        load_touch_model(folder)


def test_what_is_no_file_is_refused_by_name(folder):
    (folder / "ranker.txt").unlink()
    (folder / "ranker.txt").mkdir()
    with pytest.raises(ModelFileError, match=r"ranker.txt: cannot be read: Is a directory"):
        load_touch_model(folder)
