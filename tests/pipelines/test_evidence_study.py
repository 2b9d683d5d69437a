"""The study of evidence: what is compared, and how rankings and plans are measured."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.simulation.trace import Trace
from tests.support.learned import study_named
from tests.support.mined import grow_crowded

PATH = Path(__file__).parents[2] / "pipelines" / "evidence_study.py"


@pytest.fixture(scope="module")
def study() -> ModuleType:
    return study_named("evidence_study")


def batches(study: ModuleType, *, seed: int, count: int = 6):
    """Return batches in which the cosine of regions tells what conflicts, and nothing else does."""
    random = np.random.default_rng(seed)
    names = study.columns()
    found = []
    for number in range(count):
        tasks = [f"{seed}-{number}-{task:02}" for task in range(20)]
        pairs = PairTable.of(tasks)
        truth = random.random(len(pairs)) < 0.2
        values = random.random((len(pairs), len(names)))
        values[:, names.index("region_cosine")] = truth + random.random(len(pairs)) / 2
        conflicts = {
            frozenset((tasks[a], tasks[b])): bool(label)
            for a, b, label in zip(pairs.a, pairs.b, truth, strict=True)
        }
        trace = Trace.of(tasks, minutes=dict.fromkeys(tasks, 10), truth=conflicts)
        labels = truth.astype(np.float64)
        labels[0] = np.nan
        found.append(study.Judged(values, pairs.a, pairs.b, labels, trace))
    return found


def test_every_feature_belongs_to_one_kind_of_evidence(study):
    kinds = [name for names in study.EVIDENCE.values() for name in names]
    assert sorted((*study.PLAIN, *kinds)) == sorted(study.columns())


def test_evidence_that_tells_the_truth_ranks_and_plans_better(study):
    lessons, judged = batches(study, seed=1), batches(study, seed=2)
    ranked, planned = {}, {}
    for name, names in (
        ("files and texts", study.PLAIN),
        ("files, texts and regions", (*study.PLAIN, *study.EVIDENCE["regions"])),
    ):
        risk, threshold = study.risks([lessons], judged, names)
        ranked[name] = [study.Ranked([each.truth for each in judged], risk)]
        planned[name] = (ranked[name], threshold)
    rows = {
        line.split("|")[1].strip(): [cell.strip() for cell in line.split("|")[2:-1]]
        for line in study.ranking_table(ranked, "title")
        if line.startswith("| files")
    }
    blind, seeing = rows["files and texts"], rows["files, texts and regions"]
    assert 0.4 < float(blind[0]) < 0.6
    assert float(seeing[0]) > 0.99
    assert float(seeing[2].split()[0]) == pytest.approx(
        float(seeing[0]) - float(blind[0]), abs=2e-3
    )
    redone = {
        line.split("|")[1].strip(): float(line.split("|")[2].split("/")[2].strip(" %"))
        for line in study.replay_table([judged], planned, "title")
        if "%" in line
    }
    assert redone["files, texts and regions"] < redone["files and texts"]
    assert redone["files and texts"] <= redone["all-parallel"] + 1


def test_a_repository_that_was_mined_is_learned_from_and_ranked(tmp_path):
    clones, store = tmp_path / "clones", tmp_path / "s.sqlite"
    shop = grow_crowded(clones / "acme" / "shop", landings=250)
    with HistoryStore.open(str(store)) as opened:
        mine(shop.place, opened.history("acme/shop", create=True))
    corpus = tmp_path / "corpus.yaml"
    corpus.write_text(f"dev:\n  acme/shop: {shop.head}\n", encoding="utf-8")
    command = [sys.executable, PATH, clones, "--store", store, "--corpus", corpus]
    command += ["--train", "acme/shop", "--tasks", "240", "--resamples", "5"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PATH.parents[1])
    assert ran.returncode == 0, ran.stderr
    rows = [line.strip("| ").split(" | ") for line in ran.stdout.splitlines() if "|" in line]
    files = [row for row in rows if row[0] == "files and texts"]
    assert [len(row) for row in files] == [3, 4, 3, 4], ran.stdout
    assert all(0 <= float(row[1]) <= 1 for row in files[::2])
    parallel = [row for row in rows if row[0] == "all-parallel"]
    assert [row[-1] for row in parallel] == ["0.0%"] * 2
