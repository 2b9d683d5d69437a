"""The study of contexts on a made-up history, and what it counts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.store.history_store import HistoryStore
from tests.support.mined import grow_crowded

PROJECT = Path(__file__).parents[2]


def study(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, PROJECT / "pipelines" / "context_study.py", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )


def row(printed: str, start: str) -> list[str]:
    """Return the cells after the first one of the first row that begins so."""
    line = next(line for line in printed.splitlines() if line.startswith(f"| {start} |"))
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


@pytest.fixture(scope="module")
def small() -> str:
    ran = study("--small")
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_parts_of_a_shop_are_told_apart_and_never_conflict(small):
    contexts, coverage, modularity, apart, conflict, common, *_ = row(small, "directories")
    assert (contexts, coverage, modularity) == ("2", "100.00%", "0.50")
    assert 40 < float(apart.removesuffix("%")) < 60
    assert conflict == "0.00%"
    assert float(common.removesuffix("%")) > 10


def test_a_way_that_tells_nothing_has_no_rate(small):
    assert row(small, "owners")[:6] == ["0", "-", "-", "0.00%", "-", "-"]


def test_nothing_tells_more_pairs_apart_than_the_files_themselves(small):
    apart = [
        float(row(small, way)[3].removesuffix("%"))
        for way in ("outermost directory", "directories", "imports", "all", "every file its own")
    ]
    assert apart[0] == 0.0
    assert max(apart) == apart[-1]


def test_repositories_of_a_corpus_are_read_from_a_store(tmp_path):
    shop = grow_crowded(tmp_path / "clones" / "acme" / "shop", landings=260)
    corpus = tmp_path / "corpus.yaml"
    corpus.write_text(f"dev:\n  acme/shop: {shop.head}\n", encoding="utf-8")
    with HistoryStore.open(str(tmp_path / "s.sqlite")) as store:
        mine(shop.place, store.history("acme/shop", create=True))
    ran = study(
        tmp_path / "clones", "--store", tmp_path / "s.sqlite", "--corpus", corpus, "--tasks", 10
    )
    assert ran.returncode == 0, ran.stderr
    pairs, rate, *_ = row(ran.stdout, "shop")
    assert pairs == "200"
    assert 0 < float(rate.removesuffix("%")) < 100


def test_without_a_store_it_says_what_it_needs():
    ran = study("somewhere")
    assert ran.returncode == 2
    assert "name clones and a store" in ran.stderr
