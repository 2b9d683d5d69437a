"""Replays past tasks of every mined dev repository, and prints the tables of docs/backtest.md.

    python pipelines/backtest_study.py CLONES --store URL [--jobs N] [--plot FILE]

CLONES and the store are those of pipelines/mine_corpus.py. Thresholds are chosen on batches of the
middle of the past (from 40 to 70 % of them), for each limit on hits or lost work: the fastest of
which the mean there, or an upper bound of the mean, is within the limit. Everything else is
measured on the last 30 %, which nothing was chosen on and no model learned from. Shares are means
over the batches of a repository, and then over repositories.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from backtest_tables import (
    COSTS,
    THRESHOLDS,
    WORKERS,
    Means,
    Replays,
    cost_rows,
    frontiers,
    hindsight_rows,
    limit_rows,
    policy_rows,
    rival_rows,
)
from dev_pasts import arguments, dev_past, in_each, print_table

from taskpar_ml.backtest.figures import policy_results
from taskpar_ml.backtest.oracle import OraclePlan, oracle_plan
from taskpar_ml.backtest.replay import ScoredTrace, growing, replay
from taskpar_ml.backtest.repository import (
    ReplayOptions,
    compared_policies,
    grown_name,
    planner_names,
    scored_batches,
    traces_of,
)
from taskpar_ml.domain.backtest import Measures
from taskpar_ml.domain.watching import Watch, Watching
from taskpar_ml.errors import TaskparError
from taskpar_ml.history.wordings import wording_named
from taskpar_ml.reports.backtest_plots import frontiers_file
from taskpar_ml.reports.plots import check_plot_ending

CHOSEN_ON: Final = (0.4, 0.7)
"""Part of the past that thresholds are chosen on; what comes after it is tested."""
WATCHES: Final = tuple(map(Watch, Watching))
GROWN: Final = grown_name("planner")


def replays(slug: str, chosen: argparse.Namespace) -> Replays:
    """Replay one repository under every assumption."""
    wording = wording_named(chosen.text)
    whole, left_out, planner, cache = dev_past(slug, chosen, from_share=CHOSEN_ON[0])
    options = ReplayOptions(wording=wording, seed=chosen.seed, watching=tuple(Watching))
    scored = list(scored_batches(whole, planner, options, cache=cache))
    tested = int(CHOSEN_ON[1] * (left_out + len(scored))) - left_out
    rows: dict[tuple[object, ...], Measures] = {}
    for sized in (True, False):
        traces = traces_of(whole, replace(options, sized=sized))
        again = [replace(each, trace=trace) for each, trace in zip(scored, traces, strict=True)]
        for workers in WORKERS:
            plans = [oracle_plan(each.trace, workers=workers) for each in again]
            part = partial(_rows, sized=sized, workers=workers)
            rows |= part("chosen", again[:tested], plans[:tested], watches=WATCHES)
            past = again[:tested]
            rows |= part("tested", again[tested:], plans[tested:], watches=WATCHES, past=past)
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
    past: Sequence[ScoredTrace] = (),
) -> dict[tuple[object, ...], Measures]:
    """Return the figures of every policy over some batches."""
    costs = watches[-1].sync_cost, watches[-1].lost_share
    planners = planner_names("planner", THRESHOLDS)
    policies = compared_policies(planners, name=GROWN)
    if past:
        policies.append(growing(f"{GROWN} from a past", past=past))
    ran = replay(batches, policies, workers=workers, watches=watches, plans=plans)
    return {
        (part, sized, costs, workers, each.watching, each.policy): each.measures
        for each in policy_results(ran, planners)
    }


def main() -> int:
    """Replay and print."""
    parser = arguments(__doc__)
    parser.add_argument("--text", default="title+body")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--plot", type=Path, metavar="FILE", help="what is traded, .svg or .png")
    chosen = parser.parse_args()
    try:
        if chosen.plot is not None:
            check_plot_ending(chosen.plot)
        found = in_each(replays, chosen)
    except TaskparError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    means = Means(found)
    columns = ["speed-up", "of the oracle's", "of a forecast's", "redone", "hits", "work lost"]
    limits = ("durations", "watched", "workers", "limit")
    shares = (*columns[1:3], "asked")
    chosen_at = (*limits, "chosen by", "threshold", *shares, "hits", "work lost")
    print_table("Limits", (*chosen_at, "worst repository"), limit_rows(means))
    print_table("At the limits themselves", (*limits, *shares), hindsight_rows(means))
    for sized, name in ((True, "durations by size"), (False, "durations of luck alone")):
        rows = policy_rows(means, sized=sized)
        print_table(f"Policies, {name}", ("workers", "watched", "policy", *columns), rows)
    costs = ("a sync costs", "of parked work lost", "workers", "policy", *columns)
    print_table("Costs of checkpoints", costs, cost_rows(means))
    ways = [f"{workers} {each.value}" for workers in WORKERS for each in Watching]
    print_table("At equal loss", ("repository", "durations", "rival", *ways), rival_rows(found))
    if chosen.plot is not None:
        # Last, so that a place that cannot be written to costs no table.
        plot = frontiers_file(frontiers(means), chosen.plot.suffix, model="planner")
        chosen.plot.write_bytes(plot)
    return 0


if __name__ == "__main__":
    sys.exit(main())
