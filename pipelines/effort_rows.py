"""Past tasks with the size of their changes, out of clones and a store."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from taskpar_ml.errors import UnknownHistoryError
from taskpar_ml.history.landings import landings_until
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.training.effort_rows import EffortRows

CORPUS: Final = Path(__file__).parents[1] / "data" / "corpus.yaml"
TASKS: Final = 2_000
"""Newest tasks of a repository that are looked at."""
_LANDINGS: Final = 6_000
"""Landings that are read of a clone that was not mined."""


def options(said: str | None) -> argparse.ArgumentParser:
    """Return the options that both commands have.

    Parameters
    ----------
    said
        What the command is for.
    """
    parser = argparse.ArgumentParser(description=(said or "").partition("\n")[0])
    parser.add_argument("clones", type=Path, metavar="CLONES")
    parser.add_argument("--store", required=True, metavar="URL")
    parser.add_argument("--corpus", type=Path, default=CORPUS, metavar="FILE")
    parser.add_argument("--tasks", type=int, default=TASKS, help="newest tasks looked at")
    return parser


def rows_of(
    chosen: argparse.Namespace, store: HistoryStore, slug: str, commit: str
) -> EffortRows | None:
    """Return the rows of one repository, None if there is no clone of it.

    Parameters
    ----------
    commit
        Up to which it is read if it was not mined.

    Raises
    ------
    TaskparError
        If it cannot be read.
    """
    clone = chosen.clones / slug
    if not clone.exists():
        return None
    print(f"looking at {slug}", file=sys.stderr, flush=True)
    try:
        with store.history(slug).at_one_moment() as reader:
            landings = [placed.landing for placed in reader.landings()]
    except UnknownHistoryError:
        landings = list(landings_until(clone, str(commit), limit=_LANDINGS).landings)
    return EffortRows.gathered(clone, landings, tasks=chosen.tasks)
