"""One batch run under a policy, from event to event."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import NamedTuple

from taskpar_ml.domain.watching import CHECKPOINTS, UNWATCHED, Watch, Watching
from taskpar_ml.errors import ReplayError, SettingsError
from taskpar_ml.simulation.policies import DispatchPolicy, Moment
from taskpar_ml.simulation.timeline import Run, Timeline
from taskpar_ml.simulation.trace import Trace


def simulate(
    trace: Trace, policy: DispatchPolicy, *, workers: int, watch: Watch = UNWATCHED
) -> Timeline:
    """Run a batch under a policy.

    Whenever something happens, and at the beginning, the policy says which of the waiting tasks
    may start; free workers take them in that order. Tasks that were hit wait before all that
    never ran, and among them the first to arrive goes first.

    Unwatched, a task that ends after one that conflicts with it landed while it ran is lost: its
    next run takes as long and has a base that holds the other. Watched, a collision comes to
    light as soon as both have written something over which they collide. The one that has run
    for less time is then parked, of two that began together the later to arrive; a task that
    collides with one that has landed is parked whatever its time. It starts again when the other
    has landed. What a running task has taken over at a checkpoint it no longer collides with.

    In one minute collisions come first, then tasks land in order of arrival, then the others take
    over what landed, then tasks start.

    Parameters
    ----------
    workers
        Most tasks at the same time.
    watch
        How running tasks are watched.

    Raises
    ------
    SettingsError
        If there is no worker.
    ReplayError
        If the policy breaks its contract.
    """
    if workers < 1:
        raise SettingsError("workers", f"must be at least 1. Got {workers}.", "Pass 1 or more.")
    return _Batch(trace, policy, workers, watch).run()


@dataclass
class _Open:
    """A run that goes on: ``base`` is how many tasks had landed that its base holds."""

    task: int
    start: int
    work: int
    base: int
    pause: int
    """Minutes that each sync takes."""
    synced: list[int] = field(default_factory=list)
    """Minutes of work that were done at each sync."""

    def at(self, work: int) -> int:
        """Return when it has done so many minutes of its work."""
        return self.start + work + self.pause * bisect_left(self.synced, work)

    def wrote(self, share: float) -> int:
        """Return when it has done a share of its work."""
        return self.at(ceil(share * self.work))

    @property
    def finish(self) -> int:
        """When it ends."""
        return self.at(self.work)

    def done(self, now: int) -> int:
        """Return how many minutes of its work are done."""
        gone = now - self.start - self.pause * len(self.synced)
        return min(max(gone, self.synced[-1] if self.synced else 0), self.work)


class _Collision(NamedTuple):
    """When two tasks collide, which one is parked, and for whom."""

    moment: int
    parked: int
    other: int


class _Batch:
    """The state of a batch between two events."""

    def __init__(self, trace: Trace, policy: DispatchPolicy, workers: int, watch: Watch) -> None:
        self.trace, self.policy, self.workers, self.watch = trace, policy, workers, watch
        self.now = 0
        self.fresh = list(range(len(trace)))
        self.again: list[int] = []
        self.waits_for: dict[int, int] = {}
        self.work = list(trace.minutes)
        self.seen: dict[int, float] = {}
        self.hit_by: dict[int, tuple[int, ...]] = {}
        self.open: dict[int, _Open] = {}
        self.landed: dict[int, int] = {}
        """How many had landed before each task that has."""
        self.runs: list[Run] = []

    def run(self) -> Timeline:
        while self.fresh or self.again or self.open:
            self._start()
            self.now = min(self._moments())
            self._park()
            self._land()
            self._sync()
        return Timeline(self.trace, tuple(self.runs))

    def _start(self) -> None:
        for task in self._admitted():
            (self.again if task in self.again else self.fresh).remove(task)
            self.waits_for.pop(task, None)
            pause = round(self.watch.sync_cost * self.trace.minutes[task])
            self.open[task] = _Open(task, self.now, self.work[task], len(self.landed), pause)

    def _admitted(self) -> Sequence[int]:
        """Return the tasks that start now, as many as there are free workers."""
        waiting = [*filter(self._may_start_again, self.again), *self.fresh]
        free = self.workers - len(self.open)
        if not waiting or free <= 0:
            return ()
        running = sorted(self.open)
        elapsed = {task: self.now - self.open[task].start for task in running}
        parked = [task for task in self.again if not self._may_start_again(task)]
        moment = Moment(running, waiting, elapsed, self._seen(), free, parked, self.hit_by)
        chosen = list(self.policy.admit(moment))
        if len(set(chosen)) < len(chosen) or not set(chosen) <= set(waiting):
            raise ReplayError(
                self.policy.name,
                f"the policy starts {chosen} while {waiting} wait.",
                "It may name waiting tasks only, each once.",
            )
        if not chosen and not running:
            raise ReplayError(
                self.policy.name,
                f"the policy starts none of {waiting} though nothing runs.",
                "It must start one of them, or the batch would never end.",
            )
        return chosen[:free]

    def _may_start_again(self, task: int) -> bool:
        """Whether nothing has to land before a task that was hit."""
        return task not in self.waits_for or self.waits_for[task] in self.landed

    def _seen(self) -> dict[int, float]:
        """Return which share of its work has been seen of each task of which any has."""
        seen = dict(self.seen)
        if self.watch.is_live:
            for task, run in self.open.items():
                share = run.done(self.now) / run.work
                if share > 0:
                    seen[task] = max(share, seen.get(task, 0.0))
        return seen

    def _moments(self) -> Iterator[int]:
        """Yield when something happens next, at least one moment."""
        yield from (run.finish for run in self.open.values())
        if self.watch.is_live:
            yield from (each.moment for each in self._collisions())
        if self.watch.mode is Watching.CHECKPOINTS:
            for run in self.open.values():
                if run.base < len(self.landed):
                    yield from (at for at in self._checkpoints(run) if at >= self.now)

    def _checkpoints(self, run: _Open) -> list[int]:
        return [run.wrote(share) for share in CHECKPOINTS]

    def _collisions(self) -> Iterator[_Collision]:
        """Yield the collisions that come if nothing else happens before."""
        for one, run in self.open.items():
            for other, parts in self.trace.colliding[one].items():
                if self.landed.get(other, -1) >= run.base:
                    moment = min(run.wrote(mine) for mine, _ in parts)
                    yield _Collision(moment, one, other)
                elif other in self.open and one < other:
                    beside = self.open[other]
                    moment = min(max(run.wrote(a), beside.wrote(b)) for a, b in parts)
                    # Of two that began together the later to arrive.
                    parked, kept = (one, other) if run.start > beside.start else (other, one)
                    yield _Collision(moment, parked, kept)

    def _park(self) -> None:
        """Park whatever collides now."""
        while self.watch.is_live:
            first = min(self._collisions(), default=None)
            if first is None or first.moment > self.now:
                return
            run = self.open.pop(first.parked)
            kept = int((1 - self.watch.lost_share) * run.done(self.now))
            kept = min(kept, run.work - 1)
            self.seen[run.task] = max(run.done(self.now) / run.work, self.seen.get(run.task, 0.0))
            self.work[run.task] = run.work - kept
            self.waits_for[run.task] = first.other
            self._end(run, hit_by=(first.other,), kept=kept)

    def _land(self) -> None:
        """Land what ends now, unless it was hit without anybody noticing."""
        for task in sorted(task for task, run in self.open.items() if run.finish == self.now):
            run = self.open.pop(task)
            hit_by = tuple(
                other
                for other, before in self.landed.items()
                if before >= run.base and self.trace.conflicts[task, other]
            )
            if hit_by:
                self.seen[task] = 1.0
            else:
                self.landed[task] = len(self.landed)
            self._end(run, hit_by=hit_by)

    def _end(self, run: _Open, *, hit_by: tuple[int, ...], kept: int = 0) -> None:
        self.runs.append(Run(run.task, run.start, self.now, hit_by, kept))
        if hit_by:
            self.hit_by[run.task] = hit_by
            insort(self.again, run.task)

    def _sync(self) -> None:
        """Let running tasks take over what has landed, those that can do so now."""
        if not self.watch.syncs:
            return
        for run in self.open.values():
            if run.base < len(self.landed) and (
                self.watch.mode is Watching.AT_ONCE or self.now in self._checkpoints(run)
            ):
                run.base = len(self.landed)
                run.synced.append(run.done(self.now))
