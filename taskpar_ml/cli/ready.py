"""``taskpar ready``: which tasks may start now."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from taskpar_ml.cli.options import (
    AsJson,
    At,
    Bank,
    Estimator,
    Files,
    Model,
    Name,
    Observed,
    Repo,
    StateDir,
    Store,
    Tag,
    Threshold,
    Watched,
    Workers,
    WorkingTree,
    open_workspace,
)

_BLOCKED = 2


def ready(
    tasks: Files = None,
    repo: Repo = Path(),
    at: At = "HEAD",
    working_tree: WorkingTree = False,
    tag: Tag = None,
    state: StateDir = None,
    running: Annotated[
        list[str] | None,
        typer.Option(
            "--running",
            metavar="IDS",
            help="Tasks that run now, several with commas or by repeating the option, each with "
            "how long it has run if that is known: a,b=1.5; default: those that their file calls "
            "in progress.",
            show_default=False,
        ),
    ] = None,
    observed: Observed = None,
    estimator: Estimator = None,
    model: Model = None,
    store: Store = None,
    name: Name = None,
    workers: Workers = None,
    threshold: Threshold = None,
    watch: Watched = None,
    start: Annotated[
        bool,
        typer.Option(
            "--start",
            help="Start them: the bank reserves for each of them, and whoever asks next sees them "
            "run until `taskpar record` says what became of them.",
        ),
    ] = False,
    bank: Bank = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by", metavar="WHO", help="Who starts them; `taskpar budget --json` repeats it."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say which tasks may start now, beside those that run, and what keeps the others waiting.

    Exit status 2: tasks are waiting and none of them may start.
    """
    from taskpar_ml.cli.banks import answered, open_book
    from taskpar_ml.cli.output import print_json, show, working
    from taskpar_ml.reports.readiness_text import draw_readiness

    with (
        working("Looking"),
        open_book(bank, repo=repo, store=store, name=name, state=state, create=start) as book,
    ):
        workspace = open_workspace(
            tasks,
            repo=repo,
            at=at,
            working_tree=working_tree,
            tag=tag,
            state=state,
            observed=observed,
            estimator=estimator,
            model=model,
            store=store,
            name=name,
            workers=workers,
            threshold=threshold,
            watch=watch,
        )
        told = _running(running) if running else None
        readiness = answered(workspace, told, book, start=start, by=by)
    if as_json:
        print_json(readiness.model_dump())
    else:
        show(draw_readiness(readiness))
    if readiness.is_blocked:
        raise typer.Exit(_BLOCKED)


def _running(given: list[str]) -> dict[str, float]:
    """Read which tasks run, and for how long each has."""
    from taskpar_ml.errors import SettingsError

    running = {}
    for text in filter(None, (each.strip() for part in given for each in part.split(","))):
        name, _, elapsed = (each.strip() for each in text.partition("="))
        try:
            running[name] = float(elapsed or 0)
        except ValueError:
            running[name] = -1.0
        if not 0 <= running[name] < float("inf"):
            raise SettingsError(
                "--running",
                f"{text!r} says no time that a task may have run.",
                "Write ID or ID=TIME, in the unit of the estimates.",
            )
    return running
