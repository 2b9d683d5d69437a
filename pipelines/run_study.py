"""Tasks that are run by scripted agents: what lands, what is lost, how long it takes.

    python pipelines/run_study.py [CLONE...] [--generated] [--tasks N] [--back N] [--workers N]
        [--scale S] [--way NAME]... [--details FILE]

Of each clone the newest first-parent landings but --back are taken off the line, and done anew from
where it stood before them: an agent waits as long as the size of its change says (--scale makes so
many seconds of a minute), then brings in the change of the landing. Where that conflicts it takes
its own side. --generated adds a repository that is made for it, the same for the same --seed. The
same tasks are run by the planner within a small and a larger bank, all at once, and one after the
other.

What is printed is the table of docs/running.md: wall time, of which start-up; attempts and hits;
agents' time that was lost; what the simulator foresees of wall, hits and loss, told which tasks
conflict; and two checks that share no code with the executor: whether the target holds what merging
the landed work anew, in that order, comes to; and how many commits and files that were committed in
the run's repository the user's lacks.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from run_checks import is_serial, missing
from run_copies import Copy, copied
from run_forecast import Foreseen, conflicts, foreseen
from run_generated import generated

from taskpar_ml.admitting.book import AdmissionBook
from taskpar_ml.cli.options import open_workspace
from taskpar_ml.cli.stores import open_history
from taskpar_ml.domain.growth import MAIN
from taskpar_ml.execution.gate import BankGate

_AGENT: Final = """\
set -e
sleep "$(cat "$2/$TASKPAR_TASK_ID.seconds")"
if [ "$TASKPAR_ROLE" = resolve ]; then
    git diff --name-only --diff-filter=U -z | xargs -0 git checkout --quiet --ours --
    git add --all
else
    . "$2/$TASKPAR_TASK_ID.sh"
fi
"""
_COLUMNS: Final = (
    *("", "", "wall seconds", "of it start-up", "foreseen", "landed", "attempts"),
    *("hits", "foreseen", "lost", "foreseen", "serial", "missing"),
)


class Way(NamedTuple):
    """A way to run tasks.

    Attributes
    ----------
    bank, b0
        The bank, and the hits that it allows before anything has landed; None for the usual ones.
    estimator
        Who foresees conflicts; None for the usual one.
    workers
        Most tasks at the same time; None for as many as the study is told.
    """

    bank: str | None = None
    b0: int | None = None
    estimator: str | None = None
    workers: int | None = None

    def words(self, workers: int) -> Iterator[str]:
        """Yield what it adds to the command."""
        options = {"--bank": self.bank, "--estimator": self.estimator}
        yield from (word for name, value in options.items() if value for word in (name, value))
        yield from ("--workers", str(self.workers or workers))


WAYS: Final = {
    "planned, b0 2": Way(),
    "planned, b0 8": Way(bank="eight", b0=8),
    "all at once": Way(bank="wide", b0=1_000, estimator="never"),
    "one by one": Way(workers=1),
}


class Came(NamedTuple):
    """What a way to run came to.

    Attributes
    ----------
    wall
        Seconds from the start of the command to its end.
    start_up
        Seconds until the first attempt began.
    lost
        Agents' time that came to nothing, over what the tasks need.
    told
        What the run says of itself.
    is_serial, missing
        What the checks found.
    """

    wall: float
    start_up: float
    lost: float
    told: Mapping[str, Any]
    is_serial: bool
    missing: int

    def cells(self, tasks: int, foreseen: Foreseen) -> Iterator[str]:
        """Yield what a row of the table says, beside what was foreseen."""
        attempts = self.told["attempts"]
        yield from (f"{self.wall:.1f}", f"{self.start_up:.1f}", f"{foreseen.wall:.1f}")
        yield from (f"{len(self.told['landed'])} of {tasks}", str(len(attempts)))
        yield from (str(sum(each["hit"] for each in attempts)), str(foreseen.hits))
        yield from (f"{self.lost:.1%}", f"{foreseen.lost:.1%}")
        yield from ("yes" if self.is_serial else "no", str(self.missing))


def ran(copy: Copy, way: Way, workers: int, place: Path) -> Came:
    """Run the tasks in one way, in a store of its own."""
    tasks = _written(copy, place)
    where = ("--repo", copy.place, "--store", place / "s.sqlite", "--state", place / "state")
    if way.b0 is not None:
        _taskpar("budget", *where, "--bank", way.bank, "--b0", way.b0)
    agent = f"/bin/sh {place / 'agent.sh'} {{prompt_file}} {place}"
    begun_at, begun = datetime.now().astimezone(), time.monotonic()
    words = ("run", tasks, "--agent", agent, "--run", place.name, *where, *way.words(workers))
    told = _taskpar(*words)
    wall = time.monotonic() - begun
    first = min(datetime.fromisoformat(each["begun_at"]) for each in told["attempts"])
    return Came(
        wall,
        (first - begun_at).total_seconds(),
        _lost(copy, told),
        told,
        is_serial(copy, told),
        len(missing(copy, place / "state" / "runs" / place.name / "repository.git")),
    )


def forecast(
    copy: Copy, way: Way, truth: Mapping[frozenset[str], bool | None], workers: int, place: Path
) -> Foreseen:
    """Return what the simulator foresees of one way, in a store of its own."""
    tasks, store, state = _written(copy, place), str(place / "f.sqlite"), place / "state"
    workspace = open_workspace(
        [tasks],
        repo=copy.place,
        at=copy.base,
        working_tree=False,
        tag=None,
        state=state,
        store=None,
        estimator=way.estimator,
        workers=way.workers or workers,
    )
    with open_history(copy.place, store=store, name=None, state=state, create=True) as history:
        book = AdmissionBook(history, way.bank or MAIN)
        if way.b0 is not None:
            book.promise(b0=way.b0)
        gate = BankGate(book, "forecast", lambda: workspace)
        return foreseen(copy, truth, gate, workers=way.workers or workers)


def _written(copy: Copy, place: Path) -> Path:
    """Write the tasks, and what their agents do, and return the file of the tasks."""
    place.mkdir()
    (place / "agent.sh").write_text(_AGENT)
    for task in copy.tasks:
        (place / f"{task.name}.sh").write_text(task.edit)
        (place / f"{task.name}.seconds").write_text(f"{task.seconds}\n")
    tasks = [{"id": task.name, "title": task.title} for task in copy.tasks]
    (place / "tasks.json").write_text(json.dumps({"tasks": tasks}))
    return place / "tasks.json"


def _lost(copy: Copy, told: Mapping[str, Any]) -> float:
    """Return agents' time that came to nothing, over what the tasks need."""
    needed = {task.name: task.seconds for task in copy.tasks}
    lost: float = sum(
        needed[each["task"]] * (each["rounds"] - (each["landed_as"] is not None))
        for each in told["attempts"]
    )
    return lost / sum(needed.values())


def _taskpar(*words: object) -> dict[str, Any]:
    command = [str(Path(sys.executable).with_name("taskpar")), *map(str, words), "--json"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    if told.returncode == 1 and not told.stdout:
        raise SystemExit(told.stderr)
    data: dict[str, Any] = json.loads(told.stdout)["data"]
    return data


def studied(copy: Copy, name: str, place: Path, chosen: argparse.Namespace) -> bool:
    """Print a row for every way, and return whether all checks held."""
    truth = conflicts(copy)
    is_good = True
    for number, what in enumerate(chosen.way or WAYS):
        way = WAYS[what]
        expected = forecast(copy, way, truth, chosen.workers, place / f"forecast-{number}")
        came = ran(copy, way, chosen.workers, place / f"run-{number}")
        is_good &= came.is_serial and not came.missing
        print(f"| {' | '.join((name, what, *came.cells(len(copy.tasks), expected)))} |", flush=True)
        if chosen.details is not None:
            details = {
                "repository": name,
                "way": what,
                "tasks": [task._asdict() for task in copy.tasks],
                "conflicts": sorted(sorted(pair) for pair, collide in truth.items() if collide),
                "foreseen": expected._asdict(),
                "came": came._asdict(),
            }
            with chosen.details.open("a") as file:
                file.write(f"{json.dumps(details)}\n")
    return is_good


def main() -> int:
    """Run and print; 1 where a check fails."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("clones", type=Path, nargs="*", metavar="CLONE")
    parser.add_argument("--generated", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tasks", type=int, default=30)
    parser.add_argument("--back", type=int, default=0, metavar="N")
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--scale", type=float, default=1.0, metavar="S")
    parser.add_argument("--way", choices=WAYS, action="append", help="all if none is named")
    parser.add_argument("--details", type=Path, metavar="FILE", help="what is known of each run")
    chosen = parser.parse_args()
    print(f"| {' | '.join(_COLUMNS)} |\n|{'---|' * len(_COLUMNS)}")
    is_good = True
    sizes = {"tasks": chosen.tasks, "scale": chosen.scale}
    for clone in chosen.clones:
        with tempfile.TemporaryDirectory() as place:
            copy = copied(clone, Path(place) / "clone", back=chosen.back, **sizes)
            is_good &= studied(copy, clone.name, Path(place), chosen)
    if chosen.generated:
        with tempfile.TemporaryDirectory() as place:
            copy = generated(Path(place) / "clone", seed=chosen.seed, **sizes)
            is_good &= studied(copy, "generated", Path(place), chosen)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
