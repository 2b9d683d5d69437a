"""``taskpar inspect``: what is seen of a repository."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taskpar_ml.cli.options import AsJson, At, Repo, StateDir, WorkingTree
from taskpar_ml.domain.inspection import InspectedKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskpar_ml.domain.landing import Landing


def inspect(
    repo: Repo = Path(),
    at: At = "HEAD",
    working_tree: WorkingTree = False,
    only: Annotated[
        list[InspectedKind] | None,
        typer.Option("--only", help="Show this part; may be given several times."),
    ] = None,
    within: Annotated[
        str | None, typer.Option("--path", metavar="GLOB", help="Only what these files touch.")
    ] = None,
    most: Annotated[
        int, typer.Option("--most", min=0, help="Files listed as built upon, and as hot spots.")
    ] = 10,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, help="Processes that read.", show_default="all cores"),
    ] = None,
    state: StateDir = None,
    as_json: AsJson = False,
) -> None:
    """Show what is seen of a repository: endpoints, tables, resources, contexts, hot spots."""
    from taskpar_ml.classifying import contexts_of
    from taskpar_ml.cli.output import print_json, show, working
    from taskpar_ml.errors import SettingsError
    from taskpar_ml.history.landings import landings_until
    from taskpar_ml.inspecting import inspect as inspected
    from taskpar_ml.policy.automation import AutomationRules
    from taskpar_ml.policy.settings import load_settings
    from taskpar_ml.repo.git import open_repository
    from taskpar_ml.repo.snapshot import RepoSnapshot
    from taskpar_ml.repo.state_place import find_state
    from taskpar_ml.reports.inspection_text import draw_inspection
    from taskpar_ml.survey.repo_survey import RepoSurvey

    if working_tree and at != "HEAD":
        raise SettingsError("--at", f"{at} and --working-tree exclude each other.", "Drop one.")
    with working("Reading the repository"):
        settings = load_settings(repo)
        cache = find_state(open_repository(repo), chosen=state).cache
        if working_tree:
            snapshot = RepoSnapshot.of_working_tree(repo, cache=cache)
        else:
            snapshot = RepoSnapshot.at(repo, at, cache=cache)
        wanted = tuple(only or InspectedKind)
        past: Sequence[Landing] = ()
        if InspectedKind.HOT_SPOTS in wanted and snapshot.newest is not None:
            rules = AutomationRules(settings.automation)
            past = landings_until(repo, snapshot.newest, cache=cache, rules=rules).landings
        survey = RepoSurvey.of(snapshot, workers=workers or os.cpu_count() or 1)
        seen = inspected(
            snapshot,
            survey,
            contexts_of(snapshot, settings),
            past=past,
            only=wanted,
            within=within,
            most=most,
        )
    if as_json:
        print_json(seen.model_dump(mode="json"))
    else:
        show(draw_inspection(seen))
