"""Times plans and dispatch, and prints the tables of docs/benchmarks.md.

    .venv/bin/python tests/benchmarks/planning.py            the full sizes
    .venv/bin/python tests/benchmarks/planning.py --small    a sample, to see that it runs

Dispatch: one answer of the planner, in a process that has everything in memory, the median of many.
Plans: whole processes, as in tests/benchmarks/run.py, whose first row is the yardstick here too.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from taskpar_ml.domain.watching import Watch, Watching
from taskpar_ml.planner.dispatch import dispatch
from taskpar_ml.planner.starts import StartRules
from tests.benchmarks.run import TASKPAR, row
from tests.support.synthetic import make_repository, make_tasks

_YARDSTICK = 1_000_000
"""Numbers that numpy sorts for the yardstick of dispatch."""


def milliseconds(call: Callable[[], object], *, runs: int) -> float:
    """Return the median of several calls."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        taken.append(1000 * (time.perf_counter() - start))
    return statistics.median(taken)


def made_up_rules(tasks: int, watch: Watch) -> StartRules:
    """Return rules of tasks of which one pair in fifty stays apart, with small risks."""
    random = np.random.default_rng(0)
    risk = np.triu(random.beta(0.4, 12, size=(tasks, tasks)), k=1)
    risk += risk.T
    apart = np.triu(random.random((tasks, tasks)) < 0.02, k=1)
    minutes = 60 * np.exp(0.8 * random.standard_normal(tasks))
    return StartRules(
        apart=apart | apart.T,
        risk=risk,
        minutes=minutes,
        chain=minutes,
        threshold=0.9,
        watch=watch,
        spread=0.8,
    )


def dispatch_rows(*, runs: int) -> None:
    """Print how long one answer takes, with all workers but five busy."""
    random = np.random.default_rng(0)
    yardstick = milliseconds(lambda: np.sort(random.random(_YARDSTICK)), runs=runs)
    print("| one dispatch | milliseconds | x yardstick |\n|---|---|---|")
    print(f"| numpy sorts {_YARDSTICK:,} numbers | {yardstick:.1f} | 1 |")
    for pending, running in ((20, 4), (200, 50), (1000, 50)):
        for watching in Watching:
            taken = milliseconds(question(pending, running, Watch(watching)), runs=runs)
            what = f"{pending} pending, {running} running, {watching.value}"
            print(f"| {what} | {taken:.1f} | {taken / yardstick:.2f} |", flush=True)


def question(pending: int, running: int, watch: Watch) -> Callable[[], object]:
    """Return what asks which of the pending tasks may start; every fifth waits for another."""
    ids = [f"t{number:04}" for number in range(pending + running)]
    order: nx.DiGraph[str] = nx.DiGraph()
    order.add_nodes_from(ids)
    order.add_edges_from((ids[row], ids[row + 1]) for row in range(running, len(ids) - 1, 5))
    rules = made_up_rules(len(ids), watch)
    started = {name: float(minutes) for minutes, name in enumerate(ids[:running])}
    rank = dict.fromkeys(ids, (0.0,))
    return lambda: dispatch(
        order, ids=ids, rules=rules, rank=rank, running=started, workers=running + 5
    )


def plan_rows(*, small: bool) -> None:
    """Print how long plans of more and more tasks take."""
    print("\n| command | seconds | x yardstick | peak MiB |\n|---|---|---|---|")
    runs = 1 if small else 3
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        os.environ["TASKPAR_STATE"] = str(root / "state")
        paths = make_repository(root / "repo", 500 if small else 5000, commits=50)
        command = [sys.executable, "-c", "import numpy"]
        base = row("python -c 'import numpy'", command, runs=runs, yardstick=None)
        for count in (50,) if small else (200, 1000, 5000):
            tasks = str(make_tasks(root / f"{count}.jsonl", count, paths))
            for estimator in ("fixed-weights", "learned"):
                if estimator == "learned" and count > 1000:
                    continue
                command = [TASKPAR, "plan", tasks, "--repo", str(root / "repo")]
                command += ["--estimator", estimator, "--workers", "8"]
                name = f"plan, {count:,} tasks, {len(paths):,} files, {estimator}"
                row(name, command, runs=1 if count > 1000 else runs, yardstick=base)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="small sizes, few runs")
    small = parser.parse_args().small
    print(f"{os.cpu_count()} cores\n")
    dispatch_rows(runs=5 if small else 50)
    plan_rows(small=small)


if __name__ == "__main__":
    main()
