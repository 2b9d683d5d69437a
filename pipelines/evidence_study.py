"""What each kind of evidence is worth: pairs of past tasks are ranked with and without it.

    python pipelines/evidence_study.py CLONES --store URL [--train OWNER/NAME]... [--cache DIR]

CLONES and the store are those of pipelines/mine_corpus.py. A gradient-boosted model learns from
batches of the train repositories and ranks the pairs of the newest batches of every dev
repository, each predicted from what was known before the batch: with all evidence, with each kind
left out, and with each kind beside files and texts alone. Prints the tables of docs/evidence.md.
AUC and average precision are means over repositories, their differences with 95 % intervals of a
bootstrap over batches. The same risks then plan the batches, with a threshold that keeps apart a
tenth of the pairs of the train repositories.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import lightgbm as lgb
import numpy as np
from learned_rows import CORPUS, TEACHERS
from numpy.typing import NDArray
from ruamel.yaml import YAML
from sklearn.metrics import average_precision_score, roc_auc_score

from taskpar_ml.backtest.durations import imagined_minutes
from taskpar_ml.backtest.mined import mined_findings
from taskpar_ml.backtest.oracle import oracle_plan
from taskpar_ml.backtest.truth import truth_of
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.domain.protocols import FactCache
from taskpar_ml.errors import TaskparError
from taskpar_ml.estimators.fixed_weights import FixedWeights
from taskpar_ml.fact_cache import DiskFactCache
from taskpar_ml.features.vectorizer import EVIDENCE_EXTRACTORS, PairVectorizer
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.history.batches import TaskBatch
from taskpar_ml.history.changed_lines import changed_lines
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.history.view import HistoryView
from taskpar_ml.history.wordings import Wording, as_task
from taskpar_ml.predictor import ConflictPredictor
from taskpar_ml.repo.snapshot import RepoSnapshot
from taskpar_ml.simulation.policies import AllParallel, DispatchPolicy, RiskBelow
from taskpar_ml.simulation.simulator import simulate
from taskpar_ml.simulation.timeline import Timeline
from taskpar_ml.simulation.trace import Trace, Truth

WORDINGS: Final = (Wording.TITLE, Wording.FULL)

PLAIN: Final = ("file", "semantic")
EVIDENCE: Final[Mapping[str, tuple[str, ...]]] = {
    "regions": ("region", "region_cosine"),
    "symbols": ("symbol",),
    "imports": ("imports", "import_kin"),
    "tests": ("test",),
    "endpoints": ("api",),
    "tables": ("database",),
    "resources": ("resource",),
    "migrations": ("migration",),
    "contexts": ("context",),
    "layers": ("layer",),
}
"""Kinds of evidence, with their columns."""

_SEEDS: Final = 3
_TREES: Final = {
    "n_estimators": 250,
    "learning_rate": 0.03,
    "num_leaves": 15,
    "min_child_samples": 60,
    "subsample": 0.8,
    "subsample_freq": 1,
    "colsample_bytree": 0.7,
    "reg_lambda": 5.0,
    "verbose": -1,
    "deterministic": True,
    "n_jobs": 1,
}
RESAMPLES: Final = 500
_APART: Final = 0.1
"""Share of the pairs of the train repositories that is kept apart."""
_WORKERS: Final = (4, 8)


@dataclass(frozen=True)
class Judged:
    """The pairs of one batch.

    ``values`` are their features, shape ``(n_pairs, n_columns)``; ``a`` and ``b`` their tasks by
    place; ``truth`` whether they conflict, NaN where that is unknown; ``trace`` what is replayed.
    """

    values: NDArray[np.float64]
    a: NDArray[np.int32]
    b: NDArray[np.int32]
    truth: NDArray[np.float64]
    trace: Trace


Rows = Mapping[Wording, Sequence[Judged]]


def variants() -> dict[str, tuple[str, ...]]:
    """Return the columns that each compared model sees."""
    whole = tuple(name for names in EVIDENCE.values() for name in names)
    found = {"files and texts": PLAIN, "all evidence": (*PLAIN, *whole)}
    for kind, names in EVIDENCE.items():
        found[f"without {kind}"] = (*PLAIN, *(name for name in whole if name not in names))
        found[f"files, texts and {kind}"] = (*PLAIN, *names)
    return found


def columns() -> tuple[str, ...]:
    """Return the names of all features."""
    return tuple(column.name for column in PairVectorizer(EVIDENCE_EXTRACTORS).columns)


def gathered(
    place: Path, batches: Sequence[TaskBatch], truth: Truth, *, cache: FactCache
) -> dict[Wording, list[Judged]]:
    """Return the pairs of some batches of one repository, by wording."""
    predictor = ConflictPredictor(FixedWeights(), vectorizer=PairVectorizer(EVIDENCE_EXTRACTORS))
    view = HistoryView.at(place, batches[-1].tasks[-1].id)
    tasks = [task for batch in batches for task in batch.tasks]
    minutes = imagined_minutes({task.id: changed_lines(view, task) for task in tasks}, seed=0)
    found: dict[Wording, list[Judged]] = {wording: [] for wording in WORDINGS}
    for batch in batches:
        memory = RepoMemory(RepoSnapshot.at(place, batch.base, cache=cache), given=batch.before)
        trace = Trace.of([task.id for task in batch.tasks], minutes=minutes, truth=truth)
        for wording in WORDINGS:
            said = [as_task(each, wording, id=f"t{row:06}") for row, each in enumerate(batch.tasks)]
            context = predictor.context(said, memory)
            (scored,) = predictor.score(PairTable.of(task.id for task in said), context)
            a, b = scored.pairs.a, scored.pairs.b
            known = [
                truth.get(frozenset((batch.tasks[one].id, batch.tasks[other].id)))
                for one, other in zip(a.tolist(), b.tolist(), strict=True)
            ]
            labels = np.array([np.nan if each is None else float(each) for each in known])
            found[wording].append(Judged(scored.features.values, a, b, labels, trace))
    return found


def risks(
    teachers: Sequence[Sequence[Judged]], judged: Sequence[Judged], names: Sequence[str]
) -> tuple[list[NDArray[np.float64]], float]:
    """Return the risk of the pairs of every batch, and the threshold that teachers suggest.

    Every teacher counts the same, however many pairs it has.
    """
    chosen = [columns().index(name) for name in names]
    values, truth, weight = [], [], []
    for batches in teachers:
        own = np.concatenate([batch.values[:, chosen] for batch in batches])
        labels = np.concatenate([batch.truth for batch in batches])
        known = ~np.isnan(labels)
        values.append(own[known])
        truth.append(labels[known])
        weight.append(np.full(int(known.sum()), 1.0 / known.sum()))
    told, scale = np.concatenate(values), len(np.concatenate(truth)) / len(teachers)
    # Every column says how much is shared, so more of it is never less of a risk.
    rising = {"monotone_constraints": [1] * len(names), "monotone_constraints_method": "advanced"}
    models = [
        lgb.LGBMClassifier(**_TREES, **rising, random_state=seed).fit(
            told, np.concatenate(truth), sample_weight=np.concatenate(weight) * scale
        )
        for seed in range(_SEEDS)
    ]

    def predicted(rows: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.mean([model.predict_proba(rows)[:, 1] for model in models], axis=0))

    threshold = float(np.quantile(predicted(told), 1 - _APART))
    return [predicted(batch.values[:, chosen]) for batch in judged], threshold


@dataclass(frozen=True)
class Ranked:
    """What one model made of one dev repository, batch by batch."""

    truth: list[NDArray[np.float64]]
    risk: list[NDArray[np.float64]]

    def quality(self, drawn: NDArray[np.int64]) -> tuple[float, float]:
        """Return AUC and average precision over the pairs of some batches."""
        truth = np.concatenate([self.truth[batch] for batch in drawn.tolist()])
        risk = np.concatenate([self.risk[batch] for batch in drawn.tolist()])
        known = ~np.isnan(truth)
        truth, risk = truth[known], risk[known]
        if truth.min() == truth.max():
            return np.nan, np.nan
        return float(roc_auc_score(truth, risk)), float(average_precision_score(truth, risk))


def ranking_table(
    ranked: Mapping[str, Sequence[Ranked]], title: str, *, resamples: int = RESAMPLES
) -> Iterator[str]:
    """Yield the rows of one wording; intervals are of differences to the first and second row."""
    random = np.random.default_rng(0)
    count = [len(each.truth) for each in next(iter(ranked.values()))]
    draws = [
        [np.arange(size) for size in count],
        *([random.integers(0, size, size) for size in count] for _ in range(resamples)),
    ]
    found = {
        name: np.array(
            [
                np.nanmean(
                    [one.quality(drawn) for one, drawn in zip(rows, draw, strict=True)], axis=0
                )
                for draw in draws
            ]
        )
        for name, rows in ranked.items()
    }
    yield f"\n| {title} | AUC | AP | difference of AUC | difference of AP |\n|---|---|---|---|---|"
    for name, values in found.items():
        beside = "all evidence" if name.startswith("without") else "files and texts"
        cells = []
        for measure in range(2):
            apart = values[:, measure] - found[beside][:, measure]
            low, high = np.quantile(apart[1:], [0.025, 0.975])
            cells.append("" if name == beside else f"{apart[0]:+.3f} ({low:+.3f} to {high:+.3f})")
        yield f"| {name} | {values[0, 0]:.3f} | {values[0, 1]:.3f} | {' | '.join(cells)} |"


def replay_table(
    dev: Sequence[Sequence[Judged]],
    planned: Mapping[str, tuple[Sequence[Ranked], float]],
    title: str,
) -> Iterator[str]:
    """Yield speed-up, share of the oracle's, and tasks redone by model: means over repositories."""
    yield (
        f"\n| {title} | " + " | ".join(f"{workers} workers" for workers in _WORKERS) + " | apart |"
    )
    yield "|---" * (len(_WORKERS) + 2) + "|"
    best = {
        workers: [
            [
                simulate(batch.trace, plan.policy, workers=workers).speed_up
                for batch in batches
                for plan in [oracle_plan(batch.trace, workers=workers)]
            ]
            for batches in dev
        ]
        for workers in _WORKERS
    }
    for name in ("all-parallel", *planned):
        policies = [_policies(name, place, rows, planned) for place, rows in enumerate(dev)]
        cells = []
        for workers in _WORKERS:
            means = []
            for rows, own, top in zip(dev, policies, best[workers], strict=True):
                runs = [
                    simulate(batch.trace, policy, workers=workers)
                    for batch, policy in zip(rows, own, strict=True)
                ]
                means.append(_measures(runs, top))
            speed, share, redone = np.mean(means, axis=0)
            cells.append(f"{speed:.2f} / {share:.2f} / {redone:.1%}")
        apart = np.mean([np.mean([each.kept_apart for each in own]) for own in policies])
        yield f"| {name} | {' | '.join(cells)} | {apart:.1%} |"


def _policies(
    name: str,
    place: int,
    batches: Sequence[Judged],
    planned: Mapping[str, tuple[Sequence[Ranked], float]],
) -> list[DispatchPolicy]:
    if name not in planned:
        return [AllParallel() for _ in batches]
    ranked, threshold = planned[name]
    found: list[DispatchPolicy] = []
    for batch, risk in zip(batches, ranked[place].risk, strict=True):
        square = np.full((len(batch.trace), len(batch.trace)), np.nan)
        square[batch.a, batch.b] = square[batch.b, batch.a] = risk
        found.append(RiskBelow(name, square, threshold=threshold))
    return found


def _measures(runs: Sequence[Timeline], best: Sequence[float]) -> tuple[float, float, float]:
    speed = [run.speed_up for run in runs]
    shares = [each / top for each, top in zip(speed, best, strict=True)]
    redone = [run.redone / len(run.trace) for run in runs]
    return float(np.mean(speed)), float(np.mean(shares)), float(np.mean(redone))


def tables(
    teachers: Sequence[Rows], dev: Sequence[Rows], *, resamples: int = RESAMPLES
) -> Iterator[str]:
    """Yield the lines of all tables."""
    for wording in WORDINGS:
        lessons = [rows[wording] for rows in teachers]
        judged = [rows[wording] for rows in dev]
        ranked: dict[str, list[Ranked]] = {}
        thresholds: dict[str, float] = {}
        for name, names in variants().items():
            found, thresholds[name] = risks(
                lessons, [each for rows in judged for each in rows], names
            )
            of_batch = iter(found)
            ranked[name] = [
                Ranked([each.truth for each in rows], [next(of_batch) for _ in rows])
                for rows in judged
            ]
            print(f"{wording}: {name}", file=sys.stderr, flush=True)
        yield from ranking_table(ranked, wording.value, resamples=resamples)
        planned = {name: (ranked[name], thresholds[name]) for name in ranked}
        yield from replay_table(
            judged, planned, f"{wording.value}: speed-up / of the oracle's / redone"
        )


def read(
    clones: Path,
    store: HistoryStore,
    slug: str,
    *,
    tasks: int,
    last: float,
    every: int,
    cache: Path,
) -> Rows:
    """Return the newest batches of one repository."""
    print(f"looking at {slug}", file=sys.stderr, flush=True)
    batches, found = mined_findings(store.history(slug), tasks=tasks)
    truth = truth_of(found)
    chosen = batches[int(len(batches) * (1 - last)) :: every]
    facts = DiskFactCache(cache / f"{slug.replace('/', '+')}.sqlite")
    return gathered(clones / slug, chosen, truth, cache=facts)


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("clones", type=Path, metavar="CLONES")
    parser.add_argument("--store", required=True, metavar="URL")
    parser.add_argument("--corpus", type=Path, default=CORPUS, metavar="FILE")
    parser.add_argument("--train", action="append", metavar="OWNER/NAME")
    parser.add_argument("--tasks", type=int, default=2_000, help="newest tasks looked at")
    parser.add_argument("--every", type=int, default=1, help="take every n-th batch only")
    parser.add_argument("--resamples", type=int, default=RESAMPLES, help="draws of intervals")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="facts of files, kept")
    chosen = parser.parse_args()
    dev = list(YAML(typ="safe").load(chosen.corpus)["dev"])
    try:
        with (
            tempfile.TemporaryDirectory() as made,
            HistoryStore.open(chosen.store, create=False) as store,
        ):
            cache = chosen.cache or Path(made)
            cache.mkdir(parents=True, exist_ok=True)
            options = {"tasks": chosen.tasks, "cache": cache}
            teachers = [
                read(chosen.clones, store, slug, last=0.7, every=2 * chosen.every, **options)
                for slug in chosen.train or TEACHERS
            ]
            judged = [
                read(chosen.clones, store, slug, last=0.3, every=chosen.every, **options)
                for slug in dev
            ]
    except TaskparError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print("\n".join(tables(teachers, judged, resamples=chosen.resamples)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
