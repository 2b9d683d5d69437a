"""``taskpar backtest``: what running past tasks side by side would have brought and cost."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from taskpar_ml.cli.options import AsJson, Estimator, Model, Name, Repo, StateDir, Store
from taskpar_ml.domain.watching import Watching


def backtest(
    repo: Repo = Path(),
    until: Annotated[
        str | None,
        typer.Option(
            "--until",
            metavar="REV",
            help="Newest commit that is replayed.",
            show_default="the newest that was mined",
        ),
    ] = None,
    tasks: Annotated[
        int,
        typer.Option("--tasks", min=1, max=100_000, help="Newest tasks that are replayed."),
    ] = 500,
    workers: Annotated[
        list[int] | None,
        typer.Option(
            "--workers",
            min=1,
            max=1_000,
            help="Most tasks at the same time; may be repeated.",
            show_default="4 and 8",
        ),
    ] = None,
    watching: Annotated[
        list[Watching] | None,
        typer.Option(
            "--watch",
            help="How running tasks are watched; may be repeated.",
            show_default="every way",
        ),
    ] = None,
    sync_cost: Annotated[
        float,
        typer.Option(
            "--sync-cost",
            min=0,
            max=1,
            help="What taking over what landed costs a running task, as a share of its minutes.",
        ),
    ] = 0.0,
    lost_share: Annotated[
        float,
        typer.Option(
            "--lost-share", min=0, max=1, help="Share of a parked task's work that is lost."
        ),
    ] = 1.0,
    tolerate: Annotated[
        float,
        typer.Option(
            "--tolerate", min=0, max=1, help="Hits per task that a recommendation may have."
        ),
    ] = 0.05,
    equal_sizes: Annotated[
        bool,
        typer.Option("--equal-sizes", help="Large changes take no longer than small ones."),
    ] = False,
    seed: Annotated[
        int, typer.Option("--seed", help="Other seeds give the tasks other durations.")
    ] = 0,
    text: Annotated[
        str,
        typer.Option(
            "--text",
            help="How much the tasks say: title, title+body, or title+body without names.",
        ),
    ] = "title+body",
    estimator: Estimator = None,
    model: Model = None,
    threshold: Annotated[
        list[float] | None,
        typer.Option(
            "--threshold",
            min=0,
            max=1,
            help="Probability of a hit from which a task is not started; may be repeated.",
            show_default="several",
        ),
    ] = None,
    store: Store = None,
    name: Name = None,
    state: StateDir = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page with plots.")
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", metavar="FILE", help="Write the plots alone: .svg or .png."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Replay past tasks under every policy: speed-up, tasks redone, work lost.

    The history must have been mined. Prints how each policy compares with an oracle that knows
    which tasks conflict and how long they take.
    """
    from taskpar_ml.backtest.mined import mined_findings
    from taskpar_ml.backtest.repository import (
        ALL_WATCHING,
        DEFAULT_WORKERS,
        THRESHOLDS,
        Past,
        Planner,
        ReplayOptions,
    )
    from taskpar_ml.backtest.repository import backtest as replay
    from taskpar_ml.cli.model_files import model_files
    from taskpar_ml.cli.output import print_json, say_all, show, working
    from taskpar_ml.cli.stores import open_history, store_url
    from taskpar_ml.estimators.shipped import shipped_model
    from taskpar_ml.history.past_rates import PastRates
    from taskpar_ml.history.store.location import StoreLocation
    from taskpar_ml.history.wordings import wording_named
    from taskpar_ml.policy.labels import LabelPolicy
    from taskpar_ml.policy.settings import load_settings
    from taskpar_ml.predicting import chosen_predictor
    from taskpar_ml.repo.git import open_repository, resolve_commit
    from taskpar_ml.repo.state_place import find_state
    from taskpar_ml.reports.backtest_html import backtest_page
    from taskpar_ml.reports.backtest_plots import frontier_file
    from taskpar_ml.reports.backtest_text import draw_backtest
    from taskpar_ml.reports.plots import check_plot_ending
    from taskpar_ml.reports.written_files import check_outputs, write_bytes, write_text
    from taskpar_ml.sizing import sized_tasks

    options = ReplayOptions(
        workers=tuple(workers or DEFAULT_WORKERS),
        seed=seed,
        sized=not equal_sizes,
        wording=wording_named(text),
        thresholds=tuple(threshold or THRESHOLDS),
        watching=tuple(watching or ALL_WATCHING),
        sync_cost=sync_cost,
        lost_share=lost_share,
        tolerated=tolerate,
    )
    if html is not None or plot is not None:
        location = StoreLocation.parse(store_url(store, repo=repo, state=state))
        read = [location.file, *model_files([model or shipped_model()])]
        check_outputs({"page": html, "plot": plot}, read)
    if plot is not None:
        check_plot_ending(plot)
    settings = load_settings(repo).with_limits(estimator=estimator)
    chosen = chosen_predictor(settings.plan.estimator, model=model)
    git = open_repository(repo)
    found = find_state(git, chosen=state)
    newest = None if until is None else str(resolve_commit(git, until, place=str(repo)).id)
    with working("Replaying past tasks"):
        with open_history(repo, store=store, name=name, state=state) as history:
            batches, findings = mined_findings(history, tasks=tasks, until=newest)
            rates = PastRates.read(history) if chosen.predictor.asks_for_rates else None
        past = Past(repo, batches, findings, LabelPolicy(settings.labels), rates)
        replayed = replay(past, Planner(chosen.predictor, sized_tasks), options, cache=found.cache)
    with working("Writing"):
        if html is not None:
            write_text(html, backtest_page(replayed))
        if plot is not None:
            write_bytes(plot, frontier_file(replayed, plot.suffix))
    say_all([*chosen.notices, *found.notices])
    if as_json:
        print_json(replayed.model_dump(mode="json"))
    else:
        show(draw_backtest(replayed))
