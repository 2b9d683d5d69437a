"""What a unit of weight is worth while a budget is being spent."""

from __future__ import annotations

from taskpar_ml.planner.problem import LOSS_UNITS, SchedulingProblem


def usual_tolls(problem: SchedulingProblem) -> tuple[float, ...]:
    """Return what a unit of weight may cost, in units of loss: prices that a search may try.

    Without any, whoever is placed first spends the budget. At the last but one, a usual pair costs
    as much as a usual task is long; at the last, the budget is hardly spent at all. Without a
    budget weight costs nothing.
    """
    weights = problem.weight[problem.weight > 0]
    if problem.budget is None or not len(weights):
        return (0.0,)
    whole = LOSS_UNITS * float(problem.minutes.mean()) / float(weights.mean())
    return (0.0, whole / 10, whole / 3, whole, 10 * whole)
