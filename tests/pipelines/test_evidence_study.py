"""The study of evidence: what is compared, and how rankings and plans are measured."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from taskpar_ml.backtest.trace import Trace
from taskpar_ml.domain.pairs import PairTable

PATH = Path(__file__).parents[2] / "pipelines" / "evidence_study.py"


@pytest.fixture(scope="module")
def study() -> ModuleType:
    spec = importlib.util.spec_from_file_location("evidence_study", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


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
