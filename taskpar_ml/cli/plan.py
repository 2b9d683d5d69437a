"""``taskpar plan``: what can run together, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from taskpar_ml.cli.options import (
    AsJson,
    At,
    Estimator,
    Files,
    Repo,
    Tag,
    Threshold,
    Workers,
    WorkingTree,
    open_workspace,
)


def plan(
    tasks: Files = None,
    repo: Repo = Path(),
    at: At = "HEAD",
    working_tree: WorkingTree = False,
    tag: Tag = None,
    estimator: Estimator = None,
    workers: Workers = None,
    threshold: Threshold = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write the groups into the task file.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the groups to a YAML or JSON file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Plan which tasks run together: waves, why, the riskiest pairs, what would help."""
    from taskpar_ml.cli.output import print_json, say, show, working
    from taskpar_ml.reports.plan_text import draw_plan
    from taskpar_ml.tasks import writable_file, write_groups

    with working("Planning"):
        workspace = open_workspace(
            tasks,
            repo=repo,
            at=at,
            working_tree=working_tree,
            tag=tag,
            estimator=estimator,
            workers=workers,
            threshold=threshold,
        )
        target = writable_file(workspace.task_set) if write else out
        made = workspace.plan()
        if target:
            write_groups(target, made.groups, tag=tag)
    if as_json:
        print_json(made.model_dump())
    else:
        show(draw_plan(made))
    if target:
        say(f"groups written to {target}")
