"""``taskpar run``: tasks done by agents in worktrees, and landed one after the other."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taskpar_ml.cli.options import (
    AsJson,
    Bank,
    Estimator,
    Files,
    Model,
    Name,
    Repo,
    StateDir,
    Store,
    Tag,
    Threshold,
    Watched,
    Workers,
    open_workspace,
)
from taskpar_ml.cli.running import Run, open_run
from taskpar_ml.domain.runs import LandMode

if TYPE_CHECKING:
    from taskpar_ml.domain.run_report import RunStatus
    from taskpar_ml.execution.resolving import Resolvers
    from taskpar_ml.execution.run_state import RunState
    from taskpar_ml.workspace import Workspace

_PARKED = 2
_FAILED = 1
_STABLE = 1.0
"""Seconds that task files have to be as they are until they are read again."""


def run(
    tasks: Files = None,
    agent: Annotated[
        str,
        typer.Option(
            "--agent",
            metavar="COMMAND",
            help="Who does a task: a program with its arguments, {prompt_file} among them.",
        ),
    ] = "",
    repo: Repo = Path(),
    target: Annotated[
        str | None,
        typer.Option(
            "--target",
            metavar="BRANCH",
            help="Where work lands; checked out nowhere.",
            show_default="a branch of the run's own",
        ),
    ] = None,
    land: Annotated[
        LandMode, typer.Option("--land", help="As what: a merge commit, or one commit.")
    ] = LandMode.MERGE,
    setup: Annotated[
        str, typer.Option("--setup", metavar="SHELL", help="Run in each worktree first.")
    ] = "",
    verify: Annotated[
        str,
        typer.Option(
            "--verify", metavar="SHELL", help="Nothing lands that this does not exit with 0 on."
        ),
    ] = "",
    union: Annotated[
        list[str] | None,
        typer.Option(
            "--union",
            metavar="GLOB",
            help="Files of which both sides' lines are kept, as of changelogs; repeatable.",
            show_default=False,
        ),
    ] = None,
    regenerate: Annotated[
        list[str] | None,
        typer.Option(
            "--regenerate",
            metavar="GLOB=SHELL",
            help="Files that a command makes anew where they conflict; repeatable.",
            show_default=False,
        ),
    ] = None,
    minutes: Annotated[
        float, typer.Option("--minutes", min=0.01, help="How long an agent may work at once.")
    ] = 60.0,
    which: Run = None,
    tag: Tag = None,
    state: StateDir = None,
    estimator: Estimator = None,
    model: Model = None,
    store: Store = None,
    name: Name = None,
    workers: Workers = None,
    threshold: Threshold = None,
    watch: Watched = None,
    bank: Bank = None,
    as_json: AsJson = False,
) -> None:
    """Let agents do the tasks, each in a worktree of its own, and land what they come to.

    Whoever is interrupted says the same again: the run goes on where it was. Your checkout stays as
    it is.

    Exit status 2: a task was parked because of a conflict. 1: one failed, or an error.
    """
    from taskpar_ml.cli.banks import no_bank
    from taskpar_ml.cli.output import print_json, say, show
    from taskpar_ml.domain.growth import MAIN
    from taskpar_ml.execution.agents import agent_words
    from taskpar_ml.execution.local_run import RunOptions, executor_of
    from taskpar_ml.execution.reporting import status_of
    from taskpar_ml.repo.git import open_repository, resolve_commit
    from taskpar_ml.reports.run_text import draw_run

    words = agent_words(agent)
    with (
        open_run(which, repo=repo, store=store, name=name, state=state, create=True) as place,
        place.alone(),
    ):
        banks = place.history.bank_journals.names()
        if bank not in (None, MAIN, *banks):
            raise no_bank(str(bank), banks)
        opened = place.book().read().opened
        base = str(resolve_commit(open_repository(repo), "HEAD").id)
        read = _Tasks(
            lambda: open_workspace(
                tasks,
                repo=repo,
                at=base if opened is None else opened.base,
                working_tree=False,
                tag=tag,
                state=state,
                estimator=estimator,
                model=model,
                store=store,
                name=name,
                workers=workers,
                threshold=threshold,
                watch=watch,
            )
        )
        read()  # says what is wrong with the tasks before anything begins
        options = RunOptions(
            words=words,
            setup=setup,
            verify=verify,
            target=target,
            bank=bank or MAIN,
            mode=land,
            timeout=60 * minutes,
            resolvers=_resolvers(union or [], regenerate or []),
        )
        executor = executor_of(place, options, read, base=base)
        told = _Told(place.name)
        try:
            ended = executor.run(look=told.look)
        except KeyboardInterrupt:
            say(
                f"Agents of {place.name} go on. The same command takes it up again; `taskpar runs "
                "cancel` stops tasks."
            )
            raise
        status = status_of(ended, run=place.name)
    if as_json:
        print_json(status.model_dump(mode="json"))
    else:
        show(draw_run(status))
    _exit(status)


class _Tasks:
    """The tasks as their files say now; while those cannot be read, as they said before."""

    def __init__(self, read: Callable[[], Workspace]) -> None:
        self._read = read
        self._known: Workspace | None = None
        self._stamp: tuple[object, ...] = ()
        self._seen: tuple[object, ...] = ()
        self._since = 0.0

    def __call__(self) -> Workspace:
        from taskpar_ml.cli.output import say
        from taskpar_ml.errors import TaskFileError

        if self._known is None:
            self._known = self._read()
            self._stamp = self._stamps(self._known)
            return self._known
        stamp = self._stamps(self._known)
        if stamp != self._seen:
            self._seen, self._since = stamp, time.monotonic()
        # Who saves a file may be in the middle of it.
        if stamp != self._stamp and time.monotonic() - self._since > _STABLE:
            self._stamp = stamp
            try:
                self._known = self._read()
                self._stamp = self._stamps(self._known)
            except TaskFileError as error:
                say(f"{error} The tasks stay as they were.")
        return self._known

    @staticmethod
    def _stamps(workspace: Workspace) -> tuple[object, ...]:
        found: list[object] = []
        for path, _ in workspace.task_set.files:
            try:
                told = Path(path).stat()
                found.append((path, told.st_mtime_ns, told.st_size))
            except OSError:
                found.append((path, None))
        return tuple(found)


class _Told:
    """Says a line for whatever has changed."""

    def __init__(self, run: str) -> None:
        self._run = run
        self._said: dict[tuple[str, int], str] = {}
        self._is_paused = self._says_waiting = False
        self._was_settled = -1

    def look(self, state: RunState) -> None:
        """Say what is new."""
        from taskpar_ml.cli.output import say
        from taskpar_ml.execution.deciding import is_settled
        from taskpar_ml.execution.reporting import status_of
        from taskpar_ml.reports.run_text import attempt_words

        if state.is_paused != self._is_paused:
            self._is_paused = state.is_paused
            said = "is paused: nothing starts" if state.is_paused else "goes on"
            say(f"{self._run} {said}.")
        # Looked at again though it is settled: it would have ended.
        if is_settled(state) and self._was_settled == state.steps and not self._says_waiting:
            self._says_waiting = True
            say(f"{self._run} waits for tasks that others run: `taskpar budget` names them.")
        self._was_settled = state.steps if is_settled(state) else -1
        for each in status_of(state, run=self._run).attempts:
            words = attempt_words(each)
            if self._said.get((each.task, each.attempt)) != words:
                self._said[each.task, each.attempt] = words
                say(f"{self._run}: {each.task} (attempt {each.attempt}) {words}.")


def _resolvers(union: list[str], regenerate: list[str]) -> Resolvers:
    from taskpar_ml.errors import SettingsError
    from taskpar_ml.execution.resolving import Regenerated, Resolvers
    from taskpar_ml.repo.globs import matches

    anew = []
    for text in regenerate:
        glob, is_there, command = text.partition("=")
        if not is_there or not command.strip():
            raise SettingsError(
                "--regenerate", f"{text!r} names no command.", "Write it as 'GLOB=SHELL'."
            )
        anew.append(Regenerated(partial(matches, glob), command))
    return Resolvers(lambda path: any(matches(glob, path) for glob in union), anew)


def _exit(status: RunStatus) -> None:
    from taskpar_ml.domain.outcome import Ending

    last = {each.task: each.ending for each in status.attempts}
    if Ending.PARKED in last.values():
        raise typer.Exit(_PARKED)
    if Ending.FAILED in last.values():
        raise typer.Exit(_FAILED)
