"""Past tasks are run by scripted agents, in three ways, and checked without the executor's code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.yards import Yard

PROJECT = Path(__file__).parents[2]


def test_past_tasks_are_done_anew(tmp_path):
    yard = Yard(tmp_path / "shop", {f"f{number}.txt": "0\n" for number in range(4)})
    for number in range(6):
        yard.commit({f"f{number % 4}.txt": f"{number + 1}\n"})
    ran = subprocess.run(
        [
            *(sys.executable, PROJECT / "pipelines" / "run_study.py", yard.place),
            *("--tasks", "6", "--workers", "6", "--scale", "0.3"),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    rows = [line.strip("| ").split(" | ") for line in ran.stdout.splitlines()[2:]]
    assert [row[1] for row in rows] == ["planned, b0 2", "all at once", "one by one"]
    assert {row[3] for row in rows} == {"6 of 6"}
    assert {tuple(row[7:]) for row in rows} == {("yes", "0")}
    hits = {row[1]: int(row[5]) for row in rows}
    assert hits["one by one"] == 0
    assert hits["planned, b0 2"] <= hits["all at once"] != 0
