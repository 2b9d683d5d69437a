"""``taskpar footprint``: what every task will touch, and why."""

from __future__ import annotations

from enum import StrEnum
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


class Kind(StrEnum):
    """What ``--kind`` takes: every surface, spelt out because importing them all takes a while."""

    FILE = "file"
    SYMBOL = "symbol"
    ENDPOINT = "endpoint"
    TABLE = "table"
    RESOURCE = "resource"
    TEST = "test"
    CONTEXT = "context"


def footprint(
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
    task: Annotated[
        list[str] | None,
        typer.Option("--task", metavar="ID", help="Only this task; may be repeated."),
    ] = None,
    kinds: Annotated[
        list[Kind] | None,
        typer.Option(
            "--kind",
            help="Only items of this kind; may be repeated.",
            show_default="all that tasks can collide in: not test and context",
        ),
    ] = None,
    most: Annotated[
        int, typer.Option("--top", min=1, help="Items shown per task; files hold them all.")
    ] = 10,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Write all rows to a .parquet, .csv or .jsonl file."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Predict which files, symbols, endpoints, tables and resources tasks will touch, and why."""
    from taskpar_ml.cli.output import say, say_all, show, working
    from taskpar_ml.domain.footprint import COLLIDING, Surface
    from taskpar_ml.reports.footprint_batches import FOOTPRINT_SCHEMA, footprint_tables
    from taskpar_ml.reports.footprint_text import draw_footprints
    from taskpar_ml.reports.table_files import (
        check_table_file,
        print_tables,
        write_tables,
    )
    from taskpar_ml.reports.written_files import check_no_input

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
            check_no_input(out, [*workspace.input_files, observed])
        items = workspace.touched(
            task,
            surfaces=[Surface(each) for each in kinds] if kinds else COLLIDING,
            quoted=not (out or as_json),
        )
    if out or as_json:
        say_all(workspace.notices)
    if out:
        with working("Looking for files"):
            rows = write_tables(out, footprint_tables(items), FOOTPRINT_SCHEMA)
        say(f"{rows} rows written to {out}")
    elif as_json:
        print_tables(footprint_tables(items))
    else:
        titles = {each.id: each.title for each in workspace.task_set.work}
        asked = {name: titles[name] for name in task} if task else titles
        show(draw_footprints(items, asked, most=most, notices=[*map(str, workspace.gaps)]))
