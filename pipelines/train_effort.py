"""Trains the effort model that is shipped in models/effort.

    python pipelines/train_effort.py CLONES --store URL --out models/effort

CLONES and the store are those of pipelines/mine_corpus.py. It learns from every train repository of
the corpus of which a clone is there, mined or not. No dev repository is looked at.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from effort_rows import options, rows_of
from ruamel.yaml import YAML

from taskpar_ml.errors import TaskparError
from taskpar_ml.estimators.effort_file import save_effort
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.training.effort import trained_effort

NAME: Final = "effort-1"


def main() -> int:
    """Train what the command line names, and return the exit code."""
    parser = options(__doc__)
    parser.add_argument("--out", required=True, type=Path, metavar="FOLDER")
    chosen = parser.parse_args()
    try:
        train = YAML(typ="safe").load(chosen.corpus)["train"]
        with HistoryStore.open(chosen.store, create=False) as store:
            found = {slug: rows_of(chosen, store, slug, train[slug]) for slug in train}
        rows = {slug: each for slug, each in found.items() if each is not None}
        print("learning", file=sys.stderr, flush=True)
        save_effort(trained_effort(NAME, rows, commits=train), chosen.out)
    except (TaskparError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
