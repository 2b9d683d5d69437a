"""What became of a batch: every run of every task."""

from __future__ import annotations

from dataclasses import dataclass

from taskpar_ml.simulation.trace import Trace


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
        Tasks that conflict with it and ran at the same time, because of which it came to nothing:
        in the order in which they landed, or the one for which it was parked. Without any the
        task landed.
    kept
        Minutes of the work of a parked run that its next run need not do again.
    """

    task: int
    start: int
    finish: int
    hit_by: tuple[int, ...] = ()
    kept: int = 0

    @property
    def minutes(self) -> int:
        """How long it took."""
        return self.finish - self.start

    @property
    def lost(self) -> int:
        """Minutes that were for nothing."""
        return self.minutes - self.kept if self.hit_by else 0


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
        """How many runs came to nothing."""
        return sum(bool(run.hit_by) for run in self.runs)

    @property
    def redone(self) -> int:
        """How many tasks were hit at least once."""
        return len({run.task for run in self.runs if run.hit_by})

    @property
    def lost(self) -> float:
        """Minutes lost over minutes of all tasks together; 0 for no work."""
        lost = sum(run.lost for run in self.runs)
        return lost / self.trace.work if self.trace.work else 0.0
