"""What would buy more parallel work: tasks and items that are cut in two, with what that saves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final, TypeAlias

import numpy as np

from taskpar_ml.domain.footprint import Surface
from taskpar_ml.domain.plan import Because, Split
from taskpar_ml.planner.decisions import PairDecisions
from taskpar_ml.planner.inputs import PlanInputs
from taskpar_ml.planner.instance import Instance
from taskpar_ml.planner.schedule import Form, Schedule
from taskpar_ml.planner.scheduler import Scheduler

SetApart: TypeAlias = Callable[[Surface, str], PlanInputs]
"""Returns what a plan would be made from if no two tasks shared an item of a surface."""

_SHOWN: Final = 5
_TRIED_TASKS: Final = 5
"""Tasks of each kind that are tried: the longest, and those kept apart from most work."""
_TRIED_ITEMS: Final = 6
_LEAST: Final = 0.005
"""What saves less is not worth saying."""
_SCORED_PAIRS: Final = 150_000
"""Pairs that are scored again in all, so that large plans do not take minutes."""
_MOST_TASKS: Final = 400
"""Largest plan whose tasks are tried."""
_BY_ITEMS: Final = (Because.RISK, Because.LIKELY_MEETING, Because.DECLARED_OVERLAP)
"""Reasons that go when the item goes in which two tasks meet."""


def splits(
    inputs: PlanInputs, decisions: PairDecisions, plan: Scheduler, set_apart: SetApart | None
) -> tuple[Split, ...]:
    """Return what would save most if it were cut in two, the most first.

    Parameters
    ----------
    set_apart
        Who says what changes when an item is cut; None where nobody can.
    """
    if len(plan.waves) < 2:
        return ()
    found = list(_of_tasks(plan))
    if set_apart is not None:
        found += _of_items(inputs, decisions, plan, set_apart)
    worth = [each for each in found if each.makespan_share >= _LEAST]
    return tuple(sorted(worth, key=lambda each: -each.makespan_share)[:_SHOWN])


def _of_tasks(plan: Scheduler) -> Iterator[Split]:
    """Yield tasks that were cut into halves which may run together."""
    instance = plan.instance
    if len(instance.names) > _MOST_TASKS:
        return
    problem, numbers = instance.problem, plan.waved.schedule.places
    beside = problem.never @ problem.minutes
    order = [np.argsort(-each, kind="stable") for each in (problem.minutes, beside)]
    tried = dict.fromkeys(np.array([each[:_TRIED_TASKS] for each in order]).T.ravel().tolist())
    for task in tried:
        if task in instance.running:
            continue
        # To begin with, the second half runs in a wave of its own, just after the first.
        own = numbers[task]
        known = (*(each + (each > own) for each in numbers), own + 1)
        saved, _ = plan.otherwise(instance.split(task), known=Schedule(Form.WAVES, known))
        name = instance.names[task]
        yield Split(what="task", name=name, tasks=(name,), makespan_share=saved)


def _of_items(
    inputs: PlanInputs, decisions: PairDecisions, plan: Scheduler, set_apart: SetApart
) -> Iterator[Split]:
    """Yield items that were cut so that no two tasks share them."""
    most = min(_TRIED_ITEMS, _SCORED_PAIRS // max(len(inputs.scored.pairs), 1))
    for surface, item, tasks in _in_the_way(inputs, decisions)[:most]:
        other = set_apart(surface, item)
        saved, _ = plan.otherwise(_freer(plan.instance, other.instance(other.grounds.decide())))
        yield Split(what=surface.value, name=item, tasks=tasks, makespan_share=saved)


def _freer(plan: Instance, other: Instance) -> Instance:
    """Return the other conditions where they are milder: a cut makes no two tasks riskier."""
    mine, theirs = plan.rules, other.rules
    known = np.where(theirs.apart, mine.risk, np.minimum(mine.risk, theirs.risk))
    risk = np.where(mine.apart, theirs.risk, known)
    return replace(plan, rules=replace(mine, apart=mine.apart & theirs.apart, risk=risk))


def _in_the_way(
    inputs: PlanInputs, decisions: PairDecisions
) -> list[tuple[Surface, str, tuple[str, ...]]]:
    """Return the items in which tasks that stay apart would meet, by the work they keep apart."""
    pairs = inputs.scored.pairs
    apart = ~decisions.together & np.any([decisions.decided_by(why) for why in _BY_ITEMS], axis=0)
    weight: defaultdict[tuple[Surface, str], float] = defaultdict(float)
    tasks: defaultdict[tuple[Surface, str], set[str]] = defaultdict(set)
    for shared in inputs.scored.shared:
        for row in np.flatnonzero(apart & (shared.top >= 0)).tolist():
            ends = pairs.ids[pairs.a[row]], pairs.ids[pairs.b[row]]
            key = shared.surface, shared.items[shared.top[row]]
            weight[key] += min(inputs.durations[each] for each in ends)
            tasks[key].update(ends)
    order = sorted(weight, key=lambda key: (-weight[key], key))
    return [(*key, tuple(sorted(tasks[key]))) for key in order]
