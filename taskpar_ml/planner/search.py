"""A good schedule for plans of any size, and the earliest places for the same cost."""

from __future__ import annotations

from typing import Final

import numpy as np

from taskpar_ml.planner.problem import SchedulingProblem
from taskpar_ml.planner.schedule import Form, Schedule
from taskpar_ml.planner.start_search import searched_starts
from taskpar_ml.planner.timeline import Placer
from taskpar_ml.planner.wave_search import searched_waves

EFFORT: Final = 20_000


def search_schedule(problem: SchedulingProblem, form: Form, *, effort: int = EFFORT) -> Schedule:
    """x."""
    if not len(problem):
        return Schedule(form, ())
    if form == Form.WAVES:
        places, _ = searched_waves(problem, moves=effort)
    else:
        places, _ = searched_starts(problem, placings=effort)
    return settled(problem, Schedule(form, tuple(places)))


def settled(problem: SchedulingProblem, schedule: Schedule) -> Schedule:
    if schedule.form == Form.CONTINUOUS:
        return Schedule(schedule.form, tuple(Placer(problem).settled(schedule.places)))
    return schedule
