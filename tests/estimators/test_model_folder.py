"""Models on disk: what is saved is loaded to the bit, and nothing else is."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from taskpar_ml.domain.scored import PairFeatures
from taskpar_ml.errors import ModelFileError
from taskpar_ml.estimators.boosting import BoostedTrees, Lesson, TreeSettings
from taskpar_ml.estimators.calibration import LogitLine
from taskpar_ml.estimators.effort_file import rounded
from taskpar_ml.estimators.effort_model import EffortModel
from taskpar_ml.estimators.effort_terms import COLUMNS
from taskpar_ml.estimators.learned_model import LearnedModel
from taskpar_ml.estimators.model_folder import MANIFEST, load_effort, load_model, save_model
from taskpar_ml.estimators.pair_model import PairModel
from taskpar_ml.estimators.touch_model import SeeingTrees, TouchModel
from taskpar_ml.features.vectorizer import LEARNED_EXTRACTORS, PairVectorizer
from taskpar_ml.footprints.candidates import BLIND_COLUMNS, CANDIDATE_COLUMNS
from taskpar_ml.footprints.meanings import MEANING_COLUMNS
from taskpar_ml.footprints.word_links import WordLinks, in_steps
from taskpar_ml.sentence_encoder import MINILM

RANDOM = np.random.default_rng(0)
VALUES = RANDOM.random((500, len(CANDIDATE_COLUMNS))).astype(np.float32)
TRUTH = (VALUES[:, 0] + VALUES[:, 1] > 1.2).astype(np.float32)
FEATURES = tuple(column.name for column in PairVectorizer(LEARNED_EXTRACTORS).columns)
PAIRS = PairFeatures(FEATURES, RANDOM.random((200, len(FEATURES))))
LINKS = WordLinks(
    np.sort(RANDOM.integers(0, 2**32, 40, dtype=np.uint32)),
    np.sort(RANDOM.integers(0, 2**32, 7, dtype=np.uint32)),
    in_steps(RANDOM.normal(0, 2, (40, 7))),
)


def grown(columns, seed=0) -> BoostedTrees:
    lesson = Lesson.plain(VALUES[:, : len(columns)], TRUTH)
    return BoostedTrees.grown(columns, [lesson], TreeSettings(trees=5, seed=seed))


@pytest.fixture(scope="module")
def model() -> LearnedModel:
    seeing = SeeingTrees(grown(tuple(CANDIDATE_COLUMNS), 1), MINILM)
    ranker = TouchModel("files-1", grown(BLIND_COLUMNS), LINKS, LogitLine(-0.25, 1.125), seeing)
    members = tuple(grown(("file", "semantic", "meet"), seed) for seed in range(2))
    own = grown(("file", "semantic", "meet"), 7)
    pairs = PairModel("made-1", members, LogitLine(0.5, 0.75), own)
    effort = EffortModel("sizes-1", np.linspace(-1, 1, COLUMNS), 0.5, 1.25, {"tasks": 3})
    return LearnedModel(
        ranker, pairs, {"repositories": {"a/b": "0" * 40}, "tasks": 7}, rounded(effort)
    )


@pytest.fixture
def folder(model, tmp_path) -> Path:
    save_model(model, tmp_path / "model")
    return tmp_path / "model"


def body(folder: Path) -> dict:
    return json.loads((folder / MANIFEST).read_text())


def changed(folder: Path, **values: object) -> None:
    (folder / MANIFEST).write_text(json.dumps({**body(folder), **values}))


def file_of(folder: Path, stem: str) -> Path:
    return next(folder.glob(f"{stem}-*"))


def test_what_is_loaded_says_the_same_to_the_bit(model, folder):
    again = load_model(folder)
    assert again.name == "made-1"
    assert again.ranker.name == "files-1"
    assert again.ranker.line == model.ranker.line
    assert again.ranker.seeing == model.ranker.seeing
    blind = VALUES.copy()
    blind[::2, [list(CANDIDATE_COLUMNS).index(name) for name in MEANING_COLUMNS]] = np.nan
    assert np.array_equal(again.ranker.p_touch(blind), model.ranker.p_touch(blind))
    assert again.facts == model.facts
    for effort in (again.effort, load_effort(folder)):
        assert effort.weights.tobytes() == model.effort.weights.tobytes()
        assert effort.facts == model.effort.facts
        assert (effort.intercept, effort.spread) == (0.5, 1.25)
    assert np.array_equal(again.ranker.p_touch(VALUES), model.ranker.p_touch(VALUES))
    told, expected = (each.pairs.estimate(PAIRS) for each in (again, model))
    for name in ("p_conflict", "score", "kind", "spread"):
        assert getattr(told, name).tobytes() == getattr(expected, name).tobytes(), name
    assert again.ranker.links is not None
    for name in ("terms", "path_terms", "lifts"):
        assert np.array_equal(getattr(again.ranker.links, name), getattr(LINKS, name)), name


def test_saving_again_replaces_what_was_there_and_gives_the_same_bytes(folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    save_model(load_model(folder), folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_another_model_takes_the_place_of_an_older_one_and_leaves_strange_files_alone(
    model, folder
):
    (folder / "README.md").write_text("mine")
    other = replace(model, pairs=PairModel("made-2", (grown(("file",), 9),)))
    save_model(other, folder)
    assert load_model(folder).name == "made-2"
    assert (folder / "README.md").exists()
    assert len(list(folder.glob("pairs-*"))) == 1


def test_who_is_interrupted_before_the_manifest_leaves_the_older_model(model, folder, monkeypatch):
    written = []

    def stopping(path, **options):
        if path.name == MANIFEST:
            raise KeyboardInterrupt
        written.append(path.name)
        return whole_file(path, **options)

    from taskpar_ml.whole_files import whole_file

    monkeypatch.setattr("taskpar_ml.estimators.model_folder.whole_file", stopping)
    other = replace(model, pairs=PairModel("made-2", (grown(("file",), 9),)))
    with pytest.raises(KeyboardInterrupt):
        save_model(other, folder)
    assert written
    assert load_model(folder).name == "made-1"


def test_a_model_without_links_has_none(model, tmp_path):
    save_model(replace(model, ranker=replace(model.ranker, links=None)), tmp_path)
    assert load_model(tmp_path).ranker.links is None
    assert not list(tmp_path.glob("links-*"))


@pytest.mark.parametrize("stem", ["ranker", "links", "pairs", "effort"])
def test_a_changed_file_is_refused_by_name(folder, stem):
    path = file_of(folder, stem)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=rf"{path.name}: is not the file that the model was"):
        load_model(folder)


@pytest.mark.parametrize("stem", ["ranker", "seeing", "links", "pairs", "model"])
def test_a_missing_file_is_refused_by_name(folder, stem):
    path = folder / MANIFEST if stem == "model" else file_of(folder, stem)
    path.unlink()
    with pytest.raises(ModelFileError, match=rf"{path.name}: cannot be read: No such file"):
        load_model(folder)


def test_other_columns_are_refused_by_the_first_that_differs(folder):
    names, ranker = list(BLIND_COLUMNS), body(folder)["ranker"]
    changed(folder, ranker={**ranker, "columns": [*names[:3], "other", *names[4:]]})
    with pytest.raises(ModelFileError, match=rf"column 4 must be '{names[3]}', got 'other'"):
        load_model(folder)
    changed(folder, ranker={**ranker, "columns": names[:-1]})
    with pytest.raises(ModelFileError, match=rf"must be '{names[-1]}', got nothing"):
        load_model(folder)
    changed(folder, ranker={**ranker, "columns": [*names, "more"]})
    with pytest.raises(ModelFileError, match="columns in place of"):
        load_model(folder)
    changed(folder, ranker={**ranker, "seeing": {**ranker["seeing"], "columns": names}})
    with pytest.raises(
        ModelFileError, match=r"the ranker that is told what texts mean .* 'meant_30'"
    ):
        load_model(folder)


def test_features_that_this_version_does_not_know_are_named(folder):
    changed(folder, pairs={**body(folder)["pairs"], "columns": ["file", "magic"]})
    with pytest.raises(ModelFileError, match=r"asks for features .* does not know: magic\."):
        load_model(folder)


@pytest.mark.parametrize("key", ["format", "terms"])
def test_another_version_is_refused_by_name(folder, key):
    own = body(folder)[key]
    changed(folder, **{key: 99})
    with pytest.raises(ModelFileError, match=rf"{key} must be {own}. Got 99. Train the model"):
        load_model(folder)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "does not describe a model"),
        ("{}", "format must be"),
        ('{"format": 5, "terms": 1}', "does not describe a model: name: Field required"),
    ],
)
def test_a_manifest_that_is_none_is_refused(folder, text, said):
    (folder / MANIFEST).write_text(text)
    with pytest.raises(ModelFileError, match=said):
        load_model(folder)


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "ranker-0123456789ab.txt\n"])
def test_a_manifest_leads_to_no_other_file(folder, name):
    (folder.parent / "secret").write_bytes(b"secret")
    ranker = body(folder)["ranker"]
    digest = hashlib.sha256(b"secret").hexdigest()
    changed(folder, ranker={**ranker, "trees": {"file": name, "sha256": digest}})
    with pytest.raises(ModelFileError, match=r"does not describe a model: ranker\.trees\.file"):
        load_model(folder)


def replaced(folder: Path, content: bytes) -> None:
    """Put other links in place, with their own checksum."""
    digest = hashlib.sha256(content).hexdigest()
    name = f"links-{digest[:12]}.json"
    (folder / name).write_bytes(content)
    ranker = body(folder)["ranker"]
    changed(folder, ranker={**ranker, "links": {"file": name, "sha256": digest}})


def test_links_that_do_not_fit_together_are_refused(folder):
    packed = json.loads(file_of(folder, "links").read_text())
    packed["terms"] = packed["path_terms"]
    replaced(folder, json.dumps(packed).encode())
    with pytest.raises(ModelFileError, match="cannot be understood"):
        load_model(folder)


def test_links_that_would_fill_memory_are_refused(folder, monkeypatch):
    monkeypatch.setattr("taskpar_ml.estimators.model_folder._LARGEST", 1 << 16)
    import base64
    import zlib

    packed = json.loads(file_of(folder, "links").read_text())
    packed["terms"] = base64.b64encode(zlib.compress(bytes(1 << 20), 9)).decode()
    replaced(folder, json.dumps(packed).encode())
    with pytest.raises(ModelFileError, match="larger than any model"):
        load_model(folder)


def test_trees_that_are_none_or_of_other_columns_are_refused(model, tmp_path):
    strange = grown(("file", "semantic"))
    for trees in (
        BoostedTrees(("file",), "not trees"),
        BoostedTrees(("file", "meet"), strange.text),
    ):
        save_model(replace(model, pairs=PairModel("made-1", (trees,))), tmp_path)
        with pytest.raises(ModelFileError, match="cannot be used: the trees: "):
            load_model(tmp_path)
