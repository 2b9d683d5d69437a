"""Training the general model, and the study of what judges of pairs reach."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from taskpar_ml.estimators.model_folder import load_model
from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.training.general import MEMBERS
from tests.support.learned import PIPELINES, study_named
from tests.support.mined import grow_crowded


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> tuple[Path, list[object], subprocess.CompletedProcess[str]]:
    """Return where all is, what every command is told, and what training said."""
    place = tmp_path_factory.mktemp("trained")
    with HistoryStore.open(str(place / "s.sqlite")) as opened:
        for seed, name in enumerate(("acme/shop", "acme/mill")):
            made = grow_crowded(place / "clones" / name, landings=262, seed=seed)
            mine(made.place, opened.history(name, create=True))
    grow_crowded(place / "clones" / "acme/read", landings=20, seed=2)
    corpus = place / "corpus.yaml"
    corpus.write_text(
        "dev:\n  acme/shop: 0\ntrain:\n  acme/mill: 0\n  acme/read: HEAD\n  acme/gone: HEAD\n",
        encoding="utf-8",
    )
    told = [place / "clones", "--store", place / "s.sqlite", "--corpus", corpus]
    told += ["--rows", place / "rows", "--train", "acme/shop", "--train", "acme/mill"]
    ran = run("train_general.py", *told, "--out", place / "model")
    assert ran.returncode == 0, ran.stderr
    return place, told, ran


def run(script: str, *told: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, PIPELINES / script, *map(str, told)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=PIPELINES.parent
    )


def test_a_model_is_written_that_says_what_it_learned_from(trained):
    place, _, ran = trained
    model = load_model(place / "model")
    assert model.name == "general-3"
    assert len(model.pairs.members) == MEMBERS
    assert set(model.facts["repositories"]) == {"acme/shop", "acme/mill"}
    shop = model.facts["repositories"]["acme/shop"]
    assert shop["tasks"] >= 40
    assert shop["pairs"] == shop["tasks"] // 20 * 190
    assert shop["conflicts"] > 0
    assert "looking at pairs of acme/shop" in ran.stderr
    assert set(model.effort.facts["repositories"]) == {"acme/shop", "acme/mill", "acme/read"}
    assert {"smaller_change", "larger_change"} <= set(model.pairs.columns)


def test_links_are_counted_where_a_clone_is_there_though_it_was_not_mined(trained):
    place, _, _ = trained
    counted = load_model(place / "model").facts["links counted in"]
    assert counted == ["acme/mill", "acme/read", "acme/shop"]


def test_what_was_gathered_is_not_gathered_again_and_gives_the_same_model(trained):
    place, told, _ = trained
    again = run("train_general.py", *told, "--out", place / "again")
    assert again.returncode == 0, again.stderr
    assert "looking at pairs" not in again.stderr
    files = {path.name: path.read_bytes() for path in (place / "model").iterdir()}
    assert files == {path.name: path.read_bytes() for path in (place / "again").iterdir()}


def test_a_repository_that_was_not_mined_is_named(trained):
    place, told, _ = trained
    ran = run("train_general.py", *told, "--train", "acme/none", "--out", place / "never")
    assert ran.returncode == 1
    assert "acme/none" in ran.stderr
    assert not (place / "never").exists()


def test_shuffled_labels_stay_in_their_batch_and_are_the_same_in_every_telling():
    study = study_named("pair_study")
    from tests.training.test_general import material

    found = material(1)
    lesson = study.pair_lesson(found.pairs, found.labels, ("meet",))
    shuffled = study._shuffled(lesson, found)
    batches, tellings, pairs, _ = found.pairs.values.shape
    before = lesson.truth.reshape(batches, tellings, pairs)
    after = shuffled.truth.reshape(batches, tellings, pairs)
    assert np.array_equal(before.sum(axis=2), after.sum(axis=2))
    assert (after == after[:, :1]).all()
    assert (after != before).any()


def test_every_kind_of_feature_is_one_that_judges_see():
    study = study_named("pair_study")
    left = [name for kind in study.KINDS.values() for name in kind]
    assert len(left) == len(set(left))
    assert set(left) <= set(study.PAIR_COLUMNS)
    variants = study.variants(study.TAUGHT)
    assert len(variants) == len(study.KINDS) + 6
    for name, variant in variants.items():
        if name.startswith("without"):
            assert len(variant.columns) < len(study.PAIR_COLUMNS)
