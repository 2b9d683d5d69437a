"""``taskpar train``: have the general model learn from a repository's own past."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from taskpar_ml.cli.options import AsJson, Model, Name, Repo, StateDir, Store, as_directory


def train(
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar="FOLDER",
            parser=as_directory,
            help="Where the model is written.",
            show_default=False,
        ),
    ],
    repo: Repo = Path(),
    until: Annotated[
        str | None,
        typer.Option(
            "--until",
            metavar="REV",
            help="Newest commit that is learned from.",
            show_default="the last that was mined",
        ),
    ] = None,
    store: Store = None,
    name: Name = None,
    state: StateDir = None,
    model: Model = None,
    tasks: Annotated[
        int,
        typer.Option(
            "--tasks", min=1, max=100_000, help="Newest tasks that are learned from at most."
        ),
    ] = 2_000,
    as_json: AsJson = False,
) -> None:
    """Have a model learn from the past of a repository, which must have been mined.

    What replaying found and what was recorded of tasks that ran at the same time teaches it. Where
    there is nothing to learn, or it would have done harm so far, the model stays as it is, and
    says so.
    """
    from taskpar_ml.cli.model_files import check_model_folder
    from taskpar_ml.cli.output import print_json, say, show, working
    from taskpar_ml.cli.stores import open_history
    from taskpar_ml.estimators.model_folder import load_model, save_model
    from taskpar_ml.estimators.shipped import shipped_model
    from taskpar_ml.policy.labels import LabelPolicy
    from taskpar_ml.policy.settings import load_settings
    from taskpar_ml.repo.git import open_repository, resolve_commit
    from taskpar_ml.repo.state_place import find_state
    from taskpar_ml.reports.training_text import draw_training
    from taskpar_ml.training.own import own_past, trained

    git = open_repository(repo)
    newest = None if until is None else str(resolve_commit(git, until, place=str(repo)).id)
    start = model or shipped_model()
    check_model_folder(out, {start, shipped_model()})
    general = load_model(start)
    found = find_state(git, chosen=state)
    policy = LabelPolicy(load_settings(repo).labels)
    with (
        working("Reading the history") as progress,
        open_history(repo, store=store, name=name, state=state) as history,
    ):
        past = own_past(history, tasks=tasks, until=newest)
        size = len(past.batches)
        learned, report = trained(
            general,
            history,
            repo,
            past,
            policy=policy,
            cache=found.cache,
            progress=lambda batch: progress(f"Looking at batch {batch + 1} of {size}"),
        )
    save_model(learned, out)
    for notice in found.notices:
        say(str(notice))
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        show(draw_training(report))
        say(f"Written to {out}: --model {out} or TASKPAR_MODEL takes it.")
