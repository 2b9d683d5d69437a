"""One batch run under a policy, from event to event."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import NamedTuple

from taskpar_ml.backtest.policies import DispatchPolicy
from taskpar_ml.backtest.trace import Trace
from taskpar_ml.errors import ReplayError, SettingsError


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a task from its start to its end.

    Attributes
    ----------
    task
        Position of the task.
    start, finish
        In minutes from the start of the batch.
    hit_by
        Tasks that conflict with it and landed while it ran, in the order in which they did. With
        any, all of the run is lost; without, the task lands.
    """

    task: int
    start: int
    finish: int
    hit_by: tuple[int, ...] = ()

    @property
    def minutes(self) -> int:
        """How long it took."""
        return self.finish - self.start


@dataclass(frozen=True)
class Timeline:
    """All runs of a batch, in the order in which they ended."""

    trace: Trace
    runs: tuple[Run, ...]

    @property
    def makespan(self) -> int:
        """Minutes from the start of the first run to the end of the last."""
        return max((run.finish for run in self.runs), default=0)

    @property
    def speed_up(self) -> float:
        """How many times as fast as one task after the other; 1 for no work."""
        return self.trace.work / self.makespan if self.makespan else 1.0

    @property
    def hits(self) -> int:
        """How many runs were lost."""
        return sum(bool(run.hit_by) for run in self.runs)

    @property
    def redone(self) -> int:
        """How many tasks lost a run at least once."""
        return len({run.task for run in self.runs if run.hit_by})

    @property
    def lost(self) -> float:
        """Minutes of lost runs over minutes of runs that landed; 0 for no work."""
        lost = sum(run.minutes for run in self.runs if run.hit_by)
        return lost / self.trace.work if self.trace.work else 0.0


class _Begun(NamedTuple):
    """When a run began, and how many tasks had landed by then: its base holds those."""

    start: int
    landed: int


def simulate(trace: Trace, policy: DispatchPolicy, *, workers: int) -> Timeline:
    """Run a batch under a policy.

    Whenever tasks end, and at the beginning, the policy says which of the waiting ones may start;
    free workers take them in that order. A task that ends after one that conflicts with it landed
    while it ran is lost: it waits again, before all that never ran, and its next run takes as
    long and has a base that holds the other. Among several such tasks the first to arrive goes
    first. Tasks that end in the same minute land in order of arrival, before any other starts.

    Parameters
    ----------
    workers
        Most tasks at the same time.

    Raises
    ------
    SettingsError
        If there is no worker.
    ReplayError
        If the policy breaks its contract.
    """
    if workers < 1:
        raise SettingsError("workers", f"must be at least 1. Got {workers}.", "Pass 1 or more.")
    fresh, again = list(range(len(trace))), list[int]()
    begun: dict[int, _Begun] = {}
    ends: list[tuple[int, int]] = []
    landed: list[int] = []
    runs: list[Run] = []
    now = 0
    while fresh or again or ends:
        for task in _admitted(policy, sorted(begun), [*again, *fresh], workers):
            (again if task in again else fresh).remove(task)
            begun[task] = _Begun(now, len(landed))
            heappush(ends, (now + trace.minutes[task], task))
        now = ends[0][0]
        while ends and ends[0][0] == now:
            _, task = heappop(ends)
            start, base = begun.pop(task)
            hit_by = tuple(other for other in landed[base:] if trace.conflicts[task, other])
            runs.append(Run(task, start, now, hit_by))
            if hit_by:
                insort(again, task)
            else:
                landed.append(task)
    return Timeline(trace, tuple(runs))


def _admitted(
    policy: DispatchPolicy, running: Sequence[int], waiting: Sequence[int], workers: int
) -> Sequence[int]:
    """Return the tasks that start now, as many as there are free workers."""
    if not waiting or len(running) >= workers:
        return ()
    chosen = list(policy.admit(running, waiting))
    if len(set(chosen)) < len(chosen) or not set(chosen) <= set(waiting):
        raise ReplayError(
            policy.name,
            f"the policy starts {chosen} while {list(waiting)} wait.",
            "It may name waiting tasks only, each once.",
        )
    if not chosen and not running:
        raise ReplayError(
            policy.name,
            f"the policy starts none of {list(waiting)} though nothing runs.",
            "It must start one of them, or the batch would never end.",
        )
    return chosen[: workers - len(running)]
