"""Whoever runs tasks is killed two hundred times at random moments, and nothing is lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from taskpar_ml.domain.outcome import LANDED
from tests.support.running import Bench, agent

KILLS = 200
VERIFY = "test ! -e broken"
_BOTH = "cat a.txt | grep -v '^[<=>]' >a.new; mv a.new a.txt"


def tasks_of(seed: int) -> dict[str, str]:
    """Return tasks of which some meet, some are mended, and one cannot be done."""
    moment = random.Random(seed)

    def wait() -> str:
        return f"sleep {moment.uniform(0.05, 0.8):.2f}"

    meet = {
        f"meet{number}": agent(
            work=f"{wait()}; echo {number} >>a.txt; git commit -qam {number}; {wait()}",
            resolve=_BOTH,
        )
        for number in range(3)
    }
    alone = {f"alone{number}": f"{wait()}; echo {number} >alone{number}.txt" for number in range(4)}
    mended = agent(
        work=f"{wait()}; touch broken", repair=f"{wait()}; rm -f broken; echo m >mended.txt"
    )
    thrown = f"echo x >x.txt; git add .; git commit -qm x; git reset -q --hard HEAD~1; {wait()}"
    return {
        **meet,
        **alone,
        "mended": mended,
        "thrown": f"{thrown}; echo t >thrown.txt",
        "never": f"{wait()}; exit 1",
    }


def folder(place: Path, name: str) -> Path:
    """Make a directory."""
    (place / name).mkdir()
    return place / name


def made_and_missing(bench: Bench, own: Path) -> tuple[int, list[str]]:
    """Return how many commits agents made, and those that the user's repository lacks."""
    known = set(bench.yard.git("rev-list", "--all").split())
    made, missing = 0, []
    for file in (own / "objects").glob("??/*"):
        name = file.parent.name + file.name
        if bench.yard.git("cat-file", "-t", name, at=own) != "commit":
            continue
        text = bench.yard.git("log", "-1", "--format=%B", name, at=own)
        if "Task: " not in text:  # a merge that was tried is nobody's work
            made += 1
            if name not in known:
                missing.append(name)
    return made, missing


def killed(bench: Bench, moment: random.Random) -> int:
    """Run in other processes, kill them until one gets through, and return how many were."""
    kills = 0
    while True:
        process = bench.start_process(verify=VERIFY)
        try:
            process.wait(moment.uniform(1.0, 2.6))
            return kills
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            kills += 1


def check(bench: Bench, tasks: dict[str, str]) -> int:
    """Go on to the end, hold what came of it against what was to come, return commits made."""
    state = bench.run(tasks, verify=VERIFY)
    assert {each.attempt.task for each in state.attempts.values()} == set(tasks)
    landed = [attempt.task for attempt, _ in state.landed]
    assert len(landed) == len(set(landed)), "nothing lands twice"
    files = bench.yard.files("taskpar/r")
    for task in landed:
        if not task.startswith("meet"):
            assert f"{task}.txt" in files
    lost = {task for task in tasks if task not in landed}
    assert "never" in lost
    assert all(task == "never" or task.startswith("meet") for task in lost), lost
    for task in landed:
        if task.startswith("meet"):
            assert task[-1] in files["a.txt"].split()
    outcomes = bench.outcomes()
    assert sorted((each.outcome.task, each.outcome.attempt) for each in outcomes) == sorted(
        (each.task, each.number) for each in state.attempts
    )
    bank = bench.bank()
    assert bank.is_kept
    assert bank.in_flight == frozenset()
    assert bank.landed == sum(each.outcome.ending in LANDED for each in outcomes) == len(landed)
    for commit in bench.yard.git("rev-list", "--first-parent", "taskpar/r").split():
        assert "broken" not in bench.yard.files(commit)
    with bench.place() as place:
        made, missing = made_and_missing(bench, place.place / "repository.git")
    assert missing == []
    return made


@pytest.mark.long
def test_two_hundred_kills_lose_nothing(tmp_path, record_property):
    kills, made, seed = 0, 0, 0
    while kills < KILLS:
        seed += 1
        tasks = tasks_of(seed)
        bench = Bench(folder(tmp_path, str(seed)))
        bench.write(tasks)
        kills += killed(bench, random.Random(seed))
        made += check(bench, tasks)
    for name, value in (("kills", kills), ("runs", seed), ("commits", made)):
        record_property(name, value)


def test_a_few_kills_lose_nothing(tmp_path):
    tasks = tasks_of(0)
    bench = Bench(folder(tmp_path, "few"))
    bench.write(tasks)
    started = time.monotonic()
    assert killed(bench, random.Random(7)) >= 1, time.monotonic() - started
    assert check(bench, tasks) > 8
