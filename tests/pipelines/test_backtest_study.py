"""The table of the backtest over several repositories, on a made-up one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.store.history_store import HistoryStore
from tests.support.mined import grow_crowded

PROJECT = Path(__file__).parents[2]


def test_every_policy_is_compared_and_the_oracle_is_the_best(tmp_path):
    clones = tmp_path / "clones"
    shop = grow_crowded(clones / "acme" / "shop", landings=290)
    store = tmp_path / "s.sqlite"
    with HistoryStore.open(str(store)) as opened:
        mine(shop.place, opened.history("acme/shop", create=True))
    corpus = tmp_path / "corpus.yaml"
    corpus.write_text(f"dev:\n  acme/shop: {shop.head}\n", encoding="utf-8")
    command = [sys.executable, PROJECT / "pipelines" / "backtest_study.py", clones]
    command += ["--store", store, "--corpus", corpus, "--tasks", "250"]
    command += ["--model", PROJECT / "models" / "general"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROJECT)
    assert (ran.returncode, ran.stderr) == (0, "")
    rows = [line.strip("| ").split(" | ") for line in ran.stdout.splitlines()[2:]]
    assert [row[0] for row in rows] == ["shop"] * 18 + ["mean of 1"] * 18
    speed = {(row[1], row[2]): float(row[3]) for row in rows if row[0] == "shop"}
    assert speed["4", "sequential"] == 1
    assert speed["4", "sequential"] < speed["4", "all-parallel"] < speed["4", "oracle"]
    assert sum(row[2].startswith("general-2 < ") for row in rows) == 16
    assert all(speed[row[1], row[2]] <= speed[row[1], "oracle"] for row in rows)
