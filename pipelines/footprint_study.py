"""How well footprints are predicted: replays the past tasks of repositories.

    python pipelines/footprint_study.py REPOSITORY[@REVISION]...

Every batch of twenty tasks is predicted from the repository and its history before the batch's
first task, for three wordings of the tasks; with all evidence, with each source left out, and
with each source alone. Prints the tables of docs/footprints.md. Files are those that existed
before the task, changelogs left out; metrics are means over tasks, then over repositories.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from taskpar_ml.domain.footprint import Access, Surface, TouchedItem
from taskpar_ml.domain.landing import Landing
from taskpar_ml.errors import TaskparError
from taskpar_ml.estimators.ranking import ndcg_at, recall_at
from taskpar_ml.fact_cache import DiskFactCache
from taskpar_ml.footprints.evidence import EvidenceFinder
from taskpar_ml.footprints.files_behind import BEHIND
from taskpar_ml.footprints.items import touched_items
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.neighbours import NEIGHBOUR_GAIN
from taskpar_ml.footprints.predictor import DEFAULT_FINDERS, ENOUGH, FootprintPredictor
from taskpar_ml.footprints.relevance import GAIN
from taskpar_ml.footprints.symbols import SymbolMentions
from taskpar_ml.history.batches import TaskBatch, task_batches
from taskpar_ml.history.landings import landings_until
from taskpar_ml.history.wordings import Wording, as_task
from taskpar_ml.policy.automation_files import CHANGELOGS, is_any
from taskpar_ml.repo.snapshot import RepoSnapshot

RETRIEVED: Final = (*GAIN, *NEIGHBOUR_GAIN)
METRICS: Final = ("recall@5", "recall@10", "recall@20", "NDCG@10", "candidates")
ALL: Final = "all evidence"
_AT_10: Final = METRICS.index("recall@10")
_RESAMPLES: Final = 2_000
_BINS: Final = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0)


def predictors() -> dict[str, FootprintPredictor]:
    """Return the predictors compared, by name. Retrieval counts however faint it is."""

    def made(finders: Sequence[EvidenceFinder], without: Sequence[str]) -> FootprintPredictor:
        return FootprintPredictor(finders, without=without, enough=0.0)

    found = {ALL: made(DEFAULT_FINDERS, ())}
    found["without mentions"] = made((), ())
    others = [each for each in DEFAULT_FINDERS if not isinstance(each, SymbolMentions)]
    found["without symbols"] = made(others, ())
    for name in BEHIND.values():
        found[f"without {name}"] = made(DEFAULT_FINDERS, (name,))
    found["without files behind names"] = made(DEFAULT_FINDERS, tuple(BEHIND.values()))
    for name in RETRIEVED:
        found[f"without {name}"] = made(DEFAULT_FINDERS, (name,))
    found["mentions alone"] = made(DEFAULT_FINDERS, RETRIEVED)
    for name in GAIN:
        found[f"{name} alone"] = made((), [each for each in RETRIEVED if each != name])
    return found


@dataclass
class Results:
    """What was measured of one repository.

    ``metrics`` holds one row of :data:`METRICS` per task, by predictor, wording and batch;
    ``calibration`` pairs of predicted probability and truth of all files of the footprints.
    """

    metrics: dict[tuple[str, Wording], list[list[list[float]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    calibration: dict[Wording, list[tuple[float, bool]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    new_files: dict[Wording, list[tuple[float, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    faint: dict[Wording, list[bool]] = field(default_factory=lambda: defaultdict(list))


def study(place: str, *, tasks: int, last: float, every: int, cache: DiskFactCache) -> Results:
    """Replay one repository."""
    path, _, revision = place.partition("@")
    log = landings_until(path, revision or "HEAD", limit=4 * tasks, cache=cache)
    batches = task_batches(log.landings, most_tasks=tasks)
    results = Results()
    for batch in batches[int(len(batches) * (1 - last)) :: every]:
        snapshot = RepoSnapshot.at(path, batch.base, cache=cache)
        memory = RepoMemory(snapshot, given=batch.before)
        for wording in Wording:
            _measure(results, batch, memory, wording)
    return results


def _measure(results: Results, batch: TaskBatch, memory: RepoMemory, wording: Wording) -> None:
    paths = memory.snapshot.paths
    tasks = [as_task(each, wording, id=f"t{row:02}") for row, each in enumerate(batch.tasks)]
    truths = [changed_files(each) for each in batch.tasks]
    for name, predictor in predictors().items():
        if name != ALL and wording == Wording.WITHOUT_NAMES:
            continue
        footprints = predictor.predict(tasks, memory)
        found: dict[str, list[TouchedItem]] = {task.id: [] for task in tasks}
        for item in touched_items(footprints, paths):
            if item.surface == Surface.FILE and item.access == Access.WRITE:
                found[item.task].append(item)
        rows = []
        for task, truth in zip(tasks, truths, strict=True):
            existing = {path for path in truth if path in paths}
            ranked = [
                item.item
                for item in found[task.id]
                if item.item in paths and not is_any(item.item, CHANGELOGS)
            ]
            if existing:
                rows.append(
                    [
                        *(recall_at(ranked, existing, k) for k in (5, 10, 20)),
                        ndcg_at(ranked, existing, 10),
                        recall_at(ranked, existing, len(ranked)),
                    ]
                )
            if name == ALL:
                _note(results, wording, found[task.id], existing, truth - existing, ranked)
        results.metrics[name, wording].append(rows)


def _note(
    results: Results,
    wording: Wording,
    items: Sequence[TouchedItem],
    existing: set[str],
    new: set[str],
    ranked: Sequence[str],
) -> None:
    """Note what is reported apart: probabilities, new files, and tasks of which little is known."""
    results.calibration[wording] += [(each.probability, each.item in existing) for each in items]
    best = max((each.probability for each in items), default=0.0)
    results.faint[wording].append(best < ENOUGH)
    if new:
        near = {path.rpartition("/")[0] for path in ranked[:10]}
        results.new_files[wording].append(
            (
                recall_at([each.item for each in items], new, len(items)),
                float(np.mean([path.rpartition("/")[0] in near for path in new])),
            )
        )


def changed_files(landing: Landing) -> set[str]:
    """Return the files that a task changed under the names they had before, changelogs out."""
    changed = {change.old_path or change.path for change in landing.changes}
    return {path for path in changed if not is_any(path, CHANGELOGS)}


def _mean(results: Sequence[Results], name: str, wording: Wording) -> np.ndarray:
    """Return the mean over repositories of the means over tasks."""
    means = [
        np.mean([row for rows in each.metrics[name, wording] for row in rows], axis=0)
        for each in results
    ]
    return np.asarray(np.mean(means, axis=0))


def _interval(results: Sequence[Results], name: str, wording: Wording) -> tuple[float, float]:
    """Return the 95 % interval of the mean recall@10: a bootstrap over batches."""
    random = np.random.default_rng(0)
    means = []
    for each in results:
        batches = [[row[_AT_10] for row in rows] for rows in each.metrics[name, wording] if rows]
        total = np.array([sum(rows) for rows in batches])
        count = np.array([len(rows) for rows in batches])
        drawn = random.integers(0, len(batches), size=(_RESAMPLES, len(batches)))
        means.append(total[drawn].sum(axis=1) / count[drawn].sum(axis=1))
    low, high = np.quantile(np.mean(means, axis=0), [0.025, 0.975])
    return float(low), float(high)


def _tables(names: Sequence[str], results: Sequence[Results]) -> Iterator[str]:
    """Yield the lines of all tables."""
    yield f"\n| text | {' | '.join(METRICS)} | 95 % of recall@10 |"
    yield "|---" * (len(METRICS) + 2) + "|"
    for wording in Wording:
        cells = [f"{value:.3f}" for value in _mean(results, ALL, wording)]
        low, high = _interval(results, ALL, wording)
        yield f"| {wording} | {' | '.join(cells)} | {low:.3f} to {high:.3f} |"

    yield f"\n| repository | tasks | {' | '.join(f'{w}: R@10 / NDCG' for w in Wording)} |"
    yield "|---" * (len(Wording) + 2) + "|"
    for name, each in zip(names, results, strict=True):
        count = sum(len(rows) for rows in each.metrics[ALL, Wording.TITLE])
        cells = [_mean([each], ALL, wording) for wording in Wording]
        yield f"| {name} | {count} | {' | '.join(f'{c[_AT_10]:.3f} / {c[3]:.3f}' for c in cells)} |"

    for wording in (Wording.TITLE, Wording.FULL):
        yield f"\n| {wording}: evidence | {' | '.join(METRICS)} | {' | '.join(names)} |"
        yield "|---" * (len(METRICS) + len(names) + 1) + "|"
        for name in predictors():
            overall = _mean(results, name, wording)
            single = [_mean([each], name, wording)[_AT_10] for each in results]
            cells = [f"{value:.3f}" for value in (*overall, *single)]
            yield f"| {name} | {' | '.join(cells)} |"

    yield "\n| text | tasks with new files | named exactly | in a directory of the ten likeliest |"
    yield "|---|---|---|---|"
    for wording in Wording:
        rows = [row for each in results for row in each.new_files[wording]]
        exact, near = np.mean(rows, axis=0) if rows else (np.nan, np.nan)
        yield f"| {wording} | {len(rows)} | {exact:.3f} | {near:.3f} |"

    yield "\n| P(touch) | files | predicted | observed |\n|---|---|---|---|"
    told = [pair for each in results for pair in each.calibration[Wording.FULL]]
    said = np.array([probability for probability, _ in told])
    true = np.array([touched for _, touched in told])
    for low, high in pairwise(_BINS):
        inside = (said > low) & (said <= high)
        if inside.any():
            yield (
                f"| {low:g} to {high:g} | {inside.sum():,} | {said[inside].mean():.3f} "
                f"| {true[inside].mean():.3f} |"
            )
    faint = [np.mean([value for each in results for value in each.faint[w]]) for w in Wording]
    shares = ", ".join(f"{share:.1%} ({w})" for share, w in zip(faint, Wording, strict=True))
    yield f"\nTasks of which retrieval knows too little: {shares}."


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("repositories", nargs="+", help="path, or path@revision to end with")
    parser.add_argument("--tasks", type=int, default=2_000, help="newest tasks looked at")
    parser.add_argument("--last", type=float, default=0.3, help="share of the batches predicted")
    parser.add_argument("--every", type=int, default=1, help="predict every n-th of them only")
    parser.add_argument("--cache", type=Path, default=Path(".taskpar/study.sqlite"))
    chosen = parser.parse_args()
    chosen.cache.parent.mkdir(parents=True, exist_ok=True)
    cache = DiskFactCache(chosen.cache)
    results = []
    for place in chosen.repositories:
        print(f"replaying {place}", file=sys.stderr, flush=True)
        try:
            found = study(
                place, tasks=chosen.tasks, last=chosen.last, every=chosen.every, cache=cache
            )
        except TaskparError as error:
            raise SystemExit(f"error: {error}") from None
        results.append(found)
    names = [_name(place) for place in chosen.repositories]
    print("\n".join(_tables(names, results)))


def _name(place: str) -> str:
    """Return how a table calls a repository: the last telling part of its path."""
    parts = [part for part in Path(place.partition("@")[0]).parts if part not in ("repo", ".git")]
    return parts[-1].rpartition("+")[2]


if __name__ == "__main__":
    main()
