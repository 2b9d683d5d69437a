"""The planner's dispatch as it grows: a cold start, one bank and one threshold for all batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.backtest.weighed import Forecast, Weighed
from taskpar_ml.domain.levels import Level
from taskpar_ml.domain.watching import Watch
from taskpar_ml.planner.admission import Admission
from taskpar_ml.policy.levels import LEVELS
from taskpar_ml.simulation.policies import Moment

_BESIDE: Final = 3
"""Tasks that landed before a task and are looked at as if it had run beside them."""


class Growth:
    """What was learned so far: shared by the policies of batches that follow each other.

    Attributes
    ----------
    admission
        The state of growth.
    """

    def __init__(self, admission: Admission) -> None:
        self.admission = admission

    def settle(
        self,
        running: Iterable[int] = (),
        waiting: Iterable[int] = (),
        hit_by: Mapping[int, Sequence[int]] | None = None,
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
        again = set(map(str, waiting))
        landed = []
        for attempt in sorted(self.admission.in_flight - set(map(str, running)), key=int):
            if attempt in again:
                others = [str(other) for other in (hit_by or {}).get(int(attempt), ())]
                self.admission = self.admission.strike(attempt).end(attempt, hit_by=others)
            else:
                self.admission = self.admission.land(attempt)
                landed.append(int(attempt))
        return landed

    def start(self, task: int, beside: Mapping[str, Level | None] | None = None) -> None:
        """Note that a task starts, and of which level its pairs with those that run are."""
        self.admission = self.admission.start(str(task), beside)


class Growing:
    """Starts what is worth most at the threshold of the moment, as many as the bank has room for.

    Pairs of levels that are closed stay apart. Of tasks that have landed it is known whether they
    conflict, as mining finds out, those included that ran one after the other: each of them teaches
    as if it had run beside the last ones that landed before.

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
        self._forecast, self._growth, self._watch, self._found = forecast, growth, watch, found
        self._has_begun = False
        self._landed: list[int] = []
        self._beside: dict[int, set[int]] = {}

    def admit(self, moment: Moment) -> list[int]:
        """Return the tasks that start now, the one that is worth most first."""
        if not self._has_begun:
            self._growth.settle()  # what was left of the batch before has landed
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
                self._beside.setdefault(task, set()).add(other)
                self._beside.setdefault(other, set()).add(task)
            running.append(task)
        return chosen

    def _levels(self, task: int, running: Sequence[int]) -> dict[str, Level | None]:
        levels = self._forecast.levels
        if levels is None:
            return {}
        return {str(other): LEVELS[levels[task, other]] for other in running}

    def _closed(self) -> NDArray[np.bool_] | None:
        """Return which pairs are of a level that is closed."""
        levels = self._forecast.levels
        if levels is None:
            return None
        closed = self._growth.admission.levels.closed
        return np.isin(levels, [place for place, level in enumerate(LEVELS) if level in closed])

    def _learn(self, landed: Sequence[int]) -> None:
        """Learn from what has landed what mining will find of it."""
        for task in landed:
            self._growth.admission = self._growth.admission.learned(self._imagined(task))
            self._landed.append(task)

    def _imagined(self, task: int) -> Iterator[tuple[Level, bool]]:
        """Yield of every level whether a task would have been hit beside others that landed."""
        levels = self._forecast.levels
        if levels is None or self._found is None:
            return
        threshold = self._growth.admission.threshold.value
        found: dict[Level, bool] = {}
        for other in self._landed[-_BESIDE:]:
            met = other in self._beside.get(task, ())
            if not met and self._forecast.risk[task, other] < threshold:
                level = LEVELS[levels[task, other]]
                found[level] = found.get(level, False) or bool(self._found[task, other])
        yield from found.items()
