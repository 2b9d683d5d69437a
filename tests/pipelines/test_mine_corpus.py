"""The corpus is mined by one command, as far as its clones are there."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

from tests.support.mined import grow_crowded

PROJECT = Path(__file__).parents[2]


def test_what_is_there_is_mined_and_what_is_not_is_named(tmp_path):
    clones, data = tmp_path / "clones", tmp_path / "data"
    shop = grow_crowded(clones / "acme" / "shop", landings=230)
    data.mkdir()
    corpus = data / "corpus.yaml"
    corpus.write_text(
        f"dev:\n  acme/shop: {shop.head}\ntrain:\n  acme/gone: {'0' * 40}\n", encoding="utf-8"
    )
    out = tmp_path / "labels.csv"
    command = [sys.executable, PROJECT / "pipelines" / "mine_corpus.py", clones]
    command += ["--corpus", corpus, "--store", tmp_path / "s.sqlite", "--out", out, "--workers=1"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROJECT)
    assert ran.returncode == 0, ran.stderr
    assert "acme/gone: no clone at" in ran.stderr
    with out.open(encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["repository"], row["use"], row["commits"]) == ("acme/shop", "dev", "230")
    assert int(row["pairs"]) > 100
    assert 0 < float(row["positive"]) < float(row["sharing"]) < 1
    assert ran.stdout.splitlines()[2].startswith("| acme/shop | dev | 230 |")
