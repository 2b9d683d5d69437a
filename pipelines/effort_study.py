"""How well sizes of tasks are told by their texts, in repositories that taught the model nothing.

    python pipelines/effort_study.py CLONES --store URL --model models/general

Judged are the newest 30 % of the tasks of each dev repository of the corpus, told in every
wording. `own` has also learned from the older 70 %, `own alone` from nothing else.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from effort_rows import options, rows_of
from ruamel.yaml import YAML

from taskpar_ml.errors import TaskparError
from taskpar_ml.estimators.effort_model import EffortModel, Numbers
from taskpar_ml.estimators.effort_terms import EffortText
from taskpar_ml.estimators.model_folder import load_effort
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.history.wordings import Wording
from taskpar_ml.training.effort import EffortFigures
from taskpar_ml.training.effort_rows import EffortRows

EARLIER: Final = 0.7
"""Share of the tasks that stand before those that are judged."""

Teller: TypeAlias = Callable[[Sequence[EffortText]], Numbers]


def main() -> int:
    """Print tables of what the command line names, and return the exit code."""
    parser = options(__doc__)
    parser.add_argument("--model", required=True, type=Path, metavar="FOLDER")
    chosen = parser.parse_args()
    try:
        for line in tables(chosen):
            print(line, flush=True)
    except TaskparError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def tables(chosen: argparse.Namespace) -> Iterator[str]:
    """Yield the lines of one table for each wording.

    Raises
    ------
    TaskparError
        If the model or a repository cannot be read.
    """
    model = load_effort(chosen.model)
    dev = YAML(typ="safe").load(chosen.corpus)["dev"]
    with HistoryStore.open(chosen.store, create=False) as store:
        found = {slug: rows_of(chosen, store, slug, dev[slug]) for slug in dev}
    rows = {slug: each for slug, each in found.items() if each is not None and each.count > 1}
    figures = {slug: judged(model, each) for slug, each in rows.items()}
    for wording in Wording:
        yield from _table(wording, {slug: each[wording] for slug, each in figures.items()}, rows)


def judged(model: EffortModel, rows: EffortRows) -> dict[Wording, dict[str, EffortFigures]]:
    """Return the figures of every way to tell sizes, by wording."""
    first = int(rows.count * EARLIER)
    real = rows.log_sizes(first=first)[first:]
    nothing = replace(model, weights=np.zeros_like(model.weights), intercept=0.0)
    ways: dict[str, Teller] = {
        "length": lambda texts: np.array([math.log1p(len("".join(each))) for each in texts]),
        "unseen": model.log_sizes,
        "own": model.adapted(rows.lesson(first=first)).log_sizes,
        "own alone": nothing.adapted(rows.lesson(first=first)).log_sizes,
    }
    return {
        wording: {
            way: EffortFigures.of(tell(rows.texts[wording][first:]), real)
            for way, tell in ways.items()
        }
        for wording in Wording
    }


def _table(
    wording: Wording,
    figures: dict[str, dict[str, EffortFigures]],
    rows: dict[str, EffortRows],
) -> Iterator[str]:
    ways = list(next(iter(figures.values()), {}))
    yield f"## {wording.value}"
    yield ""
    heads = [*(f"{way}: ranks" for way in ways), *(f"{way}: R2" for way in ways[1:])]
    yield f"| repository | judged | {' | '.join(heads)} |"
    yield f"|{'---|' * (len(heads) + 2)}"
    for slug, found in figures.items():
        count = rows[slug].count - int(rows[slug].count * EARLIER)
        yield f"| {slug} | {count:,} | {_cells(found)} |"
    means = {way: EffortFigures.mean(each[way] for each in figures.values()) for way in ways}
    yield f"| mean | | {_cells(means)} |"
    yield ""


def _cells(found: dict[str, EffortFigures]) -> str:
    """Return the cells of a row; what explains nothing by design has no R2."""
    ranks = [f"{each.ranks:.2f}" for each in found.values()]
    explained = [f"{each.explained:.2f}" for way, each in found.items() if way != "length"]
    return " | ".join([*ranks, *explained])


if __name__ == "__main__":
    sys.exit(main())
