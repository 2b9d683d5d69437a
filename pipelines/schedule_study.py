"""Holds the planner's search against its exact solver, and prints the tables of docs/scheduling.md.

    python pipelines/schedule_study.py [--problems N] [--effort UNITS] [--sizes N,N,N]

Problems are made up from seeds: 8 to 30 tasks, 2 to 8 workers, log-normal lengths, some pairs
apart, some risky, half of them with an order and half with a budget. The gap of the search is how
much longer its expected makespan is than the proved optimum, or than the proved bound where the
solver did not get that far. Times of larger problems are multiples of that of the smallest.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from time import perf_counter
from typing import Final, NamedTuple

import numpy as np

from taskpar_ml.planner.exact import solve
from taskpar_ml.planner.problem import SchedulingProblem
from taskpar_ml.planner.schedule import Form, measure
from taskpar_ml.planner.search import search_schedule

SPREAD: Final = 0.6
"""Of the logarithm of minutes, as in made-up durations of past tasks."""
BINS: Final = ((8, 14), (15, 22), (23, 30))


class Compared(NamedTuple):
    """One problem in one form: its features, and what became of it, in minutes."""

    form: Form
    tasks: int
    ordered: bool
    budgeted: bool
    searched: float
    solved: float
    bound: float
    is_optimal: bool
    seconds: float


def made_up(
    seed: int,
    *,
    tasks: int,
    workers: int,
    apart: float,
    risky: float,
    ordered: bool,
    budget: float | None,
) -> SchedulingProblem:
    """Return a made-up problem.

    Parameters
    ----------
    apart, risky
        Shares of the pairs that are kept apart, and that may collide. How likely, is drawn from
        Beta(1, 8); a collision loses the shorter of the two.
    ordered
        Whether tasks wait for others, each for one on average.
    budget
        As a share of the weight of all pairs.
    """
    random = np.random.default_rng(seed)
    square = (tasks, tasks)
    minutes = np.maximum(np.rint(60 * np.exp(SPREAD * random.standard_normal(tasks))), 1)
    kept = np.triu(random.random(square) < apart, 1)
    chance = np.where(np.triu(random.random(square) < risky, 1), random.beta(1, 8, square), 0.0)
    chance += chance.T
    weight = -np.log1p(-chance)
    before = np.triu(random.random(square) < 2 / tasks, 1) if ordered else np.zeros(square, bool)
    return SchedulingProblem.of(
        minutes,
        np.argwhere(before),
        apart=kept | kept.T,
        weight=weight,
        loss=chance * np.minimum(minutes[:, None], minutes),
        workers=workers,
        budget=None if budget is None else budget * float(weight.sum()) / 2,
    )


def drawn(seed: int) -> SchedulingProblem:
    """Return one of the problems that are compared."""
    random = np.random.default_rng([seed, 1])
    return made_up(
        seed,
        tasks=int(random.integers(8, 31)),
        workers=int(random.integers(2, 9)),
        apart=float(random.choice((0.0, 0.05, 0.15, 0.3))),
        risky=float(random.choice((0.0, 0.2, 0.6, 1.0))),
        ordered=seed % 2 == 1,
        budget=float(random.choice((0.01, 0.05, 0.15))) if seed % 4 < 2 else None,
    )


def compared(seed: int, form: Form, effort: float) -> Compared:
    """Search and solve one problem."""
    problem = drawn(seed)
    searched = search_schedule(problem, form)
    began = perf_counter()
    solved = solve(problem, form, effort=effort, hint=searched)
    seconds = perf_counter() - began
    return Compared(
        form,
        len(problem),
        bool(len(problem.before)),
        problem.budget is not None,
        measure(problem, searched).expected,
        measure(problem, solved.schedule).expected,
        solved.bound,
        solved.is_optimal,
        seconds,
    )


def main() -> int:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--problems", type=int, default=200)
    parser.add_argument("--effort", type=float, default=0.3)
    parser.add_argument("--sizes", default="200,1000,5000")
    chosen = parser.parse_args()
    found = []
    for seed in range(chosen.problems):
        found += [compared(seed, form, chosen.effort) for form in Form]
        print(f"{seed + 1} of {chosen.problems}", end="\r", file=sys.stderr, flush=True)
    print(
        "| form | problems | | proved | gap to the optimum: mean | median | 90 % | most |", end=""
    )
    print(" gap to the bound | the solver is shorter by | solver, s |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for form in Form:
        mine = [each for each in found if each.form == form]
        _row(form, "all", mine)
        for low, high in BINS:
            _row(form, f"{low} to {high} tasks", [e for e in mine if low <= e.tasks <= high])
        _row(form, "with an order", [each for each in mine if each.ordered])
        _row(form, "with a budget", [each for each in mine if each.budgeted])
        _row(form, "without a budget", [each for each in mine if not each.budgeted])
    print()
    _times([int(size) for size in chosen.sizes.split(",")])
    return 0


def _row(form: Form, name: str, found: Sequence[Compared]) -> None:
    if not found:
        return
    proved = _gaps((each.searched, each.solved) for each in found if each.is_optimal)
    open_ = _gaps((each.searched, each.bound) for each in found if not each.is_optimal)
    gained = _gaps((each.searched, each.solved) for each in found if not each.is_optimal)
    cells = [form.value, name, str(len(found)), f"{len(proved) / len(found):.0%}"]
    if len(proved):
        figures = (proved.mean(), np.median(proved), np.quantile(proved, 0.9), proved.max())
        cells += [f"{each:.2%}" for each in figures]
    else:
        cells += ["-"] * 4
    cells += [f"{each.mean():.1%}" if len(each) else "-" for each in (open_, gained)]
    cells.append(f"{np.mean([each.seconds for each in found]):.1f}")
    print("| " + " | ".join(cells) + " |")


def _gaps(pairs: Iterable[tuple[float, float]]) -> np.ndarray:
    """Return by which share the first of every pair is longer than the second."""
    return np.array([longer / shorter - 1 for longer, shorter in pairs])


def _times(sizes: Sequence[int]) -> None:
    """Print how long the search takes, for one percent of pairs apart and a third of them risky."""
    print("| tasks | workers | form | time | above the bound |")
    print("|---|---|---|---|---|")
    unit = 0.0
    for tasks in sizes:
        for workers in (8, 50):
            problem = made_up(
                0, tasks=tasks, workers=workers, apart=0.01, risky=0.3, ordered=True, budget=0.01
            )
            lowest = max(problem.chain, problem.work / problem.seats)
            for form in Form:
                began = perf_counter()
                schedule = search_schedule(problem, form)
                seconds = perf_counter() - began
                unit = unit or seconds
                above = measure(problem, schedule).expected / lowest - 1
                cells = (f"{tasks:,}", str(workers), form.value, f"{seconds / unit:.1f}")
                print("| " + " | ".join((*cells, f"{above:.1%}")) + " |", flush=True)
    print(f"1.0 is {unit:.2f} s", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
