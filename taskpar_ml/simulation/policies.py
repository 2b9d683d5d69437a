"""Policies of dispatch: which of the waiting tasks may start beside those that run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Moment:
    """A moment at which tasks may start: all that a policy sees of it.

    Attributes
    ----------
    running
        Tasks that run, in order of arrival.
    waiting
        Tasks that may start, the head of the queue first.
    elapsed
        Minutes since each running task began.
    seen
        Share of the work of a task that has been seen, in (0, 1]; a task of which nothing has is
        missing. It stands for the files that somebody saw it change: no clock, since nobody
        knows how much is left.
    free
        How many can start at most; None if that is not known.
    parked
        Tasks that wait until another has landed. What neither runs, waits nor is parked has
        landed.
    hit_by
        Who hit each task the last time that it was hit; one that never was is missing.
    """

    running: Sequence[int]
    waiting: Sequence[int]
    elapsed: Mapping[int, int] = field(default_factory=dict)
    seen: Mapping[int, float] = field(default_factory=dict)
    free: int | None = None
    parked: Sequence[int] = ()
    hit_by: Mapping[int, Sequence[int]] = field(default_factory=dict)


class DispatchPolicy(Protocol):
    """Decides which tasks may start now.

    Laws, each a test over every policy:

    - the answer holds waiting tasks only, each once;
    - every beginning of it may be started, so that any number of free workers will do;
    - while nothing runs and something waits, it is not empty: there is always progress.
    """

    name: str
    """How tables call it."""

    kept_apart: float
    """Share of the pairs that it never lets run at the same time, in [0, 1]."""

    def admit(self, moment: Moment) -> Sequence[int]:
        """Return the tasks that may start now, the first to start first."""
        ...


class Sequential:
    """One task at a time, in order of arrival."""

    name = "sequential"
    kept_apart = 1.0

    def admit(self, moment: Moment) -> Sequence[int]:
        """Return the head of the queue where nothing runs."""
        return () if moment.running else moment.waiting[:1]


class AllParallel:
    """Whatever waits, in order of arrival, however risky."""

    name = "all-parallel"
    kept_apart = 0.0

    def admit(self, moment: Moment) -> Sequence[int]:
        """Return all of the queue."""
        return moment.waiting


class RiskBelow:
    """Tasks together whose risk, each with each, stays below a threshold.

    The queue is gone through in its order; a task that may not run yet is passed by.

    Parameters
    ----------
    name
        How tables call it.
    risk
        Risk of every two tasks, shape ``(n, n)``, symmetric; NaN for a pair that cannot be
        scored, which is never run together. The diagonal means nothing.
    threshold
        Risk from which two stay apart.
    """

    def __init__(self, name: str, risk: NDArray[np.float64], *, threshold: float) -> None:
        self.name = name
        # Not `risk >= threshold`: what is NaN stays apart.
        self.apart = ~(risk < threshold)
        above = self.apart[np.triu_indices(len(risk), k=1)]
        self.kept_apart = float(above.mean()) if len(above) else 0.0

    def admit(self, moment: Moment) -> Sequence[int]:
        """Return those that may run beside all that run and all chosen before them."""
        blocked = _any(self.apart[list(moment.running)])
        chosen = []
        for task in moment.waiting:
            if not blocked[task]:
                chosen.append(task)
                blocked = blocked | self.apart[task]
        return chosen


class Planned:
    """Follows a schedule: a task starts when all have landed that it has end before it.

    No task starts later than planned, as long as none is redone. Those that overlap in the
    schedule all run at one of its moments, so that no more run at once than it allows.

    Parameters
    ----------
    name
        How tables call it.
    starts, finishes
        When each task starts and ends.
    kept_apart
        Share of the pairs that whoever made the schedule keeps apart.
    """

    def __init__(
        self, name: str, *, starts: Sequence[int], finishes: Sequence[int], kept_apart: float
    ) -> None:
        self.name = name
        self.kept_apart = kept_apart
        self._starts = starts
        self._before = np.asarray(finishes)[:, None] <= np.asarray(starts)[None, :]

    def admit(self, moment: Moment) -> Sequence[int]:
        """Return those whose predecessors have landed, in order of their planned starts."""
        blocked = _any(self._before[[*moment.running, *moment.waiting]])
        free = [task for task in moment.waiting if not blocked[task]]
        return sorted(free, key=lambda task: (self._starts[task], task))


def _any(rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return in which columns any of the rows is true."""
    return np.asarray(rows.any(axis=0), dtype=bool)
