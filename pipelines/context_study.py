"""Which way of drawing contexts tells tasks apart that do not conflict.

    python pipelines/context_study.py CLONES --store URL [--tasks N] [--use dev] [--only OWNER/NAME]
    python pipelines/context_study.py --small         a sample, on a small history made for it

CLONES and the store are those of pipelines/mine_corpus.py. The newest tasks of every repository are
taken a hundred at a time, and contexts are drawn from what the repository held before the first of
them and of their windows. Two tasks are apart where the contexts of both are known and none is
common. Whether they conflict is what replaying them said, by text. This is asked of three sets of
files: all that the tasks changed, one of them (drawn with a fixed seed: as if only that had been
foreseen), and those that a plan would believe to be written. Changelogs and other trivial files are
left out.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np
import pygit2
from context_ways import ALL_WAYS, DEFAULT, drawn
from ruamel.yaml import YAML

from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.domain.contexts import ContextMap
from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.landing import Landing
from taskpar_ml.domain.protocols import FactCache
from taskpar_ml.errors import TaskparError
from taskpar_ml.fact_cache import DiskFactCache
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.predictor import FootprintPredictor
from taskpar_ml.footprints.written import likely_paths, written_paths
from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.replay.recipe import WINDOW, MiningRecipe
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.history.store.repo_history import RepoHistory
from taskpar_ml.history.wordings import Wording, as_task
from taskpar_ml.policy.labels import LabelPolicy
from taskpar_ml.repo.snapshot import RepoSnapshot
from taskpar_ml.survey.context_fit import context_fit
from taskpar_ml.survey.import_graph import import_graph

CORPUS: Final = Path(__file__).parents[1] / "data" / "corpus.yaml"
BLOCK: Final = 100
"""Tasks for which contexts are drawn together."""
_REMEMBERED: Final = 5_000


class Files(StrEnum):
    """The files by which two tasks are told apart."""

    ALL = "all files"
    ONE = "one file"
    PREDICTED = "predicted files"


@dataclass
class Counts:
    """Pairs of one repository, told apart in one way.

    ``pairs`` holds pairs and conflicts by files and by whether they were told apart, are in a
    common context, or cannot be told; ``contexts`` and ``fit`` are those of each block.
    """

    pairs: dict[tuple[Files, str], list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0])
    )
    contexts: list[int] = field(default_factory=list)
    fit: list[tuple[float, float]] = field(default_factory=list)

    def add(self, files: Files, first: set[str], second: set[str], *, conflict: bool) -> None:
        """Count one pair."""
        told = "unknown" if not first or not second else "common" if first & second else "apart"
        counted = self.pairs[files, told]
        counted[0] += 1
        counted[1] += conflict

    def total(self, files: Files) -> int:
        """Return how many pairs there are."""
        return sum(count for (kind, _), (count, _) in self.pairs.items() if kind == files)

    def share(self, files: Files, told: str) -> float:
        """Return the share of the pairs that were told so."""
        total = self.total(files)
        return self.pairs[files, told][0] / total if total else float("nan")

    def rate(self, files: Files, told: str | None = None) -> float:
        """Return how many of the pairs that were told so conflict; of all pairs if None."""
        chosen = [
            counted
            for (kind, name), counted in self.pairs.items()
            if kind == files and told in (None, name)
        ]
        total = sum(count for count, _ in chosen)
        return sum(conflicts for _, conflicts in chosen) / total if total else float("nan")


def study(clone: Path, history: RepoHistory, *, tasks: int, cache: FactCache) -> dict[str, Counts]:
    """Return what was counted of one repository, by the way of drawing."""
    landings = [placed.landing for placed in history.landings()]
    place = {each.id: at for at, each in enumerate(landings)}
    windows: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    policy = LabelPolicy()
    for pair in history.pairs():
        kinds = policy.kinds(pair)
        if ConflictKind.UNKNOWN not in kinds:
            windows[pair.later].append((pair.earlier, ConflictKind.TEXTUAL in kinds))
    newest = sorted(windows, key=place.__getitem__)[-tasks:]
    found = {name: Counts() for name in ALL_WAYS}
    for begin in range(0, len(newest), BLOCK):
        laters = newest[begin : begin + BLOCK]
        involved = sorted(
            {*laters, *(each for later in laters for each, _ in windows[later])},
            key=place.__getitem__,
        )
        first = landings[place[involved[0]]]
        if first.base is None:
            continue
        snapshot = RepoSnapshot.at(clone, first.base, cache=cache)
        imports = import_graph(snapshot)
        files = _files(
            [landings[place[each]] for each in involved],
            RepoMemory(
                snapshot,
                given=landings[max(place[first.id] - _REMEMBERED, 0) : place[first.id]],
            ),
            policy,
        )
        for name, counts in found.items():
            contexts = drawn(name, snapshot, imports)
            known = {contexts.of(path) for path in snapshot.paths.paths}
            counts.contexts.append(len(known - {None}))
            counts.fit.append(context_fit(contexts, imports))
            _count(counts, contexts, files, {later: windows[later] for later in laters})
    return found


def _files(
    tasks: Sequence[Landing], memory: RepoMemory, policy: LabelPolicy
) -> dict[Files, dict[str, list[str]]]:
    """Return the files of tasks by how they are known."""
    found: dict[Files, dict[str, list[str]]] = {files: {} for files in Files}
    for task in tasks:
        changed = sorted(
            {
                path
                for change in task.changes
                if not policy.is_trivial(path := change.old_path or change.path)
            }
        )
        found[Files.ALL][task.id] = changed
        one = random.Random(task.id).choice(changed) if changed else None
        found[Files.ONE][task.id] = [] if one is None else [one]
        found[Files.PREDICTED][task.id] = []
    predicted = FootprintPredictor().predict(
        [as_task(task, Wording.FULL, id=task.id) for task in tasks], memory
    )
    for believed in (written_paths, likely_paths):
        for task_id, written in believed(predicted, memory.snapshot).items():
            found[Files.PREDICTED][task_id] += [
                path for path in dict.fromkeys(written) if not policy.is_trivial(path)
            ]
    return found


def _count(
    counts: Counts,
    contexts: ContextMap,
    files: Mapping[Files, Mapping[str, Sequence[str]]],
    windows: Mapping[str, Sequence[tuple[str, bool]]],
) -> None:
    for kind, of_task in files.items():
        home = {
            task: {name for path in paths if (name := contexts.of(path)) is not None}
            for task, paths in of_task.items()
        }
        for later, window in windows.items():
            for earlier, conflict in window:
                counts.add(
                    kind, home.get(earlier, set()), home.get(later, set()), conflict=conflict
                )


def tables(found: Mapping[str, Mapping[str, Counts]]) -> Iterator[str]:
    """Yield the means over repositories by way, then each repository by the default way."""
    columns = ["contexts", "imports within", "modularity"]
    for files in Files:
        columns += [f"apart by {files}", "conflict", "in common: conflict"]
    yield f"| way | {' | '.join(columns)} |"
    yield "|---" * (len(columns) + 1) + "|"
    for way in ALL_WAYS:
        rows = np.array([_row(ways[way]) for ways in found.values()])
        known = ~np.isnan(rows)
        # Where no pair was told apart there is no rate to average.
        total = np.where(known, rows, 0.0).sum(axis=0)
        mean = np.divide(
            total, known.sum(axis=0), out=np.full(len(total), np.nan), where=known.any(axis=0)
        )
        yield _line(way, mean.tolist())
    yield f"\n| repository | pairs | conflict | {' | '.join(columns)} |"
    yield "|---" * (len(columns) + 3) + "|"
    for repository, ways in found.items():
        counts = ways[DEFAULT]
        pairs, rate = counts.total(Files.ALL), counts.rate(Files.ALL)
        yield _line(f"{repository} | {pairs:,} | {_percent(rate)}", _row(counts))


def _row(counts: Counts) -> list[float]:
    fit = np.array(counts.fit)
    values = [float(np.mean(counts.contexts)), *map(float, fit.mean(axis=0))]
    for files in Files:
        values += [
            counts.share(files, "apart"),
            counts.rate(files, "apart"),
            counts.rate(files, "common"),
        ]
    return values


def _line(name: str, values: Sequence[float]) -> str:
    contexts, coverage, modularity, *shares = values
    cells = [f"{contexts:.0f}", _percent(coverage), f"{modularity:.2f}", *map(_percent, shares)]
    return f"| {name} | {' | '.join(cells)} |".replace("nan", "-")


def _percent(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.2%}"


def small(place: Path) -> None:
    """Make a history in which tasks conflict within two parts of a shop, and seldom between."""
    repository = pygit2.init_repository(str(place), bare=True)
    chance = random.Random(0)
    texts = {
        f"shop/{part}/{name}.py": [f"# {line}" for line in range(8)]
        for part in ("cart", "money")
        for name in ("rows", "totals")
    }
    for part in ("cart", "money"):
        texts[f"shop/{part}/totals.py"].append(f"from shop.{part} import rows")
    parents: list[pygit2.Oid] = []
    for number in range(60):
        path = chance.choice(sorted(texts))
        if number:
            texts[path][chance.randrange(8)] = f"# changed by {number}"
        index = pygit2.Index()
        for path, lines in texts.items():
            blob = repository.create_blob("".join(f"{line}\n" for line in lines).encode())
            index.add(pygit2.IndexEntry(path, blob, pygit2.enums.FileMode.BLOB))
        who = pygit2.Signature("Ada", "ada@example.org", 1_700_000_000 + 700_000 * number, 0)
        tree = index.write_tree(repository)
        message = f"Change {path} (#{number + 1})"
        parents = [repository.create_commit("refs/heads/main", who, who, message, tree, parents)]
    repository.set_head("refs/heads/main")


def _small(folder: Path) -> dict[str, dict[str, Counts]]:
    small(folder / "small.git")
    with HistoryStore.open(str(folder / "history.sqlite")) as store:
        history = store.history("small", create=True)
        mine(folder / "small.git", history, recipe=MiningRecipe(memory_only=0))
        return {"small": study(folder / "small.git", history, tasks=60 - WINDOW, cache=NO_CACHE)}


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("clones", type=Path, nargs="?", metavar="CLONES")
    parser.add_argument("--store", metavar="URL")
    parser.add_argument("--corpus", type=Path, default=CORPUS, metavar="FILE")
    parser.add_argument("--use", default="dev", help="which repositories of the corpus")
    parser.add_argument("--only", action="append", metavar="OWNER/NAME")
    parser.add_argument("--tasks", type=int, default=1_000, help="newest tasks of each")
    parser.add_argument("--cache", type=Path, metavar="FILE", help="facts of commits, kept")
    parser.add_argument("--small", action="store_true")
    chosen = parser.parse_args()
    if chosen.small:
        with tempfile.TemporaryDirectory() as folder:
            print("\n".join(tables(_small(Path(folder)))))
        return 0
    if chosen.clones is None or chosen.store is None:
        parser.error("name clones and a store, or pass --small")
    cache = NO_CACHE if chosen.cache is None else DiskFactCache(chosen.cache)
    found: dict[str, dict[str, Counts]] = {}
    try:
        with HistoryStore.open(chosen.store, create=False) as store:
            for slug in YAML(typ="safe").load(chosen.corpus)[chosen.use]:
                if chosen.only and slug not in chosen.only:
                    continue
                print(f"looking at {slug}", file=sys.stderr, flush=True)
                found[slug.rpartition("/")[2]] = study(
                    chosen.clones / slug, store.history(slug), tasks=chosen.tasks, cache=cache
                )
    except TaskparError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print("\n".join(tables(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
