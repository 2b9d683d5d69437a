"""Who may start: the bank and the planner, asked again whenever something has changed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple, Protocol

from taskpar_ml.admitting.asking import started
from taskpar_ml.admitting.book import AdmissionBook
from taskpar_ml.admitting.recording import recorded
from taskpar_ml.domain.footprint import Surface
from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.outcome import RecordedOutcome
from taskpar_ml.domain.task import Task
from taskpar_ml.errors import AdmissionError
from taskpar_ml.execution.outcomes import reporter
from taskpar_ml.execution.prompts import Neighbour
from taskpar_ml.planner.readiness import ReadyQuestion
from taskpar_ml.readying import ready_question
from taskpar_ml.workspace import Workspace


class ElsewhereLanded(NamedTuple):
    """A task that others have landed, the commit as which, and the files that it touched."""

    task: str
    commit: str
    touched: tuple[str, ...]


class Gate(Protocol):
    """Lets attempts start, and is told what becomes of them.

    Laws: an attempt that was let in is returned until its outcome is recorded, whoever was killed
    in between; to repeat a report changes nothing.
    """

    def admitted(self, given_up: Collection[str], *, start: bool) -> list[Attempt]:
        """Return the attempts of this run that are in flight, those included that start now.

        Parameters
        ----------
        given_up
            Tasks that are not to start.
        start
            Whether any is.
        """
        ...

    def strike(self, attempt: Attempt) -> None:
        """Note that an attempt was hit, and goes on."""
        ...

    def record(self, outcome: RecordedOutcome) -> None:
        """Note what became of an attempt."""
        ...

    def task(self, name: str) -> Task | None:
        """Return a task, None where nobody wants it done any more."""
        ...

    def neighbours(self, of: str, beside: Collection[str]) -> list[Neighbour]:
        """Return what is expected of those that run beside a task."""
        ...

    def waits(self, given_up: Collection[str], *, start: bool) -> bool:
        """Whether tasks may start later: when what others run has ended, or some may start."""
        ...

    def landed_elsewhere(self, since: datetime) -> list[ElsewhereLanded]:
        """Return what others than this run have landed since some time."""
        ...


class BankGate:
    """Asks a bank of the store, for the tasks of a workspace.

    Parameters
    ----------
    book
        The bank.
    run
        Who starts attempts.
    workspace
        Returns the tasks as their files say now, together with the repository; the same object as
        long as nothing has changed.
    """

    _NAMED = 5

    def __init__(self, book: AdmissionBook, run: str, workspace: Callable[[], Workspace]) -> None:
        self._book, self._run, self._read = book, run, workspace
        self._asked: tuple[frozenset[str], ...] = ()
        self._workspace: Workspace | None = None
        self._answered: tuple[object, ...] = ()
        self._question: ReadyQuestion | None = None

    def admitted(self, given_up: Collection[str], *, start: bool) -> list[Attempt]:
        """Return the attempts of this run that are in flight, those included that start now."""
        known = self._book.follow()
        asked = (known.steps, frozenset(given_up), id(self._read()), len(self._book.elsewhere()))
        if start and asked != self._answered:
            known = self._book.read()
            if self._may_start(given_up):
                others = dict.fromkeys(self._running_elsewhere(), 0.0)
                started(self._book, self._prepared(given_up), others, by=self._run)
                known = self._book.state
            self._answered = (known.steps, *asked[1:])
        return [
            attempt
            for attempt in known.in_flight.values()
            if known.attempts[attempt].by == self._run
        ]

    def waits(self, given_up: Collection[str], *, start: bool) -> bool:
        """Whether tasks may start later: when what others run has ended, or some may start."""
        known = self._book.follow()
        others = [each for each in known.in_flight.values() if known.attempts[each].by != self._run]
        waits = bool(others or self._book.elsewhere()) or not start
        return waits and self._may_start(given_up)

    def landed_elsewhere(self, since: datetime) -> list[ElsewhereLanded]:
        """Return what others than this run have landed since some time."""
        return [
            ElsewhereLanded(told.task, told.landed_as, told.touched)
            for told in (each.outcome for each in self._book.history.outcomes())
            if told.landed_as is not None
            and told.ended_at >= since
            and told.reported_by != reporter(self._run)
        ]

    def strike(self, attempt: Attempt) -> None:
        """Note that an attempt was hit, and goes on."""
        with contextlib.suppress(AdmissionError):  # somebody else has said that it ended
            self._book.strike(attempt)

    def record(self, outcome: RecordedOutcome) -> None:
        """Note what became of an attempt."""
        recorded(self._book.history, [outcome])

    def task(self, name: str) -> Task | None:
        """Return a task, None where nobody wants it done any more."""
        task = self._read().task_set.by_id.get(name)
        return task if task is not None and task.status.is_work else None

    def neighbours(self, of: str, beside: Collection[str]) -> list[Neighbour]:
        """Return what is expected of those that run beside a task."""
        workspace = self._read()
        open_tasks = {task.id: task for task in workspace.task_set.work}
        others = [name for name in beside if name != of and name in open_tasks]
        files: dict[str, list[str]] = {name: [] for name in others}
        for each in workspace.touched(others, surfaces=(Surface.FILE,)) if others else ():
            if len(files[each.task]) < self._NAMED:
                files[each.task].append(each.item)
        return [Neighbour(name, open_tasks[name].title, files[name]) for name in others]

    def _may_start(self, given_up: Collection[str]) -> bool:
        """Whether there is a task that has not landed and does not run."""
        known = self._book.state
        waiting = {task.id for task in self._read().task_set.work}
        return bool(waiting - known.landed - known.in_flight.keys() - set(given_up))

    def _running_elsewhere(self) -> set[str]:
        """Return open tasks that run for another bank of the repository."""
        return {task.id for task in self._read().task_set.work} & self._book.elsewhere().keys()

    def _prepared(self, given_up: Collection[str]) -> ReadyQuestion:
        """Return the question who may start, prepared anew where something has changed."""
        known, workspace = self._book.state, self._read()
        beside = known.in_flight.keys() | self._running_elsewhere()
        asked = (known.landed, frozenset(given_up), frozenset(beside))
        if self._question is None or asked != self._asked or workspace is not self._workspace:
            tasks = workspace.task_set.with_done(known.landed).with_set_aside(given_up)
            running = {task.id for task in tasks.work} & beside
            self._question = ready_question(replace(workspace, task_set=tasks), running)
            self._asked, self._workspace = asked, workspace
        return self._question
