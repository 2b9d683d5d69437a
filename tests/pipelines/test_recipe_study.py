"""The recipe that models are held against."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.training.repository_rows import WORDINGS, RepositoryRows
from tests.support.learned import BATCHES, FILES, PAIRS, TASKS, made, study_named
from tests.support.mined import grow_crowded

PATH = Path(__file__).parents[2] / "pipelines" / "recipe_study.py"


@pytest.fixture(scope="module")
def study() -> ModuleType:
    return study_named("recipe_study")


def cells(lines, start):
    return [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith(start)
    ]


def test_footprints_that_can_be_learned_rank_pairs_that_texts_cannot(study):
    train, dev = [made(1), made(2)], [made(3)]
    lines = list(study.tables(["acme/shop"], train, dev, 20))
    rows = {row[3]: row for row in cells(lines, "| title | all")}
    auc = {name: float(row[4].split()[0]) for name, row in rows.items()}
    assert auc["unseen"] > 0.85
    assert auc["own"] > 0.85
    assert 0.4 < auc["texts alone"] < 0.6
    assert not cells(lines, "| title | concurrent"), "there are none"
    ranked = {row[1]: float(row[2]) for row in cells(lines, "| title |") if len(row) == 5}
    assert ranked["unseen"] > ranked["fixed rule"] + 0.1


def test_without_the_truth_nothing_is_learned(study):
    """Labels that are permuted within batches leave nothing to rank by."""
    random = np.random.default_rng(0)
    blind = []
    for seed in (1, 2, 3):
        rows = made(seed)
        shuffled = random.permuted(rows.textual, axis=1)
        blind.append(RepositoryRows(**{**vars(rows), "textual": shuffled}))
    lines = list(study.tables(["acme/shop"], blind[:2], blind[2:], 5))
    for row in cells(lines, "| title+body | all"):
        assert float(row[4].split()[0]) == pytest.approx(0.5, abs=0.06)


def test_plain_features_are_those_of_independent_touches(study):
    rows = made(1)
    touch = rows.touched * 0.5
    columns = study.pair_columns(rows, touch)
    assert columns.shape == (BATCHES, len(WORDINGS), PAIRS, 10)
    own = np.zeros((TASKS, FILES))
    first = (rows.batch == 0) & (rows.wording == 0)
    own[rows.task[first], rows.path[first]] = touch[first]
    expected, any_meets, likeliest = columns[0, 0, 0, :3]
    meet = own[0] * own[1]
    assert expected == pytest.approx(meet.sum())
    assert any_meets == pytest.approx(1 - np.prod(1 - meet), abs=1e-6)
    assert likeliest == pytest.approx(meet.max())
    assert columns[0, 0, 0, 6] == rows.cosine[0, 0, 0]
    assert columns[0, 0, 0, 7:9] == pytest.approx(sorted(own[:2].sum(axis=1)))


def test_a_mined_repository_is_read_once_and_judged(tmp_path):
    clones, store = tmp_path / "clones", tmp_path / "s.sqlite"
    shop = grow_crowded(clones / "acme" / "shop", landings=320)
    with HistoryStore.open(str(store)) as opened:
        mine(shop.place, opened.history("acme/shop", create=True))
    corpus = tmp_path / "corpus.yaml"
    corpus.write_text(f"dev:\n  acme/shop: {shop.head}\n", encoding="utf-8")
    command = [sys.executable, PATH, clones, "--store", store, "--corpus", corpus]
    command += ["--rows", tmp_path / "rows", "--train", "acme/shop", "--resamples", "5"]
    runs = [
        subprocess.run(command, capture_output=True, text=True, check=False, cwd=PATH.parents[1])
        for _ in range(2)
    ]
    assert runs[0].returncode == 0, runs[0].stderr
    assert runs[0].stdout == runs[1].stdout
    assert "looking at acme/shop" in runs[0].stderr
    assert "looking at" not in runs[1].stderr
    assert len(cells(runs[0].stdout.splitlines(), "| title | all")) == 3
