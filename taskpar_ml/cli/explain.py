"""``taskpar explain``: why two tasks may or may not run together."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from taskpar_ml.cli.options import (
    AsJson,
    At,
    Bank,
    Estimator,
    Model,
    Name,
    Observed,
    Repo,
    StateDir,
    Store,
    Tag,
    Threshold,
    WorkingTree,
    open_workspace,
)


def explain(
    first: Annotated[str, typer.Argument(metavar="A", help="Id of one task.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Id of the other.")],
    tasks: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[TASKS]...", help="Task files, as for plan.", show_default=False),
    ] = None,
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
    threshold: Threshold = None,
    bank: Bank = None,
    as_json: AsJson = False,
) -> None:
    """Explain one pair: the decision, its rule, the evidence on both sides."""
    from taskpar_ml.cli.banks import explained, open_book
    from taskpar_ml.cli.output import print_json, show, working
    from taskpar_ml.reports.explanation_text import draw_explanation

    with (
        working("Looking"),
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
            threshold=threshold,
        )
        explanation = explained(workspace, first, second, book)
    if as_json:
        print_json(explanation.model_dump())
    else:
        show(draw_explanation(explanation))
