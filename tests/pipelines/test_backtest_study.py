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
    plot = tmp_path / "frontier.svg"
    command += ["--model", PROJECT / "models" / "general", "--plot", plot]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROJECT)
    assert ran.returncode == 0, ran.stderr
    titled = [part.split("\n") for part in ran.stdout.split("\n## ")[1:]]
    tables = {
        title: [line.strip("| ").split(" | ") for line in lines if line.startswith("|")][2:]
        for title, *lines in titled
    }
    assert list(tables) == [
        "Limits",
        "At the limits themselves",
        "Policies, durations by size",
        "Policies, durations of luck alone",
        "Costs of checkpoints",
        "At equal loss",
    ]
    assert [row[:3] for row in tables["Limits"]][:2] == [
        ["by size", "never", "4"],
        ["by size", "never", "8"],
    ]
    assert len(tables["Limits"]) == 20
    assert [row[4] for row in tables["Limits"]] == 2 * (5 * ["mean"] + 5 * ["bound"])
    assert len(tables["At the limits themselves"]) == 10
    assert plot.read_bytes().startswith(b"<?xml")
    for name in ("by size", "of luck alone"):
        rows = tables[f"Policies, durations {name}"]
        told = {(row[0], row[1], row[2]): [float(each) for each in row[3:5]] for row in rows}
        assert told["4", "any", "sequential"][0] == 1
        assert told["4", "any", "oracle"][1] == 1
        # Watched, more may be reached than the oracle, for whom nothing ever collides.
        unwatched = {key: value for key, value in told.items() if key[1] == "never"}
        assert all(share <= 1 for _, share in unwatched.values())
        assert sum(key[2].startswith("planner at ") for key in unwatched) == 34
    assert len(tables["At equal loss"]) == 4
