"""Times runs whose agents do next to nothing, and prints the tables of docs/benchmarks.md.

    .venv/bin/python tests/benchmarks/running.py            the full sizes
    .venv/bin/python tests/benchmarks/running.py --small    a sample, to see that it runs

What a run costs beside its agents: per task, against the git commands that a careful shell script
would need; per pass in which nothing happens; and per worktree, against git itself and `cp`. Time
of the processor is that of this process and of all that it started and waited for.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parents[2]))

from taskpar_ml.admitting.book import AdmissionBook
from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.landing_steps import Candidate, LandingBegun, LandingEnded, LinedUp
from taskpar_ml.domain.outcome import Ending
from taskpar_ml.domain.runs import (
    AttemptBegun,
    AttemptEnded,
    Recorded,
    Removed,
    Role,
    RoundBegun,
    RoundEnd,
    RoundEnded,
    WorkKept,
)
from taskpar_ml.domain.watching import Watching
from taskpar_ml.execution.deciding import given_up
from taskpar_ml.execution.executor import Executor
from taskpar_ml.execution.git_runner import Git
from taskpar_ml.execution.reporting import status_of
from taskpar_ml.execution.run_book import RunBook
from taskpar_ml.execution.workshop import Workshop
from taskpar_ml.predicting import chosen_predictor
from taskpar_ml.workspace import Workspace
from tests.benchmarks.run import TASKPAR
from tests.support.running import Bench
from tests.support.synthetic import make_repository

_BY_HAND: Final = """\
set -e
task=$1
git worktree add --quiet -b "work/$task" "../trees/$task" main
(cd "../trees/$task" && {work} && git add --all && git commit --quiet --message "$task")
(cd ../line && git merge --quiet --no-ff --message "$task" "work/$task")
git worktree remove "../trees/$task"
"""
"""What somebody does for a task who has no executor."""
_WORK: Final = 'echo done >>"{task}.txt"'
_IDLE: Final = 8
"""Agents that run while nothing happens."""


class Cost(NamedTuple):
    """What something took: seconds of the clock and of the processor, and git commands.

    Only those commands are counted that this process starts by itself.
    """

    wall: float
    cpu: float
    commands: int

    def plus(self, other: Cost) -> Cost:
        """Return what both took."""
        commands = self.commands + other.commands
        return Cost(self.wall + other.wall, self.cpu + other.cpu, commands)

    def over(self, count: int) -> Cost:
        """Return what each of so many took."""
        return Cost(self.wall / count, self.cpu / count, round(self.commands / count))


class SizedBench(Bench):
    """A bench whose workers and estimator can be chosen."""

    def __init__(self, place: Path, *, workers: int, estimator: str | None) -> None:
        super().__init__(place)
        self._workers, self._estimator = workers, estimator

    def workspace(self, watch: Watching = Watching.NEVER) -> Workspace:
        """Read the tasks."""
        usual = super().workspace(watch)
        return replace(
            usual,
            predictor=chosen_predictor(self._estimator or "learned", model=None).predictor,
            settings=usual.settings.with_limits(workers=self._workers),
        )

    @contextmanager
    def opened(self) -> Iterator[tuple[Executor, RunBook]]:
        """Open a run of the tasks that were written."""
        with self.place() as place:
            AdmissionBook(place.history).promise(b0=_IDLE + 1)
            with place.alone():
                made = self.executor(place)
                yield made, made._book


def costs(call: Callable[[], object]) -> Cost:
    """Return what a call takes."""
    counted: list[str] = []
    plain = Git.__call__

    def counting(git: Git, *arguments: str, **options: Any) -> Any:
        counted.append(arguments[0])
        return plain(git, *arguments, **options)

    with patch.object(Git, "__call__", counting):
        cpu, wall = _cpu(), time.perf_counter()
        call()
        return Cost(time.perf_counter() - wall, _cpu() - cpu, len(counted))


def _cpu() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def by_hand(place: Path, count: int) -> Cost:
    """Return what a task costs whoever does it with git alone."""
    bench = Bench(place)
    bench.yard.git("worktree", "add", "--quiet", "-b", "line", str(place / "line"), "main")
    script = _BY_HAND.format(work=_WORK.format(task="$task"))

    def each() -> None:
        for number in range(count):
            words = ["/bin/sh", "-c", script, "by-hand", f"t{number}"]
            subprocess.run(words, cwd=bench.yard.place, check=True)

    return costs(each).over(count)


def by_executor(place: Path, count: int, *, workers: int, estimator: str | None) -> Cost:
    """Return what a task costs that an executor has done."""
    bench = SizedBench(place, workers=workers, estimator=estimator)
    names = [f"t{number}" for number in range(count)]
    bench.write({name: _WORK.format(task=name) for name in names})

    def run() -> None:
        with bench.opened() as (executor, book):
            executor.run()
            assert len(book.state.landed) == count

    return costs(run).over(count)


def start_up(place: Path) -> float:
    """Return seconds from the start of the command until the first attempt begins."""
    bench = Bench(place)
    bench.write({"t0": _WORK.format(task="t0")})
    began = datetime.now().astimezone()
    agent = f"/bin/sh {place / 't0.sh'} {{prompt_file}}"
    words = [TASKPAR, "run", str(place / "tasks.json"), "--agent", agent, "--json"]
    words += ["--repo", str(bench.yard.place), "--state", str(place / "state")]
    told = subprocess.run(words, check=True, capture_output=True)
    first = json.loads(told.stdout)["data"]["attempts"][0]["begun_at"]
    return (datetime.fromisoformat(first) - began).total_seconds()


def task_rows(root: Path, *, small: bool) -> None:
    """Print what tasks cost whose agents append a line to a file of their own."""
    print("| per task | ms | x by hand | ms of the processor | x by hand | git commands |")
    print("|---|---|---|---|---|---|")
    most = 10 if small else 100
    hand = by_hand(root / "by-hand", most)
    _task_row(f"{most} tasks by hand, one by one", hand._replace(commands=5), hand)
    for workers in (1, 8):
        for count in (3, 10) if small else (10, 30, 100):
            name = f"{count} tasks, {workers} at once"
            cost = by_executor(
                root / f"{count}-{workers}", count, workers=workers, estimator="never"
            )
            _task_row(name, cost, hand)
    cost = by_executor(root / "learned", most, workers=8, estimator=None)
    _task_row(f"{most} tasks, 8 at once, planned", cost, hand)
    seconds = start_up(root / "start-up")
    print(f"\n`taskpar run` takes {seconds:.1f} s until its first attempt begins.\n")


def _task_row(name: str, cost: Cost, hand: Cost) -> None:
    told = (1000 * cost.wall, cost.wall / hand.wall, 1000 * cost.cpu, cost.cpu / hand.cpu)
    cells = [f"{each:.0f}" if place % 2 == 0 else f"{each:.1f}" for place, each in enumerate(told)]
    print(f"| {' | '.join((name, *cells, str(cost.commands)))} |", flush=True)


def idle_rows(root: Path, *, small: bool) -> None:
    """Print what a pass costs in which nothing happens, after more and more attempts."""
    print(
        f"| {_IDLE} run, attempts before | ms a pass | of the processor | git commands |"
        " ms to know who is given up | ms for the status |\n|---|---|---|---|---|---|"
    )
    for count in (0, 30) if small else (0, 100, 300, 1000):
        print(f"| {count} | {' | '.join(_idle(root / str(count), count, 5 if small else 40))} |")


def _idle(place: Path, before: int, passes: int) -> Iterator[str]:
    """Yield what an idle pass costs after so many attempts, and what parts of it do."""
    bench = SizedBench(place, workers=_IDLE, estimator="never")
    bell = place / "bell"
    os.mkfifo(bell)
    names = [f"t{number}" for number in range(_IDLE)]
    bench.write({name: f"cat {bell}; {_WORK.format(task=name)}" for name in names})
    with bench.opened() as (executor, book):
        _pretend(book, before, base=bench.yard.base)
        while executor.step():
            pass
        each = costs(_repeated(executor.step, passes)).over(passes)
        given = costs(_repeated(lambda: given_up(book.state), passes)).over(passes)
        status = costs(_repeated(lambda: status_of(book.state, run="r"), passes)).over(passes)
        bell.write_text("")  # all go on
        executor.run()
    yield from (f"{1000 * each.wall:.1f}", f"{1000 * each.cpu:.1f}", str(each.commands))
    yield from (f"{1000 * given.wall:.1f}", f"{1000 * status.wall:.1f}")


def _repeated(call: Callable[[], object], times: int) -> Callable[[], None]:
    """Return what calls something so many times."""

    def repeated() -> None:
        for _ in range(times):
            call()

    return repeated


def _pretend(book: RunBook, count: int, *, base: str) -> None:
    """Write so many attempts that have landed, of tasks that nobody wants any more."""
    for number in range(count):
        known = {"task": f"old-{number}", "number": 1}
        candidate = Candidate(**known, commit=base, onto=base)
        book.write(
            AttemptBegun(**known, base=base, slot=0),
            RoundBegun(**known, role=Role.WORK, why=""),
            RoundEnded(**known, how=RoundEnd.DONE, code=0),
            WorkKept(**known, head=base, touched=(), complaint=""),
            LinedUp(candidates=(candidate,)),
            LandingBegun(many=1),
            LandingEnded(landed=True),
            AttemptEnded(**known, ending=Ending.MERGED),
            Recorded(**known),
            Removed(**known),
        )


def tree_rows(root: Path, *, small: bool) -> None:
    """Print what worktrees cost; the ways take turns, for a disk is busy long after a write."""
    files, count, at_once = (500, 4, 2) if small else (5000, 50, 10)
    make_repository(root / "large", files)
    Git(root / "large")("repack", "-a", "-d", "--quiet")  # as those are that have been cloned
    Git(root / "large")("reset", "--quiet", "--hard")
    base = Git(root / "large")("rev-parse", "HEAD").text
    workshop = Workshop(root / "run", "r", root / "large" / ".git")
    seconds = costs(lambda: workshop.prepare(base)).wall
    ways = _tree_ways(root, workshop, base)
    spent = {name: [Cost(0, 0, 0), Cost(0, 0, 0)] for name in ways}
    for first in range(0, count, at_once):
        names = [f"t{number}" for number in range(first, first + at_once)]
        for step in (0, 1):
            for name, calls in ways.items():
                spent[name][step] = spent[name][step].plus(costs(_each(calls[step], names)))
    print(
        f"| {count} worktrees of {files:,} files | s to make | x git | of the processor | x git |"
        " s to remove | x git | of the processor | x git |\n|---|---|---|---|---|---|---|---|---|"
    )
    for name, both in spent.items():
        cells = [
            text
            for cost, git in zip(both, spent["git worktree"], strict=True)
            for taken, yardstick in ((cost.wall, git.wall), (cost.cpu, git.cpu))
            for text in (f"{taken:.2f}", f"{taken / yardstick:.2f}")
        ]
        print(f"| {' | '.join((name, *cells))} |")
    print(f"\nThe run's own repository is made in {seconds:.2f} s.")


def _tree_ways(
    root: Path, workshop: Workshop, base: str
) -> dict[str, tuple[Callable[[str], object], Callable[[str], object]]]:
    """Return how somebody makes a worktree of a name, and removes it."""
    plain = Git(root / "large")
    add, remove = ("worktree", "add", "--quiet", "--detach"), ("worktree", "remove", "--force")
    return {
        "git worktree": (
            lambda name: plain(*add, str(root / "plain" / name)),
            lambda name: plain(*remove, str(root / "plain" / name)),
        ),
        "taskpar": (
            lambda name: workshop.make_tree(Attempt(name, 1), base),
            lambda name: workshop.remove_tree(Attempt(name, 1)),
        ),
        "cp -r, rm -r": (
            lambda name: subprocess.run(["cp", "-r", root / "large", root / name], check=True),
            lambda name: shutil.rmtree(root / name),
        ),
    }


def _each(call: Callable[[str], object], items: Sequence[str]) -> Callable[[], None]:
    """Return what calls something with every one of some names."""

    def called() -> None:
        for item in items:
            call(item)

    return called


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="small sizes, few runs")
    small = parser.parse_args().small
    print(f"{os.cpu_count()} cores\n")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        task_rows(root, small=small)
        idle_rows(root, small=small)
        print()
        tree_rows(root, small=small)


if __name__ == "__main__":
    main()
