"""Runs that are tried: a repository, a store, task files whose agents are scripts."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from taskpar_ml.admitting.book import AdmissionBook
from taskpar_ml.domain.outcome import RecordedOutcome
from taskpar_ml.domain.runs import Ask, Asked
from taskpar_ml.domain.watching import Watching
from taskpar_ml.execution.executor import Executor
from taskpar_ml.execution.local_run import RunOptions, executor_of
from taskpar_ml.execution.run_place import RunPlace
from taskpar_ml.execution.run_state import RunState
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.planner.bank import Bank
from taskpar_ml.policy.automation import AutomationRules
from taskpar_ml.policy.settings import load_settings
from taskpar_ml.predicting import chosen_predictor
from taskpar_ml.repo.snapshot import RepoSnapshot
from taskpar_ml.tasks import read_tasks
from taskpar_ml.workspace import Workspace
from tests.support.processes import PROJECT
from tests.support.yards import Yard

_RUN = """
import sys
from pathlib import Path
from tests.support.running import Bench
from taskpar_ml.domain.watching import Watching
Path(sys.argv[1], "started").touch()
bench = Bench(Path(sys.argv[1]), b0=float(sys.argv[4]))
bench.run(verify=sys.argv[2], watch=Watching(sys.argv[3]), every=0.2)
"""


def agent(*, work: str, resolve: str = "exit 1", repair: str = "exit 1") -> str:
    """Return a script that does something else for every role."""
    return f"case $TASKPAR_ROLE in work) {work};; resolve) {resolve};; repair) {repair};; esac"


class Bench:
    """A repository with a store beside it; what was there before is taken up again.

    Parameters
    ----------
    b0
        Hits that are promised before anything has landed.
    """

    def __init__(self, place: Path, *, b0: float = 9) -> None:
        self._place, self._b0 = place, b0
        if (place / "shop").exists():
            self.yard = Yard.__new__(Yard)
            self.yard.place = place / "shop"
            self.yard.base = self.yard.git("rev-parse", "HEAD")
        else:
            self.yard = Yard(place / "shop", {"a.txt": "a\n", "b.txt": "b\n"})

    def write(
        self, scripts: Mapping[str, str], depends: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        """Write the tasks, and what their agents do."""
        tasks = [
            {
                "id": name,
                "title": f"Do {name}",
                "acceptance_criteria": ["It is done"],
                "modifies": [f"{name}.txt"],
                "depends_on": list((depends or {}).get(name, ())),
            }
            for name in scripts
        ]
        (self._place / "tasks.json").write_text(json.dumps({"tasks": tasks}))
        for name, script in scripts.items():
            (self._place / f"{name}.sh").write_text(script)

    @contextmanager
    def place(self) -> Iterator[RunPlace]:
        """Open the store."""
        with HistoryStore.open(str(self._place / "store.sqlite")) as store:
            history = store.history("shop", create=True)
            yield RunPlace(history, self.yard.common, self._place / "runs", "r")

    def workspace(self, watch: Watching = Watching.NEVER) -> Workspace:
        """Read the tasks; nobody is thought to collide."""
        settings = load_settings(self.yard.place).with_limits(
            estimator="never", workers=8, watch=watch
        )
        snapshot = RepoSnapshot.at(self.yard.place, "HEAD")
        return Workspace(
            task_set=read_tasks(self._place / "tasks.json"),
            memory=RepoMemory(snapshot, AutomationRules(settings.automation)),
            predictor=chosen_predictor("never", model=None).predictor,
            settings=settings,
        )

    def run(
        self,
        scripts: Mapping[str, str] | None = None,
        *,
        depends: Mapping[str, Sequence[str]] | None = None,
        watch: Watching = Watching.NEVER,
        **options: Any,
    ) -> RunState:
        """Run the tasks, and return what that came to."""
        if scripts is not None:
            self.write(scripts, depends)
        with self.place() as place:
            AdmissionBook(place.history).promise(b0=self._b0)
            with place.alone():
                return self.executor(place, watch, **options).run()

    def open(self, scripts: Mapping[str, str]) -> None:
        """Open a run and let it take one step."""
        self.write(scripts)
        with self.place() as place:
            self.executor(place)

    def start_process(
        self, *, verify: str = "", watch: Watching = Watching.NEVER
    ) -> subprocess.Popen[bytes]:
        """Run the tasks that were written in another process, and return once it begins to."""
        started = self._place / "started"
        started.unlink(missing_ok=True)
        process = subprocess.Popen(
            [sys.executable, "-c", _RUN, str(self._place), verify, watch.value, str(self._b0)],
            cwd=PROJECT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while not started.exists() and process.poll() is None:
            time.sleep(0.01)
        return process

    def ask(self, what: Ask, task: str | None = None) -> None:
        """Ask something of the run."""
        with self.place() as place:
            place.book().write(Asked(what=what, task=task))

    def outcomes(self) -> list[RecordedOutcome]:
        """Return what was recorded."""
        with self.place() as place:
            return list(place.history.outcomes())

    def bank(self) -> Bank:
        """Return what the bank holds."""
        with self.place() as place:
            return AdmissionBook(place.history).read().admission.bank

    def bank_steps(self) -> list[str]:
        """Return the kinds of the steps of the bank."""
        with self.place() as place:
            return [entry.step.kind for entry in AdmissionBook(place.history).entries()]

    def executor(
        self, place: RunPlace, watch: Watching = Watching.NEVER, **options: Any
    ) -> Executor:
        """Return what runs the tasks that were written."""
        words = ("/bin/sh", "-c", f'. {self._place}/"$TASKPAR_TASK_ID".sh', "{prompt_file}")
        chosen = RunOptions(words=words, **options)
        workspace = self.workspace(watch)
        return executor_of(place, chosen, lambda: workspace, base=self.yard.base)
