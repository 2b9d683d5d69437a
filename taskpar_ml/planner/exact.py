"""The best schedule there is, for plans of a few tasks, and how far off it can be for others."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Final, TypeAlias

from taskpar_ml.planner.exact_starts import StartsProgram
from taskpar_ml.planner.exact_waves import WavesProgram
from taskpar_ml.planner.problem import SchedulingProblem
from taskpar_ml.planner.schedule import Cost, Form, Schedule, measure
from taskpar_ml.planner.search import search_schedule, settled

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpSolver, LinearExpr

EFFORT: Final = 2.0
"""How long the solver searches, in its own deterministic units, each about a second."""

_SEED: Final = 0
_Program: TypeAlias = StartsProgram | WavesProgram


@dataclass(frozen=True)
class Solved:
    """A schedule, and what is proved about it.

    Attributes
    ----------
    schedule
        The best that was found.
    cost
        What it costs.
    bound
        Minutes of expected makespan below which no schedule is.
    is_optimal
        Whether no schedule has a shorter expected makespan.
    is_lightest
        Whether, besides, none of the same expected makespan admits less weight.
    """

    schedule: Schedule
    cost: Cost
    bound: float
    is_optimal: bool
    is_lightest: bool


def solve(
    problem: SchedulingProblem,
    form: Form,
    *,
    effort: float = EFFORT,
    hint: Schedule | None = None,
) -> Solved:
    """Return the best schedule that a constraint solver finds, never worse than the hint.

    One thread and one seed: the same answer on every machine.

    Parameters
    ----------
    effort
        How long to search, in the solver's deterministic units.
    hint
        A schedule that breaks no rule, of the same form, to begin with; by default the one that
        :func:`~taskpar_ml.planner.search.search_schedule` finds.

    Notes
    -----
    First the expected makespan is minimised. Where its optimum is proved and effort is left, the
    admitted weight is minimised among the schedules that reach it. So a smaller budget never leads
    to more weight where both are proved.
    """
    best = search_schedule(problem, form) if hint is None else hint
    cost = measure(problem, best).cost
    if not len(problem):
        return Solved(best, cost, 0.0, is_optimal=True, is_lightest=True)
    make = StartsProgram if form == Form.CONTINUOUS else WavesProgram
    program: _Program = make(problem, best.places, most=cost.units)
    lowest, used = program.lowest, 0.0
    if lowest < cost.units:
        found, bound, used = _minimised(program, program.cost, effort)
        lowest = min(max(lowest, bound), cost.units)
        best = min([best, *found], key=lambda each: measure(problem, each).cost)
        cost = measure(problem, best).cost
    is_optimal = lowest >= cost.units
    lightest = 0
    if is_optimal and cost.weight and used < effort:
        lighter: _Program = make(problem, best.places, most=cost.units)
        found, lightest, _ = _minimised(lighter, lighter.weight, effort - used)
        best = min([best, *found], key=lambda each: measure(problem, each).cost)
    best = settled(problem, best)
    cost = measure(problem, best).cost
    return Solved(
        best,
        cost,
        bound=lowest / problem.minute,
        is_optimal=is_optimal,
        is_lightest=is_optimal and lightest >= cost.weight,
    )


def _minimised(
    program: _Program, goal: LinearExpr | int, effort: float
) -> tuple[list[Schedule], int, float]:
    """Return a schedule or none, what is proved to be the least of a goal, and the effort."""
    from ortools.sat.python import cp_model

    program.model.minimize(goal)
    solver: CpSolver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = _SEED
    solver.parameters.max_deterministic_time = effort
    status = solver.solve(program.model)
    used = float(solver.response_proto.deterministic_time)
    bound = solver.best_objective_bound
    # Rounded, since the bound is a float; what is minimised is whole units.
    least = round(bound) if isfinite(bound) else 0
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return [], least, used
    return [program.schedule(lambda variable: int(solver.value(variable)))], least, used
