"""Tasks placed in both forms of a plan, and again under other conditions to see what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from taskpar_ml.domain.plan import ScheduleValue
from taskpar_ml.planner.exact import Solved
from taskpar_ml.planner.instance import Instance
from taskpar_ml.planner.placing import placed
from taskpar_ml.planner.ranked import ranked_waves
from taskpar_ml.planner.replanning import kept_waves, moved_tasks
from taskpar_ml.planner.schedule import Form, Schedule, measure

_AGAIN: Final = 0.05
"""Share of the usual effort that another condition is planned with; it begins with the plan."""

_STARTS: Final = 0.25
"""Share of the usual effort that start times are searched with: nobody has to follow them."""


@dataclass(frozen=True, eq=False)
class Scheduler:
    """Places the tasks of a plan.

    Attributes
    ----------
    instance
        The tasks in numbers.
    rank
        Of each task by its id, smaller first, for waves that cost the same.
    previous
        The number of each task's wave in an earlier plan, whose waves are kept where that costs
        little; None if there is none.
    """

    instance: Instance
    rank: Mapping[str, int]
    previous: Mapping[str, int] | None = None

    @cached_property
    def waved(self) -> Solved:
        """The waves, of those that cost the same the ones in which urgent tasks come first."""
        problem = self.instance.problem
        found = placed(problem, Form.WAVES)
        rank = [self.rank[name] for name in self.instance.names]
        schedule = ranked_waves(problem, found.schedule, rank)
        cost = measure(problem, schedule).cost
        if self.previous is not None:
            schedule = kept_waves(problem, self._earlier, schedule, rank=rank)
            best, cost = cost, measure(problem, schedule).cost
            if cost != best:
                return Solved(schedule, cost, found.bound, is_optimal=False, is_lightest=False)
        return Solved(schedule, cost, found.bound, found.is_optimal, found.is_lightest)

    @property
    def _earlier(self) -> list[int | None]:
        previous = self.previous or {}
        return [previous.get(name) for name in self.instance.names]

    @cached_property
    def moved(self) -> tuple[str, ...] | None:
        """The tasks that left those with whom they shared a wave; None without an earlier plan."""
        if self.previous is None:
            return None
        moved = moved_tasks(self._earlier, self.waved.schedule.places)
        return tuple(self.instance.names[task] for task in moved)

    @cached_property
    def started(self) -> Solved:
        """The start times."""
        known = [self.waved.schedule]
        return placed(self.instance.problem, Form.CONTINUOUS, known=known, share=_STARTS)

    @cached_property
    def waves(self) -> list[list[str]]:
        """The ids of every wave, by rank."""
        waves = self.instance.waves(self.waved.schedule)
        return [sorted(wave, key=self.rank.__getitem__) for wave in waves]

    @cached_property
    def starts(self) -> dict[str, float]:
        """When each task starts, by its id, in the unit of the plan."""
        minutes = self.started.schedule.places
        return {
            name: self.instance.minute * minute
            for name, minute in zip(self.instance.names, minutes, strict=True)
        }

    @cached_property
    def value(self) -> ScheduleValue:
        """What the waves come to."""
        return self.instance.value(self.waved)

    def otherwise(self, other: Instance, *, known: Schedule | None = None) -> tuple[float, int]:
        """Return what other conditions would save.

        Parameters
        ----------
        other
            The same tasks under conditions in which the plan's waves break no rule; other tasks
            where ``known`` is given.
        known
            Waves to begin with, in place of those of the plan.

        Returns
        -------
        share
            Of the expected makespan that would be saved, in [0, 1].
        waves
            How many waves there would be.
        """
        begun = self.waved.schedule if known is None else known
        found = placed(other.problem, Form.WAVES, known=[begun], share=_AGAIN)
        now = self.value.expected
        saved = (now - other.value(found).expected) / now
        return max(saved, 0.0), max(found.schedule.places) + 1
