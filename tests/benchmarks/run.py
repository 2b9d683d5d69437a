"""Times the commands as whole processes and prints the table of docs/benchmarks.md.

    .venv/bin/python tests/benchmarks/run.py            the full sizes
    .venv/bin/python tests/benchmarks/run.py --small    a sample, to see that it runs

Every figure is wall time and peak memory of one process from its start to its exit, the median
of several runs. The first row, an interpreter that imports numpy and exits, is the yardstick:
ratios to it travel between machines better than seconds do.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.support.large import LargeRepository
from tests.support.synthetic import make_branches, make_repository, make_tasks

TASKPAR = str(Path(sys.executable).with_name("taskpar"))


def run_once(command: list[str]) -> tuple[float, float]:
    """Run a command to its end; return seconds and peak MiB."""
    start = time.perf_counter()
    quiet = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)]
    child = os.posix_spawn(command[0], command, os.environ, file_actions=quiet)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"failed: {' '.join(command)}")
    return seconds, usage.ru_maxrss / 1024


def row(
    name: str,
    command: list[str],
    *,
    runs: int,
    yardstick: float | None,
    before: Callable[[], None] = lambda: None,
) -> float:
    """Print one row of the table and return its median seconds; ``before`` precedes each run."""
    figures = []
    for _ in range(runs):
        before()
        figures.append(run_once(command))
    seconds = statistics.median(figure[0] for figure in figures)
    memory = statistics.median(figure[1] for figure in figures)
    ratio = "1" if yardstick is None else f"{seconds / yardstick:.1f}"
    print(f"| {name} | {seconds:.2f} | {ratio} | {memory:.0f} |", flush=True)
    return seconds


def footprint_rows(root: Path, *, small: bool, yardstick: float) -> None:
    """Print how plans with predicted footprints grow with files, history and tasks.

    Cold: nothing is remembered of the repository. Warm: a plan of it was made before.
    """
    state = root / "state"
    runs = 1 if small else 3

    def forget() -> None:
        shutil.rmtree(state, ignore_errors=True)

    sizes = [(500, 500)] if small else [(500, 2000), (5000, 2000), (5000, 8000), (50_000, 2000)]
    for files, commits in sizes:
        made = LargeRepository(root / f"large-{files}-{commits}", files, commits=commits)
        hundred = str(made.tasks(root / f"titles-{files}-{commits}.jsonl", 100))
        at = ["--repo", str(made.place)]
        what = f"100 tasks, {files:,} files, {commits:,} landings"
        command = [TASKPAR, "plan", hundred, *at]
        row(f"plan, {what}, cold", command, runs=runs, yardstick=yardstick, before=forget)
        row(f"plan, {what}, warm", command, runs=runs, yardstick=yardstick)
        if files == 5000 and commits == 2000:
            for count in (100, 1000):
                tasks = str(made.tasks(root / f"more-{count}.jsonl", count))
                out = str(root / "footprints.parquet")
                command = [TASKPAR, "footprint", tasks, *at, "--out", out]
                name = f"footprint, {count:,} tasks, {files:,} files, warm"
                row(name, command, runs=runs, yardstick=yardstick)


def main() -> None:
    """Print the whole table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="small sizes, one run each")
    small = parser.parse_args().small
    runs = 1 if small else 5
    tasks_scored = 200 if small else 2000
    print(f"{os.cpu_count()} cores, median of {runs}\n")
    print("| command | seconds | x yardstick | peak MiB |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        os.environ["TASKPAR_STATE"] = str(root / "state")
        paths = make_repository(root / "repo", 500 if small else 5000, commits=50)
        hundred = str(make_tasks(root / "hundred.jsonl", 100, paths))
        many = str(make_tasks(root / "many.jsonl", tasks_scored, paths))
        at = ["--repo", str(root / "repo")]
        base = row(
            "python -c 'import numpy'",
            [sys.executable, "-c", "import numpy"],
            runs=runs,
            yardstick=None,
        )
        row("taskpar --help", [TASKPAR, "--help"], runs=runs, yardstick=base)
        row(
            f"plan, 100 tasks, {len(paths)} files",
            [TASKPAR, "plan", hundred, *at],
            runs=runs,
            yardstick=base,
        )
        row(
            "explain, 100 tasks",
            [TASKPAR, "explain", "task-0", "task-1", hundred, *at],
            runs=runs,
            yardstick=base,
        )
        pairs = tasks_scored * (tasks_scored - 1) // 2
        for ending in ("parquet", "csv", "jsonl"):
            out = str(root / f"scores.{ending}")
            row(
                f"score, {tasks_scored} tasks = {pairs:,} pairs, {ending}",
                [TASKPAR, "score", many, *at, "--out", out],
                runs=runs,
                yardstick=base,
            )
        branches = make_branches(root / "repo", 10 if small else 60, paths)
        row(
            f"check, {len(branches)} branches = {len(branches) * (len(branches) - 1) // 2:,} pairs",
            [TASKPAR, "check", *branches, *at],
            runs=runs,
            yardstick=base,
        )
        footprint_rows(root, small=small, yardstick=base)


if __name__ == "__main__":
    main()
