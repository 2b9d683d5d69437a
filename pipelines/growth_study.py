"""How fast growth is: width, hits and speed of every mined dev repository, beside rivals.

    python pipelines/growth_study.py CLONES --store URL [--jobs N] [--cache FOLDER]

CLONES and the store are those of pipelines/mine_corpus.py. Tasks of the last 60 % of each past are
replayed in order, with one state of growth from the first to the last; durations are of luck. What
is printed are the tables of docs/guarantee.md: what growth comes to for each promise, how often a
promise was broken, and the same of a fixed threshold without a bank and of the windows of merge
queues. Width is how many attempts may run, capped by the number of workers, at each landing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate
from math import floor
from typing import Final, NamedTuple

import numpy as np
from dev_pasts import arguments, dev_past, in_each, print_table

from taskpar_ml.backtest.growing import Growing, Growth
from taskpar_ml.backtest.replay import ScoredTrace
from taskpar_ml.backtest.repository import ReplayOptions, scored_batches
from taskpar_ml.backtest.weighed import Weighed
from taskpar_ml.backtest.windows import FLOOR, USUAL, Window, Windowed
from taskpar_ml.domain.watching import UNWATCHED, Watch, Watching
from taskpar_ml.errors import TaskparError
from taskpar_ml.history.wordings import Wording
from taskpar_ml.planner.admission import Admission
from taskpar_ml.simulation.policies import AllParallel, DispatchPolicy, RiskBelow
from taskpar_ml.simulation.simulator import simulate

FROM: Final = 0.4
"""Share of the batches that are left out: a repository is young in them."""
WATCHES: Final = (UNWATCHED, Watch(Watching.CHECKPOINTS))
ALPHAS: Final = (0.02, 0.05, 0.1)
EARLY: Final = 100
"""Landings that are told of as the beginning."""
WORKERS: Final = (4, 8)
CLASSES: Final = ("benign", "average", "hard")
USUAL_PROMISE: Final = (2, 0.1)
THRESHOLD: Final = 0.2
WITHOUT_LEVELS: Final = "growing without levels"
NO_BANK: Final = f"threshold {THRESHOLD:g}, no bank"
GUARDED: Final = f"threshold {THRESHOLD:g}, window from {FLOOR}"


class Way(NamedTuple):
    """A way to grow: how tables call it, and its promise if it makes one."""

    name: str
    b0: float | None = None
    alpha: float | None = None


class Ran(NamedTuple):
    """What one way came to in one repository.

    Attributes
    ----------
    early, late
        Mean width over the first landings, and over the last half of them.
    full
        Landings until the width was that of all workers; the number of landings if never.
    hits
        Hits per task.
    share
        Speed-up over that of a perfect forecast, mean over batches.
    broken
        Moments at which the promise did not hold.
    """

    early: float
    late: float
    full: int
    hits: float
    share: float
    broken: int


@dataclass(frozen=True)
class Grown:
    """What every way came to in one repository, and how many of its pairs conflict."""

    slug: str
    conflicts: float
    rows: dict[tuple[int, Watching, Way], Ran]


def ways(workers: int) -> list[Way]:
    """Return the ways that are compared."""
    promises = [Way("growing", b0, alpha) for b0 in sorted({1, 2, workers}) for alpha in ALPHAS]
    bare = Way(WITHOUT_LEVELS, *USUAL_PROMISE)
    rivals = (NO_BANK, f"window from {FLOOR}", f"window from {USUAL}", GUARDED)
    return [*promises, bare, *map(Way, rivals), Way(AllParallel.name)]


def policies(way: Way, batches: Sequence[ScoredTrace], watch: Watch) -> Iterator[DispatchPolicy]:
    """Yield the policy of every batch; what is learned goes on from one to the next."""
    growth = Growth(Admission.cold(b0=way.b0 or 0.0, alpha=way.alpha or 0.0))
    window = _window(way)
    for batch in batches:
        forecast, found = batch.forecast, batch.trace.conflicts
        told = Weighed(way.name, forecast, threshold=THRESHOLD, watch=watch)
        if way.name == WITHOUT_LEVELS:
            forecast = replace(forecast, levels=None)
        if way.alpha is not None:
            yield Growing(way.name, forecast, growth, watch=watch, found=found)
        elif way.name == NO_BANK:
            yield told
        elif way.name == AllParallel.name:
            yield AllParallel()
        else:
            yield Windowed(way.name, told if way.name == GUARDED else AllParallel(), window)


def _window(way: Way) -> Window:
    return Window(USUAL if way.name == f"window from {USUAL}" else FLOOR)


def ran(way: Way, batches: Sequence[ScoredTrace], *, workers: int, watch: Watch) -> Ran:
    """Replay one repository in one way."""
    was_hit: list[bool] = []
    shares = []
    for batch, policy in zip(batches, policies(way, batches, watch), strict=True):
        timeline = simulate(batch.trace, policy, workers=workers, watch=watch)
        truth = batch.trace.conflicts.astype(np.float64)
        told = simulate(batch.trace, RiskBelow("told", truth, threshold=0.5), workers=workers)
        shares.append(timeline.speed_up / told.speed_up)
        was_hit += [bool(run.hit_by) for run in timeline.runs]
    widths = [min(width, workers) for width in _widths(way, was_hit, workers)]
    landings = len(widths)
    full = next((place for place, width in enumerate(widths) if width >= workers), landings)
    return Ran(
        early=float(np.mean(widths[:EARLY])),
        late=float(np.mean(widths[landings // 2 :])),
        full=full,
        hits=sum(was_hit) / landings,
        share=float(np.mean(shares)),
        broken=_broken(way, was_hit),
    )


def _widths(way: Way, was_hit: Sequence[bool], workers: int) -> Iterator[int]:
    """Yield how many might run after each landing."""
    window = _window(way)
    hits = landed = 0
    for each in was_hit:
        hits, landed = hits + each, landed + (not each)
        (window.hit if each else window.land)()
        if each:
            continue
        if way.alpha is not None:
            yield max(1, floor(_allowed(way, landed) - hits))
        elif "window" in way.name:
            yield window.width
        else:
            yield workers


def _broken(way: Way, was_hit: Sequence[bool]) -> int:
    """Return at how many moments more had been hit than was promised."""
    if way.alpha is None:
        return 0
    hits = accumulate(was_hit)
    landed = accumulate(not each for each in was_hit)
    return sum(hit > _allowed(way, land) for hit, land in zip(hits, landed, strict=True))


def _allowed(way: Way, landed: int) -> Fraction:
    return Fraction(str(way.b0)) + Fraction(str(way.alpha)) * landed


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
        for way in ways(workers)
    }
    print(f"{slug}: {len(scored)} batches", file=sys.stderr, flush=True)
    pairs = sum(each.trace.pairs for each in scored)
    conflicts = sum(int(each.trace.conflicts.sum()) // 2 for each in scored) / pairs
    return Grown(slug, conflicts, rows)


def table(found: Sequence[Grown], workers: int, watch: Watch) -> Iterator[list[str]]:
    """Yield what every way came to, as means over repositories."""
    for way in ways(workers):
        those = [each.rows[workers, watch.mode, way] for each in found]
        yield [
            way.name,
            "" if way.b0 is None else f"{way.b0:g}",
            "" if way.alpha is None else f"{way.alpha:g}",
            *_cells(those),
            "" if way.alpha is None else str(sum(each.broken for each in those)),
        ]


def by_class(found: Sequence[Grown], workers: int, watch: Watch) -> Iterator[list[str]]:
    """Yield the usual promise and its rivals for repositories of each kind."""
    ordered = sorted(found, key=lambda each: each.conflicts)
    third = max(len(ordered) // len(CLASSES), 1)
    for place, name in enumerate(CLASSES):
        those = ordered[place * third : (place + 1) * third]
        if not those:
            continue
        shown = ", ".join(f"{each.slug.rpartition('/')[2]} {each.conflicts:.1%}" for each in those)
        for way in ways(workers):
            if way.alpha is None or (way.b0, way.alpha) == USUAL_PROMISE:
                cells = [each.rows[workers, watch.mode, way] for each in those]
                yield [f"{name}: {shown}", way.name, *_cells(cells)]


def _cells(those: Sequence[Ran]) -> list[str]:
    def mean(of: Callable[[Ran], float]) -> float:
        return float(np.mean([of(each) for each in those]))

    return [
        f"{mean(lambda each: each.early):.2f}",
        f"{mean(lambda each: each.late):.2f}",
        f"{mean(lambda each: each.full):.0f}",
        f"{mean(lambda each: each.hits):.1%}",
        f"{mean(lambda each: each.share):.2f}",
    ]


def main() -> int:
    """Replay and print; 1 where a promise was broken."""
    chosen = arguments(__doc__).parse_args()
    try:
        found = in_each(grown, chosen)
    except TaskparError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    told = [f"width, first {EARLY}", "width, last half", "landings to full width"]
    told += ["hits", "of a forecast's"]
    for workers in WORKERS:
        for watch in WATCHES:
            place = f"{workers} workers, {watch.mode.value}"
            columns = ("", "b0", "alpha", *told, "broken promises")
            print_table(place, columns, table(found, workers, watch))
            print_table(
                f"{place}, by repositories", ("", "", *told), by_class(found, workers, watch)
            )
    return int(any(row.broken for each in found for row in each.rows.values()))


if __name__ == "__main__":
    sys.exit(main())
