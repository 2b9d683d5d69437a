"""The planner's dispatch as it grows: a cold start, one bank and one threshold for all batches."""

from __future__ import annotations

from collections.abc import Sequence

from taskpar_ml.backtest.weighed import Forecast, Weighed
from taskpar_ml.domain.watching import Watch
from taskpar_ml.planner.admission import Admission
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

    def settle(self, open_: Sequence[str], again: Sequence[str]) -> None:
        """Note what became of attempts since somebody last asked.

        Parameters
        ----------
        open_
            Attempts that still run.
        again
            Attempts that were hit, and whose tasks wait for another one.
        """
        for attempt in sorted(self.admission.in_flight - set(open_)):
            step = self.admission.redo if attempt in again else self.admission.land
            self.admission = step(attempt)

    def start(self, attempt: str) -> None:
        """Note that an attempt starts."""
        self.admission = self.admission.start(attempt)


class Growing:
    """Starts what is worth most at the threshold of the moment, as many as the bank has room for.

    Parameters
    ----------
    name
        How tables call it.
    forecast
        What is known of the batch.
    growth
        What was learned in the batches before, by policies that are done with.
    batch
        The number of the batch.
    watch
        How running tasks are watched.
    """

    kept_apart = 0.0
    """Any two may run together once the threshold has risen."""

    def __init__(
        self, name: str, forecast: Forecast, growth: Growth, *, batch: int, watch: Watch
    ) -> None:
        self.name = name
        self._forecast, self._growth, self._watch = forecast, growth, watch
        self._batch = batch
        self._number: dict[int, int] = {}
        """Of the newest attempt at each task."""

    def admit(self, moment: Moment) -> list[int]:
        """Return the tasks that start now, the one that is worth most first."""
        waiting = [*moment.waiting, *moment.parked]
        self._growth.settle(
            [self._attempt(task) for task in moment.running],
            [self._attempt(task) for task in waiting if task in self._number],
        )
        admission = self._growth.admission
        free = len(moment.waiting) if moment.free is None else moment.free
        threshold = admission.threshold.value
        planner = Weighed(self.name, self._forecast, threshold=threshold, watch=self._watch)
        chosen = planner.admit(moment)[: min(free, admission.bank.room)]
        for task in chosen:
            self._number[task] = self._number.get(task, 0) + 1
            self._growth.start(self._attempt(task))
        return chosen

    def _attempt(self, task: int) -> str:
        return f"{self._batch}.{task}.{self._number[task]}"
