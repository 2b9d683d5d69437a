"""The planner's dispatch as it grows: a cold start, one bank and one threshold for all batches."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.backtest.weighed import Forecast, Weighed
from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.levels import LEVELS, Level
from taskpar_ml.domain.watching import Watch
from taskpar_ml.planner.admission import Admission
from taskpar_ml.planner.exploring import drawn, held_back
from taskpar_ml.planner.imagined import imagined_outcomes
from taskpar_ml.simulation.policies import Moment


class Growth:
    """What was learned so far: shared by the policies of batches that follow each other.

    Attributes
    ----------
    admission
        The state of growth.
    """

    def __init__(self, admission: Admission) -> None:
        self.admission = admission
        self._batch = 0
        self._ended: Counter[int] = Counter()
        """How often each task of the batch was hit and ended for it."""

    def attempt(self, task: int) -> Attempt:
        """Return the attempt at a task of the batch that comes next, or is in flight."""
        return Attempt(f"{self._batch}.{task}", self._ended[task] + 1)

    def begin(self) -> None:
        """Begin with the next batch: whatever was left of the one before has landed."""
        for name in sorted(self.admission.in_flight):
            self.admission = self.admission.land(name)
        self._batch += 1
        self._ended.clear()

    def settle(
        self, running: Iterable[int], waiting: Iterable[int], hit_by: Mapping[int, Sequence[int]]
    ) -> list[int]:
        """Note what became of tasks since somebody last asked, and return those that landed.

        Parameters
        ----------
        running
            Tasks that still run.
        waiting
            Tasks that wait or are parked: those of them that ran were hit.
        hit_by
            Who hit them.
        """
        going_on, again, landed = set(running), set(waiting), []
        flying = {_row(name): name for name in self.admission.in_flight}
        for task in sorted(flying.keys() - going_on):
            if task in again:
                others = set(hit_by.get(task, ()))
                met = [
                    each.other
                    for each in self.admission.met
                    if each.attempt == flying[task] and _row(each.other) in others
                ]
                self.admission = self.admission.strike(flying[task]).end(flying[task], hit_by=met)
                self._ended[task] += 1
            else:
                self.admission = self.admission.land(flying[task])
                landed.append(task)
        return landed

    def start(self, task: int, beside: Mapping[int, Level | None]) -> None:
        """Note that a task starts, and of which level its pairs with those that run are."""
        named = {self.attempt(other).name: level for other, level in beside.items()}
        self.admission = self.admission.start(self.attempt(task).name, named)


def _row(name: str) -> int:
    """Return the task of its batch that an attempt is of."""
    return int(Attempt.named(name).task.partition(".")[2])


class Growing:
    """Starts what is worth most at the threshold of the moment, as many as the bank has room for.

    Pairs of levels that are closed stay apart, but for the attempts to which chance opens them.
    Of tasks that have landed it is known whether they conflict, as mining finds out, those included
    that ran one after the other.

    Parameters
    ----------
    name
        How tables call it.
    forecast
        What is known of the batch.
    growth
        What was learned in the batches before, by policies that are done with.
    watch
        How running tasks are watched.
    found
        Which tasks conflict, shape ``(n, n)``; looked at for tasks that have landed only. None
        where nobody mines.
    """

    kept_apart = 0.0
    """Any two that can be scored may run together once the threshold has risen."""

    def __init__(
        self,
        name: str,
        forecast: Forecast,
        growth: Growth,
        *,
        watch: Watch,
        found: NDArray[np.bool_] | None = None,
    ) -> None:
        self.name = name
        self._forecast, self._growth, self._watch = forecast, growth, watch
        self._found = None if found is None else found.astype(np.float64)
        self._has_begun = False
        self._landed: list[int] = []
        self._met: defaultdict[int, set[int]] = defaultdict(set)

    def admit(self, moment: Moment) -> list[int]:
        """Return the tasks that start now, the one that is worth most first."""
        if not self._has_begun:
            self._growth.begin()
            self._has_begun = True
        self._learn(
            self._growth.settle(moment.running, [*moment.waiting, *moment.parked], moment.hit_by)
        )
        admission = self._growth.admission
        free = len(moment.waiting) if moment.free is None else moment.free
        planner = Weighed(
            self.name,
            self._forecast,
            threshold=admission.threshold.value,
            watch=self._watch,
            closed=self._closed(),
        )
        chosen = planner.admit(moment)[: min(free, admission.bank.room)]
        running = list(moment.running)
        for task in chosen:
            self._growth.start(task, self._levels(task, running))
            for other in running:
                self._met[task].add(other)
                self._met[other].add(task)
            running.append(task)
        return chosen

    def _levels(self, task: int, running: Sequence[int]) -> dict[int, Level | None]:
        levels = self._forecast.levels
        if levels is None:
            return {}
        return {other: LEVELS[levels[task, other]] for other in running}

    def _closed(self) -> NDArray[np.bool_] | None:
        """Return which two tasks do not run together because their level is closed."""
        pairs = self._forecast.levels
        if pairs is None:
            return None
        chance = np.array([drawn(self._growth.attempt(task)) for task in range(len(pairs))])
        levels = self._growth.admission.levels
        return held_back(pairs, levels, chance[:, None], chance[None, :])

    def _learn(self, landed: Sequence[int]) -> None:
        """Learn from what has landed what mining will find of it."""
        forecast = self._forecast
        for task in landed:
            if forecast.levels is not None and self._found is not None:
                outcomes = imagined_outcomes(
                    task,
                    self._landed,
                    risk=forecast.risk,
                    levels=forecast.levels,
                    found=self._found,
                    threshold=self._growth.admission.threshold.value,
                    met=self._met[task],
                )
                self._growth.admission = self._growth.admission.learned(outcomes)
            self._landed.append(task)
