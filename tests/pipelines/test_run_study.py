"""Tasks are run by scripted agents, in several ways, and checked without the executor's code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.running import Bench
from tests.support.yards import Yard

PROJECT = Path(__file__).parents[2]
PIPELINES = str(PROJECT / "pipelines")


@pytest.fixture
def study(monkeypatch):
    """The modules of the study, as its command finds them."""
    monkeypatch.syspath_prepend(PIPELINES)


def studied(*words, ways, tasks):
    """Run the study with a worker for each task, and return its rows by their ways."""
    chosen = [word for way in ways for word in ("--way", way)]
    many = ("--tasks", str(tasks), "--workers", str(tasks), "--scale", "0.03")
    ran = subprocess.run(
        [sys.executable, f"{PIPELINES}/run_study.py", *words, *chosen, *many],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    rows = [line.strip("| ").split(" | ") for line in ran.stdout.splitlines()[2:]]
    assert [row[1] for row in rows] == list(ways)
    assert {row[5] for row in rows} == {f"{tasks} of {tasks}"}
    assert {tuple(row[11:]) for row in rows} == {("yes", "0")}
    return {row[1]: row for row in rows}


def test_past_tasks_are_done_anew(tmp_path):
    yard = Yard(tmp_path / "shop", {f"f{number}.txt": "0\n" for number in range(4)})
    for number in range(6):
        yard.commit({f"f{number % 4}.txt": f"{number + 1}\n"})
    rows = studied(yard.place, ways=("planned, b0 2", "all at once"), tasks=6)
    planned, wide = (int(row[7]) for row in rows.values())
    assert planned <= wide != 0


def test_a_repository_that_anybody_can_make_is_studied(tmp_path):
    details = tmp_path / "details.jsonl"
    ways = ("planned, b0 8", "all at once")
    rows = studied("--generated", "--details", details, ways=ways, tasks=12)
    # Waits are so short here that who is hit is a matter of luck, but somebody is.
    assert "0" not in rows["all at once"][7:9]
    # What came takes longer: nothing of the executor's own time is foreseen.
    assert all(float(row[2]) > float(row[4]) for row in rows.values())
    assert len(details.read_text().splitlines()) == len(ways)


def test_tasks_of_a_made_repository_collide_as_it_was_made(study, tmp_path):
    from run_forecast import conflicts
    from run_generated import generated, known_pairs

    copies = [
        generated(tmp_path / str(number), tasks=12, seed=seed, scale=1)
        for number, seed in enumerate((1, 1, 2))
    ]
    for copy in copies:
        truth = conflicts(copy)
        assert {pair for pair, collide in truth.items() if collide} == known_pairs(copy)
        assert len(known_pairs(copy)) == 4
    assert copies[0].tasks == copies[1].tasks != copies[2].tasks


def test_work_that_nothing_leads_to_is_missing(study, tmp_path):
    from run_checks import missing
    from run_copies import Copy

    bench = Bench(tmp_path)
    bench.run({"c": "echo c >c.txt", "d": "echo d >d.txt; echo >>c.txt; exit 1"})
    yard, own = bench.yard, tmp_path / "runs" / "r" / "repository.git"
    copy = Copy(yard.place, yard.base, ())
    assert missing(copy, own) == []
    kept = "refs/taskpar/r/tasks/d/1/work"
    lost = [yard.git("rev-parse", f"{kept}{name}") for name in ("", "^{tree}:d.txt")]
    for ref in yard.git("for-each-ref", "--format=%(refname)", "refs/taskpar/r/tasks/d").split():
        yard.git("update-ref", "-d", ref)
    assert set(lost) <= set(missing(copy, own))
