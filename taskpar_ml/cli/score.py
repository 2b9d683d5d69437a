"""``taskpar score``: the risk of every pair of tasks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from taskpar_ml.cli.options import (
    AsJson,
    At,
    Estimator,
    Files,
    Model,
    Name,
    Observed,
    Repo,
    StateDir,
    Store,
    Tag,
    WorkingTree,
    open_workspace,
)


def score(
    tasks: Files = None,
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
    pairs: Annotated[
        Path | None,
        typer.Option("--pairs", help="CSV, JSONL or Parquet file with task_a and task_b."),
    ] = None,
    min_p: Annotated[
        float | None,
        typer.Option(
            "--min-p",
            help="Leave out pairs of lower p_conflict (of lower score where none is calibrated); "
            "pairs that cannot be scored are kept.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Write all rows to a .parquet, .csv or .jsonl file."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Score every pair of open tasks, or those of a file."""
    from taskpar_ml.cli.output import say, say_all, show, working
    from taskpar_ml.reports.pair_batches import PAIR_SCHEMA
    from taskpar_ml.reports.pairs_text import draw_pairs
    from taskpar_ml.reports.table_files import (
        check_table_file,
        print_tables,
        write_tables,
    )
    from taskpar_ml.reports.written_files import check_no_input
    from taskpar_ml.scoring import scored_tables
    from taskpar_ml.tasks.pair_list import read_pairs

    if out:
        check_table_file(out)
    with working("Reading tasks and repository"):
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
        )
        if out:
            check_no_input(out, [*workspace.input_files, pairs, observed])
        say_all(workspace.notices)
        tables = scored_tables(workspace, read_pairs(pairs) if pairs else None, min_p=min_p)
    if out:
        with working("Scoring pairs"):
            rows = write_tables(out, tables, PAIR_SCHEMA)
        say(f"{rows} pairs written to {out}")
    elif as_json:
        print_tables(tables)
    else:
        show(draw_pairs(tables))
