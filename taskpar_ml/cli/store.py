"""``taskpar store``: what the store of histories holds, its exports, its tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from taskpar_ml.cli.options import AsJson, Repo, StateDir, Store

app = typer.Typer(
    help="Look into the store of histories, move histories in and out, upgrade it.",
    no_args_is_help=True,
)

History = Annotated[
    str | None,
    typer.Option("--name", help="Which history.", show_default="the only one"),
]


@app.command("list")
def list_histories(
    store: Store = None, repo: Repo = Path(), state: StateDir = None, as_json: AsJson = False
) -> None:
    """Show which histories there are, and how much of them was mined."""
    from taskpar_ml.cli.output import print_json, show
    from taskpar_ml.cli.stores import open_store
    from taskpar_ml.reports.store_text import draw_histories, history_rows

    with open_store(store, repo=repo, state=state) as opened:
        histories = opened.histories()
    if as_json:
        print_json(history_rows(histories))
    else:
        show(draw_histories(histories))


@app.command("export")
def export_history(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where the files go; made if need be.")
    ],
    history: History = None,
    store: Store = None,
    repo: Repo = Path(),
    state: StateDir = None,
    as_json: AsJson = False,
) -> None:
    """Write a history into Parquet files."""
    from taskpar_ml.cli.output import print_json, say, working
    from taskpar_ml.cli.stores import chosen_history, open_store
    from taskpar_ml.history.store.parquet import export_parquet

    with open_store(store, repo=repo, state=state) as opened, working("Exporting"):
        chosen = chosen_history(opened, history)
        export_parquet(chosen, directory)
    if as_json:
        print_json({"history": chosen.name, "directory": str(directory)})
    else:
        say(f"{directory}: {chosen.name} written")


@app.command("import")
def import_history(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where an export lies.")],
    history: Annotated[
        str | None,
        typer.Option("--name", help="What it is called here.", show_default="as it was"),
    ] = None,
    store: Store = None,
    repo: Repo = Path(),
    state: StateDir = None,
    as_json: AsJson = False,
) -> None:
    """Add what an export holds; what is there already stays as it is."""
    from taskpar_ml.cli.output import print_json, say, working
    from taskpar_ml.cli.stores import open_store
    from taskpar_ml.history.store.parquet import checked_export, import_parquet

    with working("Importing"):
        # Before a store or a history is made for it.
        export = checked_export(directory)
        name = export.history if history is None else history
        with open_store(store, repo=repo, state=state, create=True) as opened:
            import_parquet(opened.history(name, create=True), export)
    if as_json:
        print_json({"history": name, "directory": str(directory)})
    else:
        say(f"{directory}: added to {name}")


@app.command("upgrade")
def upgrade_store(
    store: Store = None, repo: Repo = Path(), state: StateDir = None, as_json: AsJson = False
) -> None:
    """Make the tables of a store, or bring them up to this version."""
    from taskpar_ml.cli.output import print_json, say
    from taskpar_ml.cli.stores import store_url
    from taskpar_ml.history.store.history_store import HistoryStore
    from taskpar_ml.history.store.location import StoreLocation

    url = store_url(store, repo=repo, state=state)
    changed = HistoryStore.upgrade(url)
    name = StoreLocation.parse(url).name
    if as_json:
        print_json({"store": name, "changed": changed})
    else:
        say(f"{name}: {'upgraded' if changed else 'is up to date'}")
