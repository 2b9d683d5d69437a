"""``taskpar run``: tasks done by agents in worktrees, and landed one after the other."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

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
from taskpar_ml.cli.run_options import (
    Agent,
    DryRun,
    Land,
    LandWith,
    MergeWith,
    Minutes,
    Redos,
    Regenerate,
    Repairs,
    Resolves,
    Retries,
    Setup,
    Target,
    Together,
    Union,
    Verify,
    resolvers_of,
)
from taskpar_ml.cli.running import Run, begins_at, open_run
from taskpar_ml.cli.stores import would_make
from taskpar_ml.domain.runs import LandMode

if TYPE_CHECKING:
    from taskpar_ml.domain.run_report import RunStatus
    from taskpar_ml.execution.local_run import RunOptions
    from taskpar_ml.execution.run_place import RunPlace
    from taskpar_ml.execution.run_state import RunState
    from taskpar_ml.workspace import Workspace

_PARKED = 2
_FAILED = 1


def run(
    tasks: Files = None,
    agent: Agent = "",
    repo: Repo = Path(),
    target: Target = None,
    land: Land = LandMode.MERGE,
    land_with: LandWith = "",
    setup: Setup = "",
    verify: Verify = "",
    together: Together = None,
    union: Union = None,
    regenerate: Regenerate = None,
    merge_with: MergeWith = None,
    minutes: Minutes = 60.0,
    retries: Retries = None,
    repairs: Repairs = None,
    resolves: Resolves = None,
    redos: Redos = None,
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
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Let agents do the tasks, each in a worktree of its own, and land what they come to.

    Whoever is interrupted says the same again: the run goes on where it was. Your checkout stays as
    it is.

    Exit status 2: a task was parked because of a conflict. 1: one failed, or an error.
    """
    from taskpar_ml.domain.growth import MAIN
    from taskpar_ml.execution.agents import agent_words
    from taskpar_ml.execution.local_run import RunOptions

    limits = {
        "retries": retries,
        "repairs": repairs,
        "resolves": resolves,
        "redos": redos,
        "together": together,
    }
    options = RunOptions(
        words=agent_words(agent),
        setup=setup,
        verify=verify,
        target=target,
        bank=bank or MAIN,
        mode=land,
        landing=land_with,
        timeout=60 * minutes,
        limits={name: limit for name, limit in limits.items() if limit is not None},
        resolvers=resolvers_of(union, regenerate, merge_with),
    )

    if dry_run and store is not None and would_make(store, repo=repo, state=state):
        store = None

    def read(at: str) -> Workspace:
        return open_workspace(
            tasks,
            repo=repo,
            at=at,
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

    if dry_run:
        from taskpar_ml.cli.banks import open_book
        from taskpar_ml.cli.run_dry import foretell

        with open_book(
            bank, repo=repo, store=store, name=name, state=state, is_advice=True
        ) as book:
            foretell(book, which, options, read, repo=repo, as_json=as_json)
        return
    with (
        open_run(which, repo=repo, store=store, name=name, state=state, create=True) as place,
        place.alone(),
    ):
        _check_bank(place, bank)
        status = _run(place, options, read, base=begins_at(repo, target))
    _tell(status, as_json=as_json)


def _check_bank(place: RunPlace, bank: str | None) -> None:
    """Refuse a bank of a name that nobody made: one that is mistyped is another promise."""
    from taskpar_ml.cli.banks import no_bank
    from taskpar_ml.domain.growth import MAIN

    banks = place.history.bank_journals.names()
    if bank not in (None, MAIN, *banks):
        raise no_bank(str(bank), banks)


def _run(
    place: RunPlace, options: RunOptions, read: Callable[[str], Workspace], *, base: str
) -> RunStatus:
    """Run the tasks to the end, and return how they stand."""
    from taskpar_ml.cli.output import say
    from taskpar_ml.cli.run_tasks import FollowedTasks
    from taskpar_ml.cli.run_view import RunView
    from taskpar_ml.execution.deciding import given_up
    from taskpar_ml.execution.local_run import executor_of
    from taskpar_ml.execution.reporting import status_of

    opened = place.book().read().opened
    begun = base if opened is None else opened.base
    tasks = FollowedTasks(partial(read, begun))  # says what is wrong before anything begins

    def waiting(state: RunState) -> int:
        begun = {attempt.task for attempt in state.attempts}
        return len({task.id for task in tasks().task_set.work} - begun - given_up(state))

    executor = executor_of(place, options, tasks, base=base)
    try:
        with RunView(place.name, waiting) as view:
            ended = executor.run(look=view.look)
    except KeyboardInterrupt:
        say(
            f"Agents of {place.name} go on. The same command takes it up again; `taskpar runs "
            "cancel` stops tasks."
        )
        raise
    return status_of(ended, run=place.name)


def _tell(status: RunStatus, *, as_json: bool) -> None:
    from taskpar_ml.cli.output import print_json, show
    from taskpar_ml.domain.outcome import Ending
    from taskpar_ml.reports.run_text import draw_run

    if as_json:
        print_json(status.model_dump(mode="json"))
    else:
        show(draw_run(status))
    last = {each.task: each.ending for each in status.attempts}
    if Ending.PARKED in last.values():
        raise typer.Exit(_PARKED)
    if Ending.FAILED in last.values():
        raise typer.Exit(_FAILED)
