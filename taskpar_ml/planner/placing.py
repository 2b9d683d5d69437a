"""A plan's tasks placed, exactly where there are few of them, and what is known of the optimum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from taskpar_ml.planner.cliques import clique_cover, heavy_cliques, lowest_makespan
from taskpar_ml.planner.exact import Solved, solve
from taskpar_ml.planner.problem import SchedulingProblem
from taskpar_ml.planner.schedule import Form, Schedule, measure
from taskpar_ml.planner.search import EFFORT, search_schedule

EXACT_TASKS: Final = 22
"""Largest plan that the solver is given: beyond it, it seldom proves anything in a second."""
_EXACT_EFFORT: Final = 0.5
_HINT_EFFORT: Final = 4_000
"""How long the search goes on that the solver begins with, for the largest of its plans."""
_COVERED_TASKS: Final = 400
"""Largest plan of which all tasks that exclude each other are gathered for the bound."""
_CLIQUES: Final = 30
"""Sets of them that are gathered of larger plans."""


def placed(
    problem: SchedulingProblem,
    form: Form,
    *,
    known: Sequence[Schedule] = (),
    share: float = 1.0,
) -> Solved:
    """Return the best schedule that is found, and a bound.

    Parameters
    ----------
    known
        Schedules of that form that break no rule: the answer is never worse.
    share
        Of the usual effort, above 0.
    """
    is_small = len(problem) <= EXACT_TASKS
    size = len(problem) / EXACT_TASKS
    effort = share * (_HINT_EFFORT * size**2 if is_small else EFFORT)
    found = search_schedule(problem, form, effort=max(1, int(effort)), known=known)
    if is_small:
        return solve(problem, form, effort=share * _EXACT_EFFORT, hint=found)
    if len(problem) <= _COVERED_TASKS:
        cover = clique_cover(problem.never, problem.minutes)
    else:
        cover = heavy_cliques(problem.never, problem.minutes, most=_CLIQUES)
    bound = lowest_makespan(problem, cover)
    cost = measure(problem, found).cost
    is_optimal = cost.units <= bound * problem.minute
    return Solved(found, cost, float(bound), is_optimal, is_lightest=False)
