"""Measures how often tasks change the symbols, endpoints, tables and resources that are foreseen.

    python pipelines/items_study.py CLONES --store URL [--every N] [--use dev] [--only OWNER/NAME]

CLONES and the store are those of pipelines/mine_corpus.py. The newest tasks of every repository are
foreseen by title and body from what was known before their batch, and held against the lines that
they changed. An item was changed if such a line, or a place for new ones, lies within it. Files
that another task of the batch changed before are left out: their lines lie elsewhere by then.
Prints the table of docs/footprints.md.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import pygit2
from ruamel.yaml import YAML

from taskpar_ml.backtest.mined import mined_findings
from taskpar_ml.domain.footprint import Footprints, Surface
from taskpar_ml.domain.landing import Landing
from taskpar_ml.errors import TaskparError
from taskpar_ml.fact_cache import DiskFactCache
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.predictor import FootprintPredictor
from taskpar_ml.footprints.spots import SPOT_SURFACES, Spots
from taskpar_ml.history.batches import TaskBatch
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.history.wordings import Wording, as_task
from taskpar_ml.repo.snapshot import RepoSnapshot

CORPUS: Final = Path(__file__).parents[1] / "data" / "corpus.yaml"
BINS: Final = (0.1, 0.2, 0.4, 0.7, 1.0)

Lines = tuple[int, int]
"""First and last line, counted from 1."""


@dataclass
class Judged:
    """What was foreseen of one surface, and what became of it.

    ``changed`` says of each item that was foreseen whether the task changed it; ``all_changed``
    counts the others, too.
    """

    predicted: list[float] = field(default_factory=list)
    changed: list[bool] = field(default_factory=list)
    all_changed: int = 0

    def add(self, likely: Mapping[int, float], truth: Collection[int]) -> None:
        """Add one task: P(touch) by item, and the items that it changed."""
        self.predicted += likely.values()
        self.changed += [item in truth for item in likely]
        self.all_changed += len(truth)


def changed_lines(repository: pygit2.Repository, task: Landing) -> Mapping[str, list[Lines]]:
    """Return the lines of each file that a task replaced, those around what it put in between."""
    tree, before = repository[task.id].peel(pygit2.Tree), repository[task.base].peel(pygit2.Tree)
    found: dict[str, list[Lines]] = {}
    for patch in before.diff_to_tree(tree, context_lines=0):
        hunks = patch.hunks if patch is not None else ()
        found[patch.delta.old_file.path] = [
            (each.old_start, each.old_start + max(each.old_lines - 1, int(not each.old_lines)))
            for each in hunks
        ]
    return found


def same_content(
    repository: pygit2.Repository, first: str, second: str, paths: Sequence[str]
) -> frozenset[str]:
    """Return the paths at which two commits hold the same."""
    one, other = (repository[each].peel(pygit2.Tree) for each in (first, second))
    return frozenset(
        path for path in paths if path in one and path in other and one[path].id == other[path].id
    )


def items_in(spots: Spots, file: int, lines: Sequence[Lines]) -> set[int]:
    """Return the items of which some spot in a file holds some of the lines."""
    begin, end = np.searchsorted(spots.file, [file, file + 1])
    first, last, item = (each[begin:end] for each in (spots.first, spots.last, spots.item))
    found: set[int] = set()
    for low, high in lines:
        found.update(item[(first <= high) & (last >= low)].tolist())
    return found


def judge(
    place: Path, batch: TaskBatch, cache: DiskFactCache, found: Mapping[Surface, Judged]
) -> None:
    """Add what became of one batch."""
    repository = pygit2.Repository(str(place))
    memory = RepoMemory(RepoSnapshot.at(place, batch.base, cache=cache), given=batch.before)
    said = [as_task(each, Wording.FULL, id=f"t{row:06}") for row, each in enumerate(batch.tasks)]
    footprints = FootprintPredictor().predict(said, memory)
    position = {path: file for file, path in enumerate(memory.snapshot.paths.paths)}
    for row, task in enumerate(batch.tasks):
        if task.base is None:
            continue
        changed = {
            path: lines
            for path, lines in changed_lines(repository, task).items()
            if path in position
        }
        still = same_content(repository, batch.base, task.base, list(changed))
        moved = [position[path] for path in changed if path not in still]
        for surface, spots in memory.code.spots.items():
            left_out = set(spots.item[np.isin(spots.file, moved)].tolist())
            truth: set[int] = set()
            for path in still:
                truth |= items_in(spots, position[path], changed[path])
            likely = foreseen(footprints, surface, row, spots)
            kept = likely.keys() - left_out
            found[surface].add({item: likely[item] for item in kept}, truth - left_out)


def foreseen(
    footprints: Footprints, surface: Surface, row: int, spots: Spots
) -> Mapping[int, float]:
    """Return P(touch) of the items that exist and that one task is likely to touch."""
    matrix = footprints.surfaces.get(surface)
    if matrix is None:
        return {}
    begin, end = matrix.touch.indptr[row : row + 2]
    column = {name: index for index, name in enumerate(spots.items)}
    touched = zip(
        matrix.touch.indices[begin:end].tolist(),
        matrix.touch.data[begin:end].tolist(),
        strict=True,
    )
    return {
        column[matrix.items[at]]: probability
        for at, probability in touched
        if matrix.items[at] in column and probability >= BINS[0]
    }


def table(found: Mapping[Surface, Judged]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield "| items | P(touch) | foreseen | mean P | changed | of all that were changed |"
    yield "|---|---|---|---|---|---|"
    for surface, judged in found.items():
        predicted, changed = np.array(judged.predicted), np.array(judged.changed, dtype=bool)
        for low, high in pairwise(BINS):
            inside = (predicted >= low) & ((predicted < high) | (high == BINS[-1]))
            if inside.any():
                means = f"{predicted[inside].mean():.2f} | {changed[inside].mean():.2f}"
                yield f"| {surface} | {low} to {high} | {inside.sum():,} | {means} |  |"
        if len(predicted) and judged.all_changed:
            means = f"{predicted.mean():.2f} | {changed.mean():.2f}"
            share = f"{changed.sum() / judged.all_changed:.0%} of {judged.all_changed:,}"
            yield f"| {surface} | all | {len(predicted):,} | {means} | {share} |"


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("clones", type=Path, metavar="CLONES")
    parser.add_argument("--store", required=True, metavar="URL")
    parser.add_argument("--corpus", type=Path, default=CORPUS, metavar="FILE")
    parser.add_argument("--use", default="dev", help="which repositories of the corpus")
    parser.add_argument("--only", action="append", metavar="OWNER/NAME")
    parser.add_argument("--tasks", type=int, default=2_000, help="newest tasks looked at")
    parser.add_argument("--every", type=int, default=1, help="take every n-th batch only")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="facts of files, kept")
    chosen = parser.parse_args()
    found: Mapping[Surface, Judged] = {surface: Judged() for surface in SPOT_SURFACES}
    try:
        with (
            tempfile.TemporaryDirectory() as made,
            HistoryStore.open(chosen.store, create=False) as store,
        ):
            cache = chosen.cache or Path(made)
            cache.mkdir(parents=True, exist_ok=True)
            for slug in YAML(typ="safe").load(chosen.corpus)[chosen.use]:
                if chosen.only and slug not in chosen.only:
                    continue
                print(f"looking at {slug}", file=sys.stderr, flush=True)
                batches, _ = mined_findings(store.history(slug), tasks=chosen.tasks)
                facts = DiskFactCache(cache / f"{slug.replace('/', '+')}.sqlite")
                for batch in batches[int(len(batches) * 0.7) :: chosen.every]:
                    judge(chosen.clones / slug, batch, facts, found)
    except TaskparError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print("\n".join(table(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
