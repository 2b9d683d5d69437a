"""How fast growth is: width, hits and speed of every mined dev repository, beside rivals.

    python pipelines/growth_study.py CLONES --store URL [--jobs N] [--cache FOLDER] [--plot FILE]

CLONES and the store are those of pipelines/mine_corpus.py. Tasks of the last 60 % of each past are
replayed in order, with one state of growth from the first to the last; durations are of luck. What
is printed are the tables of docs/guarantee.md: what growth comes to for each promise, how often a
promise was broken, the same of a fixed threshold without a bank and of the windows of merge queues,
and what those come to where they are hit as often. Width is how many attempts may run, capped by
the number of workers, at each landing; the plot is of eight workers that nobody watches.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from dev_pasts import arguments, dev_past, in_each, print_table
from growth_tables import AT_EQUAL_HITS, COLUMNS, Grown, at_equal_hits, by_class, curves_file, table
from growth_ways import THRESHOLDS, ceilings, guarded, promises, ran, rivals

from taskpar_ml.backtest.repository import ReplayOptions, scored_batches
from taskpar_ml.domain.watching import UNWATCHED, Watch, Watching
from taskpar_ml.errors import TaskparError
from taskpar_ml.history.wordings import Wording
from taskpar_ml.reports.plots import check_plot_ending

FROM: Final = 0.4
"""Share of the batches that are left out: a repository is young in them."""
WATCHES: Final = (UNWATCHED, Watch(Watching.CHECKPOINTS))
WORKERS: Final = (4, 8)


def grown(slug: str, chosen: argparse.Namespace) -> Grown:
    """Replay one repository in every way."""
    past, _, planner, cache = dev_past(slug, chosen, from_share=FROM)
    options = ReplayOptions(
        wording=Wording.FULL, watching=[each.mode for each in WATCHES], sized=False
    )
    scored = list(scored_batches(past, planner, options, cache=cache))
    rows = {
        (workers, watch.mode, way): ran(way, scored, workers=workers, watch=watch)
        for workers in WORKERS
        for watch in WATCHES
        for way in {
            *promises(workers),
            *rivals(),
            *ceilings(workers),
            *map(guarded, THRESHOLDS),
        }
    }
    print(f"{slug}: {len(scored)} batches", file=sys.stderr, flush=True)
    pairs = sum(each.trace.pairs for each in scored)
    conflicts = sum(int(each.trace.conflicts.sum()) // 2 for each in scored) / pairs
    return Grown(slug, conflicts, rows)


def main() -> int:
    """Replay, print and plot; 1 where a promise was broken."""
    parser = arguments(__doc__)
    parser.add_argument("--plot", type=Path, metavar="FILE", help="curves, .svg or .png")
    chosen = parser.parse_args()
    try:
        if chosen.plot is not None:
            check_plot_ending(chosen.plot)
        found = in_each(grown, chosen)
    except TaskparError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for workers in WORKERS:
        for watch in WATCHES:
            place = f"{workers} workers, {watch.mode.value}"
            columns = ("", "b0", "alpha", *COLUMNS, "broken promises")
            print_table(place, columns, table(found, workers, watch))
            classes = by_class(found, workers, watch)
            print_table(f"{place}, by repositories", ("", "", *COLUMNS), classes)
            equal = at_equal_hits(found, workers, watch)
            print_table(f"{place}, at equal hits", AT_EQUAL_HITS, equal)
    if chosen.plot is not None:
        plot = curves_file(found, WORKERS[-1], WATCHES[0], chosen.plot.suffix)
        chosen.plot.write_bytes(plot)
    return int(any(row.broken for each in found for row in each.rows.values()))


if __name__ == "__main__":
    sys.exit(main())
