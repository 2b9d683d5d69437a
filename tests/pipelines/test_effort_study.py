"""The study of how well sizes of changes are told."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from taskpar_ml.estimators.effort_model import EffortModel
from taskpar_ml.estimators.effort_terms import COLUMNS
from taskpar_ml.estimators.model_folder import save_model
from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.training.effort import EffortFigures
from tests.support.learned import PIPELINES
from tests.support.mined import grow_crowded
from tests.support.models import tiny_model


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return where two clones lie, of which one was mined, and a model that tells sizes."""
    place = tmp_path_factory.mktemp("efforts")
    with HistoryStore.open(str(place / "s.sqlite")) as opened:
        made = grow_crowded(place / "clones" / "acme/mill", landings=40)
        mine(made.place, opened.history("acme/mill", create=True))
    for seed, name in enumerate(("acme/read", "acme/shop"), start=1):
        grow_crowded(place / "clones" / name, landings=40, seed=seed)
    (place / "corpus.yaml").write_text(
        "dev:\n  acme/shop: HEAD\n  acme/gone: HEAD\n"
        "train:\n  acme/mill: HEAD\n  acme/read: HEAD\n  acme/lost: HEAD\n",
        encoding="utf-8",
    )
    weights = np.linspace(-1, 1, COLUMNS)
    save_model(tiny_model(EffortModel("sizes-1", weights, 0.0, 1.0, {})), place / "model")
    return place


def run(place, *told):
    options = [place / "clones", "--store", place / "s.sqlite", "--corpus", place / "corpus.yaml"]
    command = [sys.executable, PIPELINES / "effort_study.py", *options, *told]
    return subprocess.run(
        [str(each) for each in command],
        capture_output=True,
        text=True,
        check=False,
        cwd=PIPELINES.parent,
    )


def test_the_study_prints_a_table_for_each_wording(place):
    ran = run(place, "--model", place / "model")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("| acme/shop | ") == ran.stdout.count("| mean | ") == 3
    assert "acme/gone" not in ran.stdout
    assert "looking at acme/mill" not in ran.stderr


def test_a_missing_model_is_an_error(place):
    ran = run(place, "--model", place / "none")
    assert ran.returncode == 1
    assert "model.json" in ran.stderr


def test_figures_of_what_is_told_well_badly_and_not_at_all():
    real = np.array([0.0, 1.0, 3.0, 2.0])
    assert EffortFigures.of(real, real) == pytest.approx((1, 1))
    assert EffortFigures.of(-real, real).ranks == pytest.approx(-1)
    ranks, explained = EffortFigures.of(np.full(4, 1.5), real)
    assert np.isnan(ranks)
    assert explained == pytest.approx(0)
    assert np.isnan(EffortFigures.of(real, np.ones(4))).all()
    known = EffortFigures(0.5, 0.25)
    assert EffortFigures.mean([known, EffortFigures(np.nan, 0.0)]) == known
    assert np.isnan(EffortFigures.mean([])).all()
