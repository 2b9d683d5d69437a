"""``taskpar plan``: what can run together, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taskpar_ml.cli.options import (
    AsJson,
    At,
    Bank,
    Budget,
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

if TYPE_CHECKING:
    from taskpar_ml.domain.taskset import TaskSet


def plan(
    tasks: Files = None,
    repo: Repo = Path(),
    at: At = "HEAD",
    working_tree: WorkingTree = False,
    tag: Tag = None,
    state: StateDir = None,
    observed: Observed = None,
    estimator: Estimator = None,
    model: Model = None,
    store: Store = None,
    name: Name = None,
    workers: Workers = None,
    threshold: Threshold = None,
    budget: Budget = None,
    watch: Watched = None,
    bank: Bank = None,
    previous: Annotated[
        Path | None,
        typer.Option(
            "--previous",
            metavar="FILE",
            help="Earlier plan, printed by --json, whose waves are kept where that costs little.",
        ),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write the groups into the task file.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the groups to a YAML or JSON file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Plan which tasks run together: waves, why, the riskiest pairs, what would help."""
    from taskpar_ml.cli.banks import open_book, planned
    from taskpar_ml.cli.output import print_json, say, show, working
    from taskpar_ml.reports.plan_text import draw_plan
    from taskpar_ml.tasks import read_waves, write_groups, write_groups_file

    with (
        working("Planning"),
        open_book(bank, repo=repo, store=store, name=name, state=state, is_advice=True) as book,
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
            budget=budget,
            watch=watch,
        )
        target = _only_file(workspace.task_set) if write else None
        earlier = read_waves(previous) if previous else None
        made = planned(workspace, book, earlier)
        if target:
            write_groups(target, made.groups, tag=tag)
        if out:
            write_groups_file(out, made.groups)
    if as_json:
        print_json(made.model_dump())
    else:
        show(draw_plan(made))
    for written in filter(None, (target, out)):
        say(f"groups written to {written}")


def _only_file(task_set: TaskSet) -> Path:
    """Return the file that groups are written into."""
    from taskpar_ml.errors import OutputError

    if len(task_set.files) != 1:
        raise OutputError(
            "--write", f"{len(task_set.files)} task files were read.", "Plan one, or use --out."
        )
    return Path(task_set.files[0][0])
