"""``taskpar status`` and ``taskpar runs``: how a run stands, and what may be asked of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taskpar_ml.cli.options import AsJson, Name, Repo, StateDir, Store
from taskpar_ml.cli.running import Run, open_run

if TYPE_CHECKING:
    from taskpar_ml.domain.runs import Ask
    from taskpar_ml.execution.run_state import RunState

app = typer.Typer(
    help="Pause a run, cancel its tasks, let them start again, or take all of it back.",
    no_args_is_help=True,
)
Tasks = Annotated[list[str], typer.Argument(metavar="TASK...", help="Ids of tasks.")]


def status(
    which: Run = None,
    repo: Repo = Path(),
    store: Store = None,
    name: Name = None,
    state: StateDir = None,
    as_json: AsJson = False,
) -> None:
    """Show how a run stands: who works, what landed, what was given up and where its work is."""
    from taskpar_ml.cli.output import print_json, show
    from taskpar_ml.execution.reporting import status_of
    from taskpar_ml.reports.run_text import draw_run

    with open_run(which, repo=repo, store=store, name=name, state=state) as place:
        found = status_of(place.book().read(), run=place.name)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        show(draw_run(found))


@app.command("pause")
def pause(
    which: Run = None,
    repo: Repo = Path(),
    store: Store = None,
    name: Name = None,
    state: StateDir = None,
) -> None:
    """Start nothing more; who works goes on, and lands."""
    from taskpar_ml.domain.runs import Ask

    _ask(Ask.PAUSE, [], which, repo, store, name, state)


@app.command("continue")
def go_on(
    which: Run = None,
    repo: Repo = Path(),
    store: Store = None,
    name: Name = None,
    state: StateDir = None,
) -> None:
    """Start again what was paused."""
    from taskpar_ml.domain.runs import Ask

    _ask(Ask.CONTINUE, [], which, repo, store, name, state)


@app.command("cancel")
def cancel(
    tasks: Tasks,
    which: Run = None,
    repo: Repo = Path(),
    store: Store = None,
    name: Name = None,
    state: StateDir = None,
) -> None:
    """Stop tasks, keep their work, and never start them again."""
    from taskpar_ml.domain.runs import Ask

    _ask(Ask.CANCEL, tasks, which, repo, store, name, state)


@app.command("retry")
def retry(
    tasks: Tasks,
    which: Run = None,
    repo: Repo = Path(),
    store: Store = None,
    name: Name = None,
    state: StateDir = None,
) -> None:
    """Let tasks start again that failed, were parked or cancelled."""
    from taskpar_ml.domain.runs import Ask

    _ask(Ask.RETRY, tasks, which, repo, store, name, state)


@app.command("log")
def log(
    task: Annotated[str, typer.Argument(metavar="TASK", help="Id of a task.")],
    lines: Annotated[
        int, typer.Option("--lines", min=1, help="Lines at the end of each round.")
    ] = 40,
    which: Run = None,
    repo: Repo = Path(),
    store: Store = None,
    name: Name = None,
    state: StateDir = None,
) -> None:
    """Print what a task's agent has printed, round by round, and where the whole of it is."""
    from taskpar_ml.cli.output import show
    from taskpar_ml.execution.logs import logs_of
    from taskpar_ml.reports.run_text import draw_log

    with open_run(which, repo=repo, store=store, name=name, state=state) as place:
        for each in logs_of(place, task):
            show(draw_log(each, lines=lines))


@app.command("rollback")
def rollback(
    which: Run = None,
    repo: Repo = Path(),
    store: Store = None,
    name: Name = None,
    state: StateDir = None,
    as_json: AsJson = False,
) -> None:
    """Take the target back to where the run began; what had landed is kept under refs/taskpar/."""
    from taskpar_ml.cli.output import print_json, show
    from taskpar_ml.execution.local_run import roll_back
    from taskpar_ml.reports.text import plain

    with (
        open_run(which, repo=repo, store=store, name=name, state=state) as place,
        place.alone(),
    ):
        tip = roll_back(place)
        plan = place.book().read().plan
    if as_json:
        print_json({"run": place.name, "target": plan.target, "base": plan.base, "was": tip})
    else:
        kept = f"refs/taskpar/{place.name}/rolled-back"
        show(plain(f"{plan.target} is at {plan.base[:10]} again; {tip[:10]} is kept as {kept}."))


def _ask(
    what: Ask,
    tasks: list[str],
    which: str | None,
    repo: Path,
    store: str | None,
    name: str | None,
    state: Path | None,
) -> None:
    from taskpar_ml.cli.output import say
    from taskpar_ml.domain.runs import Ask, Asked

    with open_run(which, repo=repo, store=store, name=name, state=state) as place:
        book = place.book()
        if what is Ask.RETRY:
            _check_known(book.read(), tasks, place.name)
        steps = [Asked(what=what, task=task) for task in tasks] or [Asked(what=what)]
        book.write(*steps)
    say(f"{place.name}: {what.value} {' '.join(tasks)}".rstrip() + ".")


def _check_known(state: RunState, tasks: list[str], run: str) -> None:
    """Refuse to let tasks start again that a run has neither begun nor cancelled."""
    from taskpar_ml.errors import UnknownTaskError

    known = {each.task for each in state.attempts} | state.cancelled
    for task in tasks:
        if task not in known:
            there = f"Known: {', '.join(sorted(known))}." if known else "It has begun none."
            raise UnknownTaskError(f"run {run}", f"it has not begun task {task}.", there)
