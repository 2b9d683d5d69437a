"""``taskpar history``: what replaying the past has taught."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from taskpar_ml.cli.options import AsJson, Name, Repo, StateDir, Store


def history(
    repo: Repo = Path(),
    before: Annotated[
        str | None,
        typer.Option("--before", metavar="REV", help="Only what was known before a commit."),
    ] = None,
    most: Annotated[
        int, typer.Option("--most", min=0, max=1_000, help="Files and pairs that are listed.")
    ] = 10,
    store: Store = None,
    name: Name = None,
    state: StateDir = None,
    as_json: AsJson = False,
) -> None:
    """Show how often past tasks would have collided, in which files, and which pairs to read."""
    from taskpar_ml.cli.output import print_json, show, working
    from taskpar_ml.cli.stores import open_history
    from taskpar_ml.history.report import report_of
    from taskpar_ml.policy.labels import LabelPolicy
    from taskpar_ml.policy.settings import load_settings
    from taskpar_ml.repo.git import open_repository, resolve_commit
    from taskpar_ml.reports.history_text import draw_history

    policy = LabelPolicy(load_settings(repo).labels)
    with (
        working("Reading history"),
        open_history(repo, store=store, name=name, state=state) as opened,
    ):
        position = None
        if before is not None:
            commit = resolve_commit(open_repository(repo), before, place=str(repo))
            position = opened.position_of(str(commit.id))
        report = report_of(opened, policy, before=position, most=most)
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        show(draw_history(report))
