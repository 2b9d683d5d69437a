"""Whoever runs tasks is killed two hundred times at random moments, and nothing is lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from taskpar_ml.domain.outcome import LANDED
from taskpar_ml.domain.watching import Watching
from tests.support.accounting import Account, account
from tests.support.running import Bench, agent

KILLS = 200
ROLES = ("AUTHOR", "COMMITTER")
VERIFY = "test ! -e broken && ! { test -e pair0.txt && test -e pair1.txt; }"
_BOTH = "cat a.txt | grep -v '^[<=>]' >a.new; mv a.new a.txt"


def tasks_of(seed: int) -> dict[str, str]:
    """Return tasks of which some meet, some do not pass together, and one cannot be done."""
    moment = random.Random(seed)

    def wait() -> str:
        return f"sleep {moment.uniform(0.05, 0.8):.2f}"

    meet = {
        f"meet{number}": agent(
            work=f"{wait()}; {_BOTH}; echo {number} >>a.txt; git commit -qam {number}; {wait()}",
            resolve=_BOTH,
        )
        for number in range(3)
    }
    alone = {f"alone{number}": f"{wait()}; echo {number} >alone{number}.txt" for number in range(4)}
    pair = {
        f"pair{number}": agent(
            work=f"{wait()}; echo p >pair{number}.txt",
            repair=f"{wait()}; git mv pair{number}.txt apart{number}.txt",
        )
        for number in range(2)
    }
    mended = agent(
        work=f"{wait()}; touch broken", repair=f"{wait()}; rm -f broken; echo m >mended.txt"
    )
    thrown = f"echo x >x.txt; git add .; git commit -qm x; git reset -q --hard HEAD~1; {wait()}"
    return {
        **meet,
        **alone,
        **pair,
        "mended": mended,
        "thrown": f"{thrown}; echo t >thrown.txt",
        "never": f"{wait()}; exit 1",
    }


def folder(place: Path, name: str) -> Path:
    """Make a directory."""
    (place / name).mkdir()
    return place / name


def killed(bench: Bench, moment: random.Random, *, watch: Watching = Watching.TRIAL_MERGES) -> int:
    """Run in other processes, kill them until one gets through, and return how many were."""
    kills = 0
    while True:
        process = bench.start_process(verify=VERIFY, watch=watch)
        try:
            process.wait(moment.uniform(0.6, 2.6))
            return kills
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            kills += 1


def check(bench: Bench, tasks: dict[str, str]) -> Account:
    """Go on to the end, hold what came of it against what was to come, return what was made."""
    state = bench.run(tasks, verify=VERIFY)
    assert {each.attempt.task for each in state.attempts.values()} == set(tasks)
    landed = [attempt.task for attempt, _ in state.landed]
    assert len(landed) == len(set(landed)), "nothing lands twice"
    files = bench.yard.files("taskpar/r")
    for task in landed:
        if not task.startswith("meet"):
            assert files.keys() & {f"{task}.txt", task.replace("pair", "apart") + ".txt"}
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
    assert bank.hits == sum(each.is_hit for each in state.attempts.values())
    assert bank.in_flight == frozenset()
    assert bank.landed == sum(each.outcome.ending in LANDED for each in outcomes) == len(landed)
    for commit in bench.yard.git("rev-list", "--first-parent", "taskpar/r").split():
        there = set(bench.yard.git("ls-tree", "--name-only", commit).split())
        assert "broken" not in there
        assert not there >= {"pair0.txt", "pair1.txt"}
    found = account(bench)
    assert found.missing == []
    return found


@pytest.mark.long
def test_two_hundred_kills_lose_nothing(tmp_path, record_property):
    kills, hits, commits, blobs, seed = 0, 0, 0, 0, 0
    while kills < KILLS:
        seed += 1
        tasks = tasks_of(seed)
        # Every third promises less than its tasks could break.
        bench = Bench(folder(tmp_path, str(seed)), b0=2 if seed % 3 == 0 else 9)
        bench.write(tasks)
        watch = list(Watching)[seed % 2]
        kills += killed(bench, random.Random(seed), watch=watch)
        found = check(bench, tasks)
        commits, blobs = commits + found.commits, blobs + found.blobs
        hits += bench.bank().hits
    counted = {"kills": kills, "runs": seed, "hits": hits, "commits": commits, "blobs": blobs}
    for name, value in counted.items():
        record_property(name, value)


def test_a_few_kills_lose_nothing(tmp_path):
    tasks = {name: script for name, script in tasks_of(0).items() if name[-1] not in "23"}
    bench = Bench(folder(tmp_path, "few"))
    bench.write(tasks)
    started = time.monotonic()
    assert killed(bench, random.Random(7)) >= 1, time.monotonic() - started
    assert check(bench, tasks).commits > 6


_USER = """
git clone -q --no-checkout {shop} {mine} && cd {mine}
until git fetch -q && git checkout -q --detach origin/taskpar/r; do sleep 0.05; done
number=0
until [ -e {stop} ]; do
    number=$((number + 1)); echo $number >user$number.txt
    git add . && git commit -qm "user $number" && git rev-parse HEAD >>{made}
    until git push -q origin HEAD:refs/heads/taskpar/r; do
        git fetch -q; git merge -q -m pulled origin/taskpar/r
    done
    sleep {pause}
done 2>/dev/null
"""


@contextmanager
def committing(bench: Bench, place: Path, *, pause: float) -> Iterator[Path]:
    """Have a user commit to the target all the while, in a clone; yield where commits are named."""
    names = {name: place / name for name in ("mine", "made", "stop")}
    script = _USER.format(shop=bench.yard.place, pause=pause, **names)
    named = {f"GIT_{role}_{what}": "u@x" for role in ROLES for what in ("NAME", "EMAIL")}
    with subprocess.Popen(
        ["sh", "-c", script], env={**os.environ, **named}, stderr=subprocess.DEVNULL
    ) as user:
        try:
            yield names["made"]
        finally:
            names["stop"].touch()
            user.wait(30)


def beside_a_user(bench: Bench, place: Path, seed: int, tasks: dict[str, str]) -> tuple[int, int]:
    """Run and kill beside a user; return how many were killed and how often the user committed."""
    bench.write(tasks)
    with committing(bench, place, pause=1.0) as made:
        kills = killed(bench, random.Random(seed))
        check(bench, tasks)
    theirs = made.read_text().split()
    assert set(theirs) <= set(bench.yard.git("rev-list", "taskpar/r").split())
    return kills, len(theirs)


def test_a_user_who_commits_to_the_target_meanwhile_loses_nothing(tmp_path):
    tasks = {name: tasks_of(0)[name] for name in ("alone0", "mended", "never")}
    kills, commits = beside_a_user(Bench(folder(tmp_path, "r")), tmp_path, 3, tasks)
    assert kills > 0
    assert commits > 2


@pytest.mark.long
def test_users_who_commit_to_targets_all_the_while_lose_nothing(tmp_path, record_property):
    kills, commits = 0, 0
    for seed in range(15):
        place = folder(tmp_path, str(seed))
        found = beside_a_user(Bench(place), place, seed, tasks_of(seed))
        kills, commits = kills + found[0], commits + found[1]
    record_property("kills", kills)
    record_property("commits of users", commits)
