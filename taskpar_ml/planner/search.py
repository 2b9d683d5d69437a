"""A good schedule for plans of any size, and the earliest places for the same cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from taskpar_ml.planner.event_list import Manner, listed_starts, listed_waves
from taskpar_ml.planner.problem import SchedulingProblem
from taskpar_ml.planner.schedule import Form, Schedule, measure
from taskpar_ml.planner.start_search import searched_starts
from taskpar_ml.planner.timeline import Placer
from taskpar_ml.planner.tolls import usual_tolls
from taskpar_ml.planner.wave_packing import Packing
from taskpar_ml.planner.wave_search import searched_waves

EFFORT: Final = 40_000
"""How many tasks are placed, where there are few."""

_FEW: Final = 200
"""With more tasks placing one takes longer, so fewer are placed."""
_NARROW: Final = 16
"""Just so with more tasks at the same time."""
_LISTS: Final = 2
"""How many lists are compared at least."""
_START_PULLS: Final = (0.1, 1.0)
_WAVE_PULLS: Final = (3.0, 0.1)
"""What a minute of the chain behind a task is worth; the first of them does best for thousands."""
_MANY: Final = 1_000
"""With more tasks time goes from event to event only."""


def search_schedule(
    problem: SchedulingProblem,
    form: Form,
    *,
    effort: int = EFFORT,
    known: Sequence[Schedule] = (),
) -> Schedule:
    """Return the best schedule that a search finds, whatever the number of tasks.

    Parameters
    ----------
    effort
        How many tasks are placed, taken away and placed again where there are few of them; the more
        there are, the fewer. It is counted, not timed: the same answer on every machine.
    known
        Schedules of either form that break no rule, to begin with.

    Returns
    -------
    Schedule
        It breaks no rule, and costs no more than any of its form that is known. Among places that
        cost the same, tasks have early ones.

    Notes
    -----
    Start times are searched for in three steps: waves, which are start times too; lists from event
    to event; and for at most a thousand tasks an improving search that begins with the best.
    """
    size = len(problem)
    if not size:
        return Schedule(form, ())
    effort = int(effort * min(1.0, _FEW / size) * min(1.0, _NARROW / problem.seats))
    lists = max(_LISTS, effort // size)
    packed = _manners(problem, pulls=_WAVE_PULLS)[:lists]
    begun = [list(each.places) for each in known if each.form == Form.WAVES]
    begun += [listed_waves(problem, each) for each in packed]
    waves, _ = searched_waves(problem, moves=effort // 2, known=begun)
    if form == Form.WAVES:
        return settled(problem, Schedule(form, tuple(waves)))
    tried = [list(each.places) for each in known if each.form == form]
    tried.append(_starts_of(problem, waves))
    manners = _manners(problem, pulls=_START_PULLS)[:lists]
    tried += [listed_starts(problem, manner)[0] for manner in manners]
    if size <= _MANY:
        tried.append(searched_starts(problem, placings=effort, known=tried)[0])
    found = [Schedule(form, tuple(starts)) for starts in tried]
    return settled(problem, min(found, key=lambda each: measure(problem, each).cost))


def settled(problem: SchedulingProblem, schedule: Schedule) -> Schedule:
    """Return a schedule in which tasks have earlier places where that costs nothing.

    The expected makespan and the admitted weight rise nowhere, so ties are broken towards early
    places. Start times of more than a thousand tasks stay as they are.
    """
    if schedule.form == Form.WAVES:
        packing = Packing.of(problem, schedule.places)
        packing.settle()
        return Schedule(schedule.form, tuple(packing.numbers))
    if len(problem) > _MANY:
        return schedule
    return Schedule(schedule.form, tuple(Placer(problem).settled(schedule.places)))


def _starts_of(problem: SchedulingProblem, waves: Sequence[int]) -> list[int]:
    """Return the minute in which each task's wave starts."""
    numbers = np.array(waves, dtype=np.int64)
    longest = np.zeros(numbers.max() + 1, dtype=np.int64)
    np.maximum.at(longest, numbers, problem.minutes)
    begins = np.cumsum(longest) - longest
    return [int(begin) for begin in begins[numbers]]


def _manners(problem: SchedulingProblem, *, pulls: Sequence[float]) -> list[Manner]:
    """Return ways of choosing the next task, those to be tried first coming first."""
    tolls = usual_tolls(problem)
    if len(tolls) > 1:
        tolls = (tolls[1], tolls[0], *tolls[2:4])
    return [
        Manner(pull, patience, toll) for pull in pulls for patience in (0.3, 1.0) for toll in tolls
    ]
