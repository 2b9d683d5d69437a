"""What the simulator says of a run before it runs: for pipelines/run_study.py.

It is told which tasks truly conflict, how long each agent waits, and whom the gate of the run lets
start at every moment, but nothing of worktrees, commands and landings.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Final, NamedTuple

from run_copies import Copy, StudyTask, git

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.outcome import Ending, Outcome, RecordedOutcome
from taskpar_ml.execution.gate import Gate
from taskpar_ml.simulation.policies import Moment
from taskpar_ml.simulation.simulator import simulate
from taskpar_ml.simulation.trace import Trace

_PARTS: Final = 100
"""What the simulator takes for minutes in a second of an agent."""


class Foreseen(NamedTuple):
    """What the simulator says.

    Attributes
    ----------
    wall
        Seconds from the first start to the last landing.
    hits
        Attempts that others hit.
    lost
        Agents' time that came to nothing, over what the tasks need.
    """

    wall: float
    hits: int
    lost: float


def conflicts(copy: Copy) -> dict[frozenset[str], bool | None]:
    """Return whether every two tasks conflict that are done at the base, each without the other."""
    with tempfile.TemporaryDirectory() as place:
        tree = Path(place) / "tree"
        copy.git("worktree", "add", "--quiet", "--detach", str(tree), copy.base)
        work = {task.name: _done(copy, task, tree) for task in copy.tasks}
        copy.git("worktree", "remove", "--force", str(tree))
    return {
        frozenset((one, other)): not _merges(copy.place, work[one], work[other])
        for one, other in combinations(work, 2)
    }


def foreseen(
    copy: Copy, truth: Mapping[frozenset[str], bool | None], gate: Gate, *, workers: int
) -> Foreseen:
    """Return what the simulator says of a run.

    Parameters
    ----------
    truth
        Which tasks conflict.
    gate
        That of a run which has not begun; it is told what becomes of tasks.
    workers
        Most tasks at the same time.
    """
    names = tuple(task.name for task in copy.tasks)
    parts = {task.name: max(round(task.seconds * _PARTS), 1) for task in copy.tasks}
    trace = Trace.of(names, minutes=parts, truth=truth)
    policy = Gated(gate, names, base=copy.base)
    ran = simulate(trace, policy, workers=workers)
    return Foreseen(ran.makespan / _PARTS, len(policy.struck), ran.lost)


class Gated:
    """A policy of dispatch that asks the gate of a run, as its executor does.

    A task that was hit goes on at once, for its agent resolves the conflict; one that is hit again
    ends, and waits until it may start anew.

    Parameters
    ----------
    gate
        Says who may start.
    names
        The tasks, by their positions.
    base
        The commit that outcomes name.

    Attributes
    ----------
    struck
        Attempts that were hit.
    """

    name = "the gate of a run"
    kept_apart = 0.0

    def __init__(self, gate: Gate, names: Sequence[str], *, base: str) -> None:
        self._gate, self._names, self._base = gate, names, base
        self._flying: dict[int, Attempt] = {}
        self.struck: set[Attempt] = set()

    def admit(self, moment: Moment) -> list[int]:
        """Return the tasks that resolve a conflict, and those that the gate lets start."""
        going_on = []
        for task in sorted(self._flying.keys() - set(moment.running)):
            attempt = self._flying[task]
            if task not in moment.waiting:
                was_hit = attempt in self.struck
                self._end(task, Ending.RESOLVED if was_hit else Ending.MERGED, moment)
            elif attempt in self.struck:
                self._end(task, Ending.REDONE, moment)
            else:
                self._gate.strike(attempt)
                self.struck.add(attempt)
                going_on.append(task)
        let_in = {
            self._names.index(each.task): each for each in self._gate.admitted((), start=True)
        }
        new = [task for task in let_in if task not in self._flying]
        self._flying |= let_in
        return [*going_on, *new]

    def _end(self, task: int, ending: Ending, moment: Moment) -> None:
        """Tell the gate how an attempt has ended."""
        attempt, now = self._flying.pop(task), datetime.now(UTC)
        by = moment.hit_by.get(task, ()) if attempt in self.struck else ()
        outcome = Outcome(
            task=attempt.task,
            attempt=attempt.number,
            base=self._base,
            started_at=now,
            ended_at=now,
            ending=ending,
            hit=attempt in self.struck,
            because_of=tuple(self._names[other] for other in by),
            reported_by=self.name,
        )
        self._gate.record(RecordedOutcome(outcome=outcome, recorded_at=now))


def _done(copy: Copy, task: StudyTask, tree: Path) -> str:
    """Return a commit of a task that was done at the base and nowhere else."""
    copy.git("checkout", "--quiet", "--force", "--detach", copy.base, at=tree)
    copy.git("clean", "--quiet", "-d", "--force", at=tree)
    subprocess.run(["/bin/sh", "-ec", task.edit], cwd=tree, check=True, capture_output=True)
    copy.git("add", "--all", at=tree)
    copy.git("commit", "--quiet", "--allow-empty", "--message", task.name, at=tree)
    return copy.git("rev-parse", "HEAD", at=tree)


def _merges(place: Path, one: str, other: str) -> bool:
    """Whether two commits merge without a conflict."""
    try:
        git(place, "merge-tree", "--write-tree", one, other)
    except subprocess.CalledProcessError as error:
        if error.returncode != 1:
            raise
        return False
    return True
