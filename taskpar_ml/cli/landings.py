"""``taskpar landings``: the tasks of the past, as training and evaluation will see them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from taskpar_ml.cli.options import AsJson, Repo, StateDir


def landings(
    repo: Repo = Path(),
    at: Annotated[
        str, typer.Option("--at", metavar="REV", help="Commit to look back from.")
    ] = "HEAD",
    limit: Annotated[
        int, typer.Option("--limit", min=1, help="Most landings looked at, the newest.")
    ] = 5_000,
    state: StateDir = None,
    as_json: AsJson = False,
) -> None:
    """Show what landed up to a commit: tasks, automation, and the files that change most."""
    from taskpar_ml.cli.output import print_json, show, working
    from taskpar_ml.history.landings import landings_until
    from taskpar_ml.history.overview import overview_of
    from taskpar_ml.policy.automation import AutomationRules
    from taskpar_ml.policy.settings import load_settings
    from taskpar_ml.repo.git import open_repository
    from taskpar_ml.repo.snapshot import RepoSnapshot
    from taskpar_ml.repo.state_place import find_state
    from taskpar_ml.reports.landings_text import draw_landings

    with working("Reading history"):
        rules = AutomationRules(load_settings(repo).automation)
        cache = find_state(open_repository(repo), chosen=state).cache
        snapshot = RepoSnapshot.at(repo, at)
        log = landings_until(repo, at, limit=limit, cache=cache, rules=rules)
        overview = overview_of(log, snapshot.paths.paths)
    if as_json:
        print_json(overview.model_dump(mode="json"))
    else:
        show(draw_landings(overview))
