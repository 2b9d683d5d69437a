"""The study of schedules on a few problems: a sample of what its full form prints."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).parents[2] / "pipelines" / "schedule_study.py"


def test_gaps_and_times_are_printed():
    arguments = ("--problems", "2", "--effort", "0.05", "--sizes", "40")
    command = [sys.executable, PROGRAM, *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    gaps, times = ran.stdout.split("\n\n")
    assert sum(" | all | 2 | " in line for line in gaps.splitlines()) == 2
    first = times.splitlines()[2]
    assert first.startswith("| 40 | 8 | continuous | 1.0 | ")
    assert len(times.splitlines()) == 6
