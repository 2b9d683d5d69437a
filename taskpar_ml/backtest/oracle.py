"""The exact scheduler that knows the truth: what no policy can beat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from taskpar_ml.planner.seats import seat_tasks
from taskpar_ml.simulation.policies import Planned, RiskBelow
from taskpar_ml.simulation.simulator import simulate
from taskpar_ml.simulation.trace import Trace

EFFORT: Final = 10.0
"""How long the solver searches, in its own deterministic units, each about a second. Of 80 made-up
batches of twenty tasks all were settled within 2.4."""

_SEED: Final = 0


@dataclass(frozen=True)
class OraclePlan:
    """A schedule in which no two conflicting tasks overlap.

    Attributes
    ----------
    starts, finishes
        When each task starts and ends, in minutes.
    bound
        Minutes below which no schedule, and no policy, can end.
    kept_apart
        Share of the pairs that truly conflict.
    """

    starts: tuple[int, ...]
    finishes: tuple[int, ...]
    bound: int
    kept_apart: float

    @property
    def makespan(self) -> int:
        """Minutes until the last task ends."""
        return max(self.finishes, default=0)

    @property
    def is_proved(self) -> bool:
        """Whether it is the shortest there is."""
        return self.makespan <= self.bound

    @property
    def policy(self) -> Planned:
        """The policy that follows the schedule."""
        return Planned(
            "oracle", starts=self.starts, finishes=self.finishes, kept_apart=self.kept_apart
        )


def oracle_plan(trace: Trace, *, workers: int, effort: float = EFFORT) -> OraclePlan:
    """Return the shortest schedule that can be found, and how much shorter one may be.

    No policy ends before it, those that let tasks be redone included: their runs that landed are
    such a schedule, since of two conflicting ones that overlap the later would not have landed.

    Parameters
    ----------
    workers
        Most tasks at the same time, at least 1.
    effort
        How long to search, in the solver's deterministic units: the same answer on every machine.

    Notes
    -----
    List schedules come first. Where none of them is as short as the work of each worker and the
    longest task demand, a constraint solver improves the best.
    """
    workers = min(workers, max(len(trace), 1))  # more have nothing to do
    starts = min(_list_schedules(trace, workers), key=lambda each: _makespan(trace, each))
    bound = max(-(-trace.work // workers), *trace.minutes, 0)
    if bound < _makespan(trace, starts):
        starts, bound = _solved(trace, workers, starts, bound=bound, effort=effort)
    return OraclePlan(
        starts=tuple(starts),
        finishes=tuple(_finishes(trace, starts)),
        bound=bound,
        kept_apart=int(trace.conflicts.sum()) / 2 / max(trace.pairs, 1),
    )


def _finishes(trace: Trace, starts: Sequence[int]) -> list[int]:
    return [start + minutes for start, minutes in zip(starts, trace.minutes, strict=True)]


def _makespan(trace: Trace, starts: Sequence[int]) -> int:
    return max(_finishes(trace, starts), default=0)


def _list_schedules(trace: Trace, workers: int) -> list[list[int]]:
    """Return the starts of schedules that take tasks in some order, conflicting ones apart.

    Longest first, or those first that have the most work to be kept apart from. Source:
    R. L. Graham, "Bounds on multiprocessing timing anomalies", SIAM J. Appl. Math. 17 (1969).
    """
    minutes = np.array(trace.minutes, dtype=np.int64)
    beside = trace.conflicts @ minutes
    made = []
    for urgency in (minutes, minutes + beside, 2 * minutes + beside):
        order = np.argsort(-urgency, kind="stable")
        queue = Trace(
            tuple(trace.tasks[task] for task in order),
            tuple(trace.minutes[task] for task in order),
            trace.conflicts[np.ix_(order, order)],
        )
        apart = RiskBelow("truth", queue.conflicts.astype(np.float64), threshold=0.5)
        starts = [0] * len(trace)
        for run in simulate(queue, apart, workers=workers).runs:
            starts[order[run.task]] = run.start
        made.append(starts)
    return made


def _solved(
    trace: Trace, workers: int, listed: Sequence[int], *, bound: int, effort: float
) -> tuple[list[int], int]:
    """Return the best schedule that the solver finds, and what it proved to be a bound."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    longest = _makespan(trace, listed)
    makespan = model.new_int_var(bound, longest, "makespan")
    starts = [
        model.new_int_var(0, longest - minutes, f"start {task}")
        for task, minutes in enumerate(trace.minutes)
    ]
    runs = [
        model.new_fixed_size_interval_var(start, minutes, f"run {task}")
        for task, (start, minutes) in enumerate(zip(starts, trace.minutes, strict=True))
    ]
    for start, minutes, hint in zip(starts, trace.minutes, listed, strict=True):
        model.add(start + minutes <= makespan)
        model.add_hint(start, hint)
    for one, other in combinations(range(len(trace)), 2):
        if trace.conflicts[one, other]:
            model.add_no_overlap([runs[one], runs[other]])
    model.add_cumulative(runs, [1] * len(runs), workers)
    seat_tasks(model, trace.minutes, starts, makespan, workers=workers)
    model.minimize(makespan)

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = _SEED
    solver.parameters.max_deterministic_time = effort
    status = solver.solve(model)
    # Rounded, since the bound is a float; the makespan is whole minutes.
    proved = max(bound, round(solver.best_objective_bound))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return list(listed), min(proved, longest)
    return [int(solver.value(start)) for start in starts], proved
