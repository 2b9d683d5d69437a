"""Which history in which store a command is about."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from taskpar_ml.history.store.repo_history import RepoHistory
    from taskpar_ml.state import State

STORE_FILE: Final = "history.sqlite"
"""Name of the store that a repository has of its own, in its directory of state."""

Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        envvar="TASKPAR_STORE",
        help="Where histories are kept: a SQLite file, or postgresql://USER@HOST/DATABASE.",
        show_default=f"{STORE_FILE} in the directory of state",
    ),
]
Name = Annotated[
    str | None,
    typer.Option(
        "--name",
        help="What the history is called in the store.",
        show_default="the repository's directory",
    ),
]


@contextmanager
def open_history(
    repo: Path, state: State, *, store: str | None, name: str | None, create: bool = False
) -> Iterator[RepoHistory]:
    """Open the history of a repository.

    Parameters
    ----------
    store
        Where it is kept; by default with the repository's state.
    name
        What it is called there; by default as the repository's directory is.
    create
        Whether it is made if there is none.

    Raises
    ------
    SettingsError
        If there is no state to keep a store in, and none was named.
    StoreError
        If the store or the history in it cannot be opened.
    """
    from taskpar_ml.errors import SettingsError
    from taskpar_ml.history.store.history_store import HistoryStore

    if store is None:
        if state.directory is None:
            reason = " ".join(str(notice) for notice in state.notices)
            raise SettingsError("--store", f"is needed here: {reason}", "Name a file of your own.")
        store = os.fspath(state.directory / STORE_FILE)
    with HistoryStore.open(store, create=create) as opened:
        yield opened.history(name or name_of(repo), create=create)


def name_of(repo: Path) -> str:
    """Return what a repository is called: its directory's name, without ``.git``."""
    from taskpar_ml.repo.git import common_directory, open_repository

    common = Path(common_directory(open_repository(repo)))
    named = common.parent if common.name == ".git" else common
    return named.name.removesuffix(".git") or "root"
