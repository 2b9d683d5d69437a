"""``taskpar backtest``: what running past tasks side by side would have brought and cost."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from taskpar_ml.cli.options import AsJson, Estimator, Model, Name, Repo, StateDir, Store


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
            max=2,
            help="Risk from which tasks stay apart; may be repeated.",
            show_default="that of the estimator",
        ),
    ] = None,
    store: Store = None,
    name: Name = None,
    state: StateDir = None,
    as_json: AsJson = False,
) -> None:
    """Replay past tasks under every policy: speed-up, tasks redone, work lost.

    The history must have been mined. Prints how each policy compares with an oracle that knows
    which tasks conflict and how long they take.
    """
    from taskpar_ml.backtest.mined import mined_batches
    from taskpar_ml.backtest.repository import DEFAULT_WORKERS, ReplayOptions
    from taskpar_ml.backtest.repository import backtest as replay
    from taskpar_ml.cli.output import print_json, say_all, show, working
    from taskpar_ml.cli.stores import open_history
    from taskpar_ml.history.past_rates import PastRates
    from taskpar_ml.history.wordings import wording_named
    from taskpar_ml.policy.labels import LabelPolicy
    from taskpar_ml.policy.settings import load_settings
    from taskpar_ml.predicting import chosen_predictor
    from taskpar_ml.repo.git import open_repository, resolve_commit
    from taskpar_ml.repo.state_place import find_state
    from taskpar_ml.reports.backtest_text import draw_backtest

    options = ReplayOptions(
        workers=tuple(workers or DEFAULT_WORKERS),
        seed=seed,
        wording=wording_named(text),
        thresholds=tuple(threshold or ()),
    )
    settings = load_settings(repo).with_limits(estimator=estimator)
    policy = LabelPolicy(settings.labels)
    chosen = chosen_predictor(settings.plan.estimator, model=model)
    git = open_repository(repo)
    found = find_state(git, chosen=state)
    newest = None if until is None else str(resolve_commit(git, until, place=str(repo)).id)
    with working("Replaying past tasks"):
        with open_history(repo, store=store, name=name, state=state) as history:
            batches, truth = mined_batches(history, policy, tasks=tasks, until=newest)
            rates = PastRates.read(history) if chosen.predictor.asks_for_rates else None
        replayed = replay(
            repo,
            batches,
            truth=truth,
            options=options,
            predictor=chosen.predictor,
            rates=rates,
            cache=found.cache,
        )
    say_all([*chosen.notices, *found.notices])
    if as_json:
        print_json(replayed.model_dump(mode="json"))
    else:
        show(draw_backtest(replayed))
