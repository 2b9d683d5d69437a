"""Replays past tasks of every mined dev repository, and prints the tables of docs/backtest.md.

    python pipelines/backtest_study.py CLONES --store URL [--jobs N] [--plot FILE]

CLONES and the store are those of pipelines/mine_corpus.py. Thresholds are chosen on batches of the
middle of the past (from 40 to 70 % of them), for each limit on hits or lost work; everything else
is measured on the last 30 %, which nothing was chosen on and no model learned from. Shares are
means over the batches of a repository, and then over repositories.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import Final, NamedTuple

from ruamel.yaml import YAML

from taskpar_ml.backtest.figures import policy_results
from taskpar_ml.backtest.mined import mined_findings
from taskpar_ml.backtest.oracle import OraclePlan, oracle_plan
from taskpar_ml.backtest.replay import ORACLE, PERFECT, ScoredTrace, replay
from taskpar_ml.backtest.repository import (
    Past,
    Planner,
    ReplayOptions,
    compared_policies,
    grown_name,
    planner_names,
    scored_batches,
    traces_of,
)
from taskpar_ml.domain.backtest import PolicyResult
from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.domain.watching import Watch, Watching
from taskpar_ml.errors import TaskparError
from taskpar_ml.fact_cache import DiskFactCache
from taskpar_ml.history.past_rates import PastRates
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.history.wordings import wording_named
from taskpar_ml.policy.labels import LabelPolicy
from taskpar_ml.predicting import chosen_predictor
from taskpar_ml.reports.backtest_frontier import Frontier, Traded
from taskpar_ml.reports.backtest_plots import check_plot_ending, frontiers_file
from taskpar_ml.sizing import sized_tasks

THRESHOLDS: Final = (0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7, 1.0)
"""Probabilities of a hit at which the planner is replayed."""
WORKERS: Final = (4, 8)
CHOSEN_ON: Final = (0.4, 0.7)
"""Part of the past that thresholds are chosen on; what comes after it is tested."""
BASELINE_NAMES: Final = ("mentioned paths", "fixed-weights-1 < 0.3")
CORPUS: Final = Path(__file__).parents[1] / "data" / "corpus.yaml"
GROWN: Final = grown_name("planner")
MEASURES: Final = ("speed_up", "efficiency", "of_forecast", "redone", "hits", "lost")
WATCHES: Final = tuple(map(Watch, Watching))
COSTS: Final = ((0.02, 1.0), (0.05, 1.0), (0.0, 0.5), (0.05, 0.5))
"""Costs of a sync and shares of a parked task's work that are lost, besides none and all."""


class Limit(NamedTuple):
    """A limit that a threshold is chosen for, and the share of the oracle that is asked for."""

    watching: Watching
    workers: int
    measure: str
    most: float
    asked: float


LIMITS: Final = (
    Limit(Watching.NEVER, 4, "hits", 0.05, 0.93),
    Limit(Watching.NEVER, 8, "hits", 0.05, 0.70),
    Limit(Watching.TRIAL_MERGES, 4, "lost", 0.03, 0.96),
    Limit(Watching.CHECKPOINTS, 4, "lost", 0.013, 0.98),
    Limit(Watching.CHECKPOINTS, 8, "lost", 0.026, 0.93),
)


@dataclass(frozen=True)
class Replays:
    """Figures of one repository: by sizes, part of the past, costs of watching, and policy."""

    slug: str
    rows: Mapping[tuple[object, ...], Mapping[str, float]]


def replays(slug: str, chosen: argparse.Namespace) -> Replays:
    """Replay one repository under every assumption."""
    wording = wording_named(chosen.text)
    cache = NO_CACHE if chosen.cache is None else DiskFactCache(
        chosen.cache / f"{slug.replace('/', '+')}.sqlite"
    )  # fmt: skip
    predictor = chosen_predictor("learned", model=chosen.model).predictor
    with HistoryStore.open(chosen.store, create=False) as store:
        history = store.history(slug)
        batches, findings = mined_findings(history, tasks=chosen.tasks)
        rates = PastRates.read(history)
    parts = [int(share * len(batches)) for share in (*CHOSEN_ON, 1)]
    past = Past(chosen.clones / slug, batches[parts[0] :], findings, LabelPolicy(), rates)
    options = ReplayOptions(wording=wording, seed=chosen.seed, watching=tuple(Watching))
    planner = Planner(predictor, sized_tasks)
    scored = list(scored_batches(past, planner, options, cache=cache))
    tested = parts[1] - parts[0]
    rows: dict[tuple[object, ...], Mapping[str, float]] = {}
    for sized in (True, False):
        traces = traces_of(past, replace(options, sized=sized))
        again = [replace(each, trace=trace) for each, trace in zip(scored, traces, strict=True)]
        for workers in WORKERS:
            plans = [oracle_plan(each.trace, workers=workers) for each in again]
            part = partial(_rows, sized=sized, workers=workers)
            rows |= part("chosen", again[:tested], plans[:tested], watches=WATCHES)
            rows |= part("tested", again[tested:], plans[tested:], watches=WATCHES)
            for costs in COSTS:
                watches = [Watch(each, *costs) for each in Watching if each is not Watching.NEVER]
                rows |= part("tested", again[tested:], plans[tested:], watches=watches)
    print(f"{slug}: {len(again)} batches", file=sys.stderr, flush=True)
    return Replays(slug, rows)


def _rows(
    part: str,
    batches: Sequence[ScoredTrace],
    plans: Sequence[OraclePlan],
    *,
    sized: bool,
    workers: int,
    watches: Sequence[Watch],
) -> dict[tuple[object, ...], Mapping[str, float]]:
    """Return the figures of every policy over some batches."""
    costs = watches[-1].sync_cost, watches[-1].lost_share
    planners = planner_names("planner", THRESHOLDS)
    policies = compared_policies(planners, name=GROWN)
    ran = replay(batches, policies, workers=workers, watches=watches, plans=plans)
    return {
        (part, sized, costs, workers, each.watching, each.policy): _means(each)
        for each in policy_results(ran, planners)
    }


def _means(result: PolicyResult) -> dict[str, float]:
    return {name: getattr(result.measures, name).mean for name in MEASURES}


class Means:
    """Means over repositories."""

    def __init__(self, found: Sequence[Replays]) -> None:
        self.found = found

    def of(self, *key: object) -> dict[str, float]:
        """Return the mean figures under one key."""
        rows = [each.rows[key] for each in self.found]
        return {name: sum(row[name] for row in rows) / len(rows) for name in MEASURES}

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        """Yield all keys, in the order of the replay."""
        yield from self.found[0].rows


FREE: Final = (0.0, 1.0)
"""A sync costs nothing, and all work of a parked task is lost."""


MARGINS: Final = (1.0, 0.8)
"""Shares of a limit that thresholds are chosen within: later work is not like earlier work."""


def _threshold(means: Means, sized: bool, limit: Limit, margin: float) -> float:
    """Return the threshold that is fastest within a limit where thresholds are chosen."""
    within = {}
    for threshold, name in zip(THRESHOLDS, planner_names("planner", THRESHOLDS), strict=True):
        row = means.of("chosen", sized, FREE, limit.workers, limit.watching, name)
        if row[limit.measure] <= margin * limit.most:
            within[threshold] = row["speed_up"]
    return max(within, key=lambda each: within[each], default=THRESHOLDS[0])


def limit_rows(means: Means) -> Iterator[list[str]]:
    """Yield what thresholds that were chosen elsewhere come to."""
    for sized, margin in product((True, False), MARGINS):
        for limit in LIMITS:
            threshold = _threshold(means, sized, limit, margin)
            key = (
                "tested",
                sized,
                FREE,
                limit.workers,
                limit.watching,
                f"planner at {threshold:g}",
            )
            row = means.of(*key)
            worst = max(each.rows[key][limit.measure] for each in means.found)
            yield [
                "by size" if sized else "luck",
                limit.watching.value,
                str(limit.workers),
                f"{limit.measure} <= {limit.most:.1%}",
                f"{margin * limit.most:.1%}",
                f"{threshold:g}",
                f"{row['efficiency']:.2f}",
                f"{row['of_forecast']:.2f}",
                f"{limit.asked:.2f}",
                f"{row['hits']:.1%}",
                f"{row['lost']:.1%}",
                f"{worst:.1%}",
            ]


def policy_rows(means: Means, *, sized: bool) -> Iterator[list[str]]:
    """Yield what every policy comes to where nothing was chosen."""
    for key in means:
        part, by_size, costs, workers, watching, policy = key
        if (part, by_size, costs) == ("tested", sized, FREE):
            row = means.of(*key)
            shown = watching.value if isinstance(watching, Watching) else "any"
            yield [str(workers), shown, str(policy), *_cells(row)]


def frontiers(means: Means) -> list[Frontier]:
    """Return what policies trade where durations go by size and nothing was chosen."""
    panels = []
    for workers, watching in product(WORKERS, Watching):
        key = ("tested", True, FREE, workers, watching)
        planner = [
            _traded(means, key, name, threshold)
            for name, threshold in planner_names("planner", THRESHOLDS).items()
        ]
        others = [_traded(means, key, name) for name in ("all-parallel", *BASELINE_NAMES)]
        bound = ("tested", True, FREE, workers, None)
        bounds = [_traded(means, bound, name) for name in ("sequential", PERFECT, ORACLE)]
        panels.append(
            Frontier(workers, watching, tuple(planner), tuple(others), tuple(bounds), None)
        )
    return panels


def _traded(
    means: Means, key: tuple[object, ...], policy: str, threshold: float | None = None
) -> Traded:
    row = means.of(*key, policy)
    return Traded(policy, row["lost"], row["speed_up"], threshold)


def cost_rows(means: Means) -> Iterator[list[str]]:
    """Yield what watching comes to where it costs something."""
    for costs in (FREE, *COSTS):
        for workers in WORKERS:
            for policy in ("all-parallel", "planner at 0.2", "planner at 0.4"):
                key = ("tested", True, costs, workers, Watching.CHECKPOINTS, policy)
                shown = [f"{costs[0]:.0%}", f"{costs[1]:.0%}", str(workers), policy]
                yield [*shown, *_cells(means.of(*key))]


def _cells(row: Mapping[str, float]) -> list[str]:
    speeds = [f"{row[name]:.2f}" for name in ("speed_up", "efficiency", "of_forecast")]
    return [*speeds, *(f"{row[name]:.1%}" for name in ("redone", "hits", "lost"))]


def rival_rows(found: Sequence[Replays]) -> Iterator[list[str]]:
    """Yield, for each repository, how much faster the planner is where it loses as much."""
    for each in found:
        for sized in (True, False):
            for rival in ("all-parallel", "fixed-weights-1 < 0.3"):
                cells = [each.slug.rpartition("/")[2], "by size" if sized else "luck", rival]
                for workers in WORKERS:
                    for watching in Watching:
                        key = ("tested", sized, FREE, workers, watching)
                        cells.append(_beside(each.rows, key, rival))
                yield cells


def _beside(
    rows: Mapping[tuple[object, ...], Mapping[str, float]], key: tuple[object, ...], rival: str
) -> str:
    """Return the speed-up over a rival's of the fastest setting that loses no more."""
    other = rows[*key, rival]
    planners = [rows[*key, name] for name in planner_names("planner", THRESHOLDS)]
    safe = [row["speed_up"] for row in planners if row["lost"] <= other["lost"]]
    return f"{max(safe) / other['speed_up'] - 1:+.1%}" if safe else "none"


def _print(title: str, columns: Iterable[str], rows: Iterable[list[str]]) -> None:
    names = list(columns)
    print(f"\n{title}\n")
    print("| " + " | ".join(names) + " |")
    print("|" + "---|" * len(names))
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)


def main() -> int:
    """Replay and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("clones", type=Path, metavar="CLONES")
    parser.add_argument("--store", required=True, metavar="URL")
    parser.add_argument("--corpus", type=Path, default=CORPUS, metavar="FILE")
    parser.add_argument("--model", type=Path, metavar="FOLDER")
    parser.add_argument("--tasks", type=int, default=2000)
    parser.add_argument("--text", default="title+body")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--plot", type=Path, metavar="FILE", help="what is traded, .svg or .png")
    parser.add_argument("--cache", type=Path, metavar="FOLDER", help="facts of commits, kept")
    chosen = parser.parse_args()
    slugs = YAML(typ="safe").load(chosen.corpus)["dev"]
    try:
        if chosen.plot is not None:
            check_plot_ending(chosen.plot)
        if chosen.jobs == 1:
            found = [replays(slug, chosen) for slug in slugs]
        else:
            with ProcessPoolExecutor(chosen.jobs) as pool:
                found = list(pool.map(partial(replays, chosen=chosen), slugs))
    except TaskparError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    means = Means(found)
    columns = ["speed-up", "of the oracle's", "of a forecast's", "redone", "hits", "work lost"]
    limits = ("durations", "watched", "workers", "limit", "chosen within", "threshold")
    limits = (*limits, *columns[1:3], "asked")
    _print("## Limits", (*limits, "hits", "work lost", "worst repository"), limit_rows(means))
    for sized, name in ((True, "durations by size"), (False, "durations of luck alone")):
        rows = policy_rows(means, sized=sized)
        _print(f"## Policies, {name}", ("workers", "watched", "policy", *columns), rows)
    costs = ("a sync costs", "of parked work lost", "workers", "policy", *columns)
    _print("## Costs of checkpoints", costs, cost_rows(means))
    ways = [f"{workers} {each.value}" for workers in WORKERS for each in Watching]
    _print("## At equal loss", ("repository", "durations", "rival", *ways), rival_rows(found))
    if chosen.plot is not None:
        # Last, so that a place that cannot be written to costs no table.
        plot = frontiers_file(frontiers(means), chosen.plot.suffix, model="planner")
        chosen.plot.write_bytes(plot)
    return 0


if __name__ == "__main__":
    sys.exit(main())
