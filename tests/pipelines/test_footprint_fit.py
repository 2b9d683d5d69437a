"""The fit of constants on a made-up history: a sample of what its full form prints."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.large import LargeRepository

PROGRAM = Path(__file__).parents[2] / "pipelines" / "footprint_fit.py"


def run(*arguments):
    command = [sys.executable, PROGRAM, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_every_past_is_fitted_and_what_is_not_there_is_not(tmp_path):
    made = LargeRepository(tmp_path / "made", 100, commits=260)
    ran = run(made.place, "--every", "2")
    assert ran.returncode == 0, ran.stderr
    head, _, *rows = (line for line in ran.stdout.split("\n\n")[0].splitlines())
    columns = [cell.strip() for cell in head.strip("|").split("|")]
    fits = {
        cells[0]: dict(zip(columns, cells, strict=True))
        for row in rows
        for cells in [[cell.strip() for cell in row.strip("|").split("|")]]
    }
    assert list(fits) == ["all", "600", "200", "60", "20", "0"]
    assert float(fits["all"]["content"]) > 0
    assert fits["0"]["similar tasks"] == fits["0"]["past texts"] == "-"
    assert "| likeliest file |" in ran.stdout


def test_an_unknown_revision_is_one_clear_error(tmp_path):
    made = LargeRepository(tmp_path / "made", 10, commits=3)
    ran = run(f"{made.place}@nowhere")
    assert ran.returncode == 1
    assert ran.stderr.startswith("error: ")
    assert "does not exist" in ran.stderr
