"""Small problems of scheduling, and the best schedules by trying all."""

from __future__ import annotations

from itertools import permutations

import numpy as np
from hypothesis import strategies as st

from taskpar_ml.planner.problem import SchedulingProblem
from taskpar_ml.planner.schedule import Form, Schedule, broken_rules, measure

FORMS = tuple(Form)


@st.composite
def problems(draw, most=7, budgets=True):
    """Draw a problem of a few short tasks."""
    size = draw(st.integers(1, most))
    pairs = [(one, other) for other in range(size) for one in range(other)]
    some = st.lists(st.sampled_from(pairs), unique=True) if pairs else st.just([])
    weight, loss = np.zeros((size, size)), np.zeros((size, size))
    for one, other in draw(some):
        weight[one, other] = weight[other, one] = draw(st.sampled_from((0.1, 0.5, 2.0)))
        loss[one, other] = loss[other, one] = draw(st.sampled_from((0.25, 1.0, 5.0)))
    minutes = draw(st.lists(st.integers(1, 9), min_size=size, max_size=size))
    before, workers = draw(some), draw(st.none() | st.integers(1, 4))
    free = sorted(set(range(size)) - {second for _, second in before})
    return SchedulingProblem.of(
        minutes,
        before,
        apart=matrix(size, draw(some)),
        weight=weight,
        loss=loss,
        workers=workers,
        budget=draw(st.none() | st.sampled_from((0.0, 0.3, 1.0, 3.0))) if budgets else None,
        running=draw(st.lists(st.sampled_from(free), unique=True, max_size=workers or 3)),
    )


def matrix(size, pairs):
    """Return which pairs are named, both ways."""
    named = np.zeros((size, size), dtype=bool)
    for one, other in pairs:
        named[one, other] = named[other, one] = True
    return named


def changed(problem, **fields):
    """Return a problem with other workers, or another budget in 1."""
    given = {
        "apart": problem.apart,
        "weight": problem.weight / 1e6,
        "loss": problem.loss / 1e3,
        "workers": problem.workers,
        "budget": None if problem.budget is None else problem.budget / 1e6,
        "running": np.flatnonzero(problem.running)[: fields.get("workers", problem.workers)],
    } | fields
    return SchedulingProblem.of(problem.minutes, problem.before, **given)


def permuted(problem, order):
    """Return the problem with its tasks in another order: ``order`` holds the old positions."""
    at = np.ix_(order, order)
    new = {old: position for position, old in enumerate(order)}
    return SchedulingProblem.of(
        problem.minutes[list(order)],
        [(new[one], new[other]) for one, other in problem.before.tolist()],
        apart=problem.apart[at],
        weight=problem.weight[at] / 1e6,
        loss=problem.loss[at] / 1e3,
        workers=problem.workers,
        budget=None if problem.budget is None else problem.budget / 1e6,
        running=[new[task] for task in np.flatnonzero(problem.running).tolist()],
    )


def least_cost(problem, form):
    """Return the cost of the best of all schedules that are worth a look."""
    size = len(problem)
    tried = _numberings(size) if form == Form.WAVES else _beginnings(problem.minutes.tolist())
    schedules = (Schedule(form, tuple(places)) for places in tried)
    return min(measure(problem, each).cost for each in schedules if not broken_rules(problem, each))


def _numberings(size):
    """Yield every way to number waves without gaps."""
    for code in np.ndindex(*(size,) * size):
        if set(code) == set(range(max(code) + 1)):
            yield code


def _beginnings(minutes):
    """Yield starts of which each is 0 or the end of a task that starts before it.

    A task that starts at another moment can start earlier, without overlapping more.
    """
    size = len(minutes)
    seen = set()
    for order in permutations(range(size)):
        stack = [()]
        while stack:
            begun = stack.pop()
            if len(begun) == size:
                starts = tuple(start for _, start in sorted(zip(order, begun, strict=True)))
                if starts not in seen:
                    seen.add(starts)
                    yield starts
                continue
            least = begun[-1] if begun else 0
            ends = {start + minutes[each] for start, each in zip(begun, order, strict=False)}
            stack += [(*begun, start) for start in sorted({0, *ends}) if start >= least]
