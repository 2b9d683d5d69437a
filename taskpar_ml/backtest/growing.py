"""The planner's dispatch as it grows: a cold start, one bank and one threshold for all batches."""

from __future__ import annotations

from collections.abc import Iterable

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

    def settle(self, running: Iterable[int] = (), waiting: Iterable[int] = ()) -> None:
        """Note what became of tasks since somebody last asked.

        Parameters
        ----------
        running
            Tasks that still run.
        waiting
            Tasks that wait or are parked: those of them that ran were hit.
        """
        again = set(map(str, waiting))
        for attempt in sorted(self.admission.in_flight - set(map(str, running))):
            step = self.admission.redo if attempt in again else self.admission.land
            self.admission = step(attempt)

    def start(self, task: int) -> None:
        """Note that a task starts."""
        self.admission = self.admission.start(str(task))


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
    watch
        How running tasks are watched.
    """

    kept_apart = 0.0
    """Any two that can be scored may run together once the threshold has risen."""

    def __init__(self, name: str, forecast: Forecast, growth: Growth, *, watch: Watch) -> None:
        self.name = name
        self._forecast, self._growth, self._watch = forecast, growth, watch
        self._has_begun = False

    def admit(self, moment: Moment) -> list[int]:
        """Return the tasks that start now, the one that is worth most first."""
        if not self._has_begun:
            self._growth.settle()  # what was left of the batch before has landed
            self._has_begun = True
        self._growth.settle(moment.running, [*moment.waiting, *moment.parked])
        admission = self._growth.admission
        free = len(moment.waiting) if moment.free is None else moment.free
        threshold = admission.threshold.value
        planner = Weighed(self.name, self._forecast, threshold=threshold, watch=self._watch)
        chosen = planner.admit(moment)[: min(free, admission.bank.room)]
        for task in chosen:
            self._growth.start(task)
        return chosen
