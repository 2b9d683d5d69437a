"""``taskpar shadow``: what taskpar would have done with what lands, and how right it was."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from taskpar_ml.cli.options import (
    AsJson,
    Estimator,
    Model,
    Name,
    Repo,
    StateDir,
    Store,
    Threshold,
    Watched,
    Workers,
    open_workspace,
)

if TYPE_CHECKING:
    from taskpar_ml.domain.shadow import ShadowReport
    from taskpar_ml.workspace import Workspace


def shadow(
    tasks: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[TASKS]...",
            help="Task files or folders: their open tasks are predicted before they land.",
            show_default=False,
        ),
    ] = None,
    repo: Repo = Path(),
    until: Annotated[
        str, typer.Option("--until", metavar="REV", help="Newest commit that is looked at.")
    ] = "HEAD",
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="REV",
            help="Commit after which the shadow begins.",
            show_default="where it began, or now",
        ),
    ] = None,
    every: Annotated[
        float | None,
        typer.Option(
            "--every",
            metavar="SECONDS",
            min=1,
            max=1_000_000,
            help="Repeat until interrupted, with this pause between two passes.",
            show_default="one pass",
        ),
    ] = None,
    text: Annotated[
        str,
        typer.Option(
            "--text",
            help="How much past tasks say: title, title+body, or title+body without names.",
        ),
    ] = "title+body",
    workers: Workers = None,
    threshold: Threshold = None,
    watch: Watched = None,
    estimator: Estimator = None,
    model: Model = None,
    store: Store = None,
    name: Name = None,
    state: StateDir = None,
    as_json: AsJson = False,
) -> None:
    """Follow a repository: predict what lands, keep that, and say how right it was.

    Nothing in the repository changes, and nothing is fetched. Predictions are written down before
    anybody looks at what happened, and never altered.
    """
    from taskpar_ml.cli.output import say
    from taskpar_ml.errors import RepositoryError, UnusableStoreError

    def run(since: str | None) -> None:
        report = _pass(
            tasks,
            repo=repo,
            until=until,
            since=since,
            text=text,
            model=model,
            store=store,
            name=name,
            state=state,
            workers=workers,
            threshold=threshold,
            watch=watch,
            estimator=estimator,
        )
        _tell(report, as_json=as_json, is_repeated=every is not None)

    if every is None:
        run(since)
        return
    import time

    try:
        run(since)
        while True:
            time.sleep(every)
            try:
                # Where it begins is known by now.
                run(None)
            except (RepositoryError, UnusableStoreError) as error:
                # What keeps it for days has to outlive a fetch, a restart or a lock of others.
                say(f"{error} Trying again in {every:g} seconds.")
    except KeyboardInterrupt:
        say("Stopped; what was recorded stays, and the next run goes on there.")


def _pass(
    tasks: list[Path] | None,
    *,
    repo: Path,
    until: str,
    since: str | None,
    text: str,
    model: Path | None,
    store: str | None,
    name: str | None,
    state: Path | None,
    **limits: Any,
) -> ShadowReport:
    """Make one pass."""
    import os
    from datetime import UTC, datetime

    from taskpar_ml.cli.output import say_all
    from taskpar_ml.cli.progress import showing_progress
    from taskpar_ml.cli.stores import open_history
    from taskpar_ml.domain.watching import Watch
    from taskpar_ml.history.wordings import wording_named
    from taskpar_ml.policy.automation import AutomationRules
    from taskpar_ml.policy.labels import LabelPolicy
    from taskpar_ml.policy.settings import load_settings
    from taskpar_ml.predicting import chosen_predictor
    from taskpar_ml.repo.git import open_repository, resolve_commit
    from taskpar_ml.repo.state_place import find_state
    from taskpar_ml.shadow.passes import Shadow
    from taskpar_ml.shadow.recording import Recorder
    from taskpar_ml.shadow.reporting import Terms

    wording = wording_named(text)
    settings = load_settings(repo).with_limits(**limits)
    chosen = chosen_predictor(settings.plan.estimator, model=model)
    git = open_repository(repo)
    newest = str(resolve_commit(git, until, place=str(repo)).id)
    began = None if since is None else str(resolve_commit(git, since, place=str(repo)).id)
    found = find_state(git, chosen=state)
    fixed = settings.plan.threshold
    threshold = chosen.predictor.estimator.threshold if fixed is None else fixed

    def workspace() -> Workspace:
        return open_workspace(
            tasks,
            repo=repo,
            at=newest,
            working_tree=False,
            tag=None,
            state=state,
            model=model,
            store=store,
            name=name,
            **limits,
        )

    say_all([*chosen.notices, *found.notices])
    with open_history(repo, store=store, name=name, state=state, create=True) as history:
        following = Shadow(
            Recorder(
                repo,
                history,
                chosen.predictor,
                threshold=threshold,
                wording=wording,
                now=lambda: datetime.now(UTC),
                cache=found.cache,
            ),
            Terms(
                LabelPolicy(settings.labels),
                workers=settings.plan.workers,
                watch=Watch(settings.plan.watch),
            ),
            AutomationRules(settings.automation),
            processes=os.cpu_count() or 1,
        )
        with showing_progress("Replaying") as report_progress:
            return following.run(
                until=newest,
                since=began,
                workspace=workspace if tasks else None,
                report_progress=report_progress,
            )


def _tell(report: ShadowReport, *, as_json: bool, is_repeated: bool) -> None:
    """Print what is known: a line for each of several passes where nobody watches a terminal."""
    import sys

    from taskpar_ml.cli.output import print_json, show
    from taskpar_ml.reports.shadow_text import draw_shadow, shadow_line
    from taskpar_ml.reports.text import printable

    if as_json:
        print_json(report.model_dump(mode="json"))
    elif is_repeated and not sys.stdout.isatty():
        print(printable(shadow_line(report)))
    else:
        show(draw_shadow(report))
    sys.stdout.flush()
