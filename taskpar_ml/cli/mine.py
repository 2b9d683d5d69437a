"""``taskpar mine``: replay the past, so that there are labels to learn from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from taskpar_ml.cli.options import AsJson, Name, Repo, StateDir, Store


def mine(
    repo: Repo = Path(),
    until: Annotated[
        str, typer.Option("--until", metavar="REV", help="Newest commit that is mined.")
    ] = "HEAD",
    window: Annotated[
        int,
        typer.Option("--window", min=1, max=200, help="Against how many earlier tasks each."),
    ] = 20,
    store: Store = None,
    name: Name = None,
    texts: Annotated[
        typer.FileBinaryRead | None,
        typer.Option(
            "--texts",
            metavar="FILE",
            help="Issues as JSON lines, to be joined to the landings that name them.",
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, max=256, help="Processes.", show_default="all cores"),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Forget what was mined, and mine it anew.")
    ] = False,
    state: StateDir = None,
    as_json: AsJson = False,
) -> None:
    """Replay the past: which tasks near each other would have collided, had they run at once.

    Nothing in the repository changes. A run that was interrupted goes on where it ended, and a
    later one reads only what is new.
    """
    import os

    from taskpar_ml.cli.output import print_json, say, show
    from taskpar_ml.cli.progress import showing_progress
    from taskpar_ml.cli.stores import open_history
    from taskpar_ml.history.issue_texts import join_texts
    from taskpar_ml.history.replay.miner import mine as replay
    from taskpar_ml.history.replay.recipe import MiningRecipe, digest_of
    from taskpar_ml.policy.automation import AutomationRules
    from taskpar_ml.policy.settings import load_settings
    from taskpar_ml.repo.git import open_repository, resolve_commit
    from taskpar_ml.repo.state_place import find_state
    from taskpar_ml.reports.mining_text import draw_mining
    from taskpar_ml.tasks.issue_texts import read_issue_texts

    rules = AutomationRules(load_settings(repo).automation)
    git = open_repository(repo)
    # Before a history is made for it, or forgotten.
    resolve_commit(git, until, place=str(repo))
    found = find_state(git, chosen=state)
    issues = None if texts is None else read_issue_texts(texts, place=texts.name)
    with open_history(repo, store=store, name=name, state=state, create=True) as history:
        if again:
            history.forget_mined()
        with showing_progress("Replaying") as report_progress:
            report = replay(
                repo,
                history,
                until=until,
                recipe=MiningRecipe(window=window, automation=digest_of(rules)),
                rules=rules,
                cache=found.cache,
                workers=workers or os.cpu_count() or 1,
                report_progress=report_progress,
            )
        if issues is not None:
            texts_joined = join_texts(repo, history, issues, until=until, cache=found.cache)
            report = report.model_copy(update={"texts": texts_joined})
    for notice in found.notices:
        say(str(notice))
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        show(draw_mining(report))
