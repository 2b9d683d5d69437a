"""What growth is shown by: streams in which no promise is broken, and real traces beside rivals."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.simulation.streams import Kind
from tests.support.mined import grow_crowded

PROJECT = Path(__file__).parents[2]


def ran(name, *options):
    command = [sys.executable, PROJECT / "pipelines" / name, *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROJECT)


def rows_of(text):
    return [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]


def test_in_no_stream_a_promise_is_broken():
    told = ran(
        "guarantee_study.py", "--streams", "504", "--attempts", "60", "--seeds", "20", "--jobs", "2"
    )
    assert (told.returncode, told.stderr) == (0, "")
    streams, levels = told.stdout.split("\n\n")
    header, _, *rows = rows_of(streams)
    assert header[-1] == "broken promises"
    assert [row[0] for row in rows] == [kind.value for kind in Kind]
    assert {row[1] for row in rows} == {"72"}
    assert {row[-1] for row in rows} == {"0"}
    assert all(int(row[2].replace(",", "")) > 100 for row in rows), "all of them are hit"
    waits = {tuple(row[:2]): row[2:] for row in rows_of(levels)[2:]}
    assert waits["0.1", "0"] == ["34", "100%", "never", "0%"]
    assert int(waits["0.1", "0.4"][2]) < 30
    assert int(waits["0.1", "0.1"][1].rstrip("%")) <= 20, "few levels, if they are just unsafe"


def test_growth_is_told_beside_its_rivals(tmp_path):
    clones = tmp_path / "clones"
    shop = grow_crowded(clones / "acme" / "shop", landings=290)
    store = tmp_path / "s.sqlite"
    with HistoryStore.open(str(store)) as opened:
        mine(shop.place, opened.history("acme/shop", create=True))
    corpus = tmp_path / "corpus.yaml"
    corpus.write_text(f"dev:\n  acme/shop: {shop.head}\n", encoding="utf-8")
    told = ran(
        *("growth_study.py", clones, "--store", store, "--corpus", corpus),
        *("--tasks", "250", "--model", PROJECT / "models" / "general"),
        *("--plot", tmp_path / "grown.svg"),
    )
    assert told.returncode == 0, told.stderr
    tables = [part.split("\n", 1) for part in told.stdout.split("\n## ")[1:]]
    assert len(tables) == 12
    for title, text in tables:
        rows = rows_of(text)[2:]
        if "by repositories" in title:
            assert {row[0].partition(":")[0] for row in rows} == {"benign"}
            continue
        workers = int(title[0])
        if "at equal hits" in title:
            assert len(rows) == 10
            ordered = sorted(rows, key=lambda row: float(row[3].rstrip("%")))
            windows = [float(row[5]) for row in ordered]
            assert windows == sorted(windows), "who is hit more often has a wider window"
            assert 1 <= windows[0] <= windows[-1] <= workers
            continue
        by_name = {tuple(row[:3]): row for row in rows}
        assert len(by_name) == len(rows) == 15
        assert all(row[-1] == "0" for row in rows if row[0].startswith("growing"))
        wide = [float(by_name["growing", "2", alpha][4]) for alpha in ("0.02", "0.1")]
        assert wide[0] <= wide[1] <= workers
        hits = {name: float(row[6].rstrip("%")) for name, row in by_name.items()}
        assert hits["growing", "1", "0.02"] <= hits["all-parallel", "", ""]
    plot = (tmp_path / "grown.svg").read_text(encoding="utf-8")
    assert "b0 2, alpha 0.05" in plot
    assert "window from 3" in plot
