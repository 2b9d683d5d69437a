"""Ways to grow, replayed: what each comes to in one repository."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate
from math import floor
from typing import Final, NamedTuple

import numpy as np

from taskpar_ml.backtest.growing import Growing, Growth
from taskpar_ml.backtest.replay import ScoredTrace
from taskpar_ml.backtest.weighed import Weighed
from taskpar_ml.backtest.windows import FLOOR, USUAL, Window, Windowed
from taskpar_ml.domain.watching import Watch
from taskpar_ml.planner.admission import Admission
from taskpar_ml.simulation.policies import AllParallel, DispatchPolicy, RiskBelow
from taskpar_ml.simulation.simulator import simulate

ALPHAS: Final = (0.02, 0.05, 0.1)
EARLY: Final = 100
"""Landings that are told of as the beginning."""
USUAL_PROMISE: Final = (2, 0.1)
THRESHOLD: Final = 0.2
THRESHOLDS: Final = (0.0, 0.02, 0.05, 0.1, 0.15, THRESHOLD)
"""Those that a window is tried with, to find the one that is hit as often as growth is."""


class Way(NamedTuple):
    """A way to grow.

    Attributes
    ----------
    name
        How tables call it.
    b0, alpha
        What it promises; None if it promises nothing.
    threshold
        Where the planner's threshold is fixed; None if it moves, or nobody plans.
    window, ceiling
        Width of its window at first and at most, if it has one and a limit.
    levels
        Whether pairs of closed levels stay apart.
    """

    name: str
    b0: float | None = None
    alpha: float | None = None
    threshold: float | None = None
    window: int | None = None
    ceiling: int | None = None
    levels: bool = False


class Ran(NamedTuple):
    """What one way came to in one repository.

    Attributes
    ----------
    widths
        How many attempts might run at each landing, at most the workers.
    hits
        Hits per task.
    share
        Speed-up over that of a perfect forecast, mean over batches.
    broken
        Moments at which the promise did not hold.
    """

    widths: tuple[int, ...]
    hits: float
    share: float
    broken: int

    @property
    def early(self) -> float:
        """Mean width over the first landings."""
        return float(np.mean(self.widths[:EARLY]))

    @property
    def late(self) -> float:
        """Mean width over the last half of the landings."""
        return float(np.mean(self.widths[len(self.widths) // 2 :]))

    def full(self, workers: int) -> int:
        """Return the landings until all workers might run; their number if that never was."""
        reached = (place for place, width in enumerate(self.widths) if width >= workers)
        return next(reached, len(self.widths))


def promises(workers: int) -> list[Way]:
    """Return growth with every promise, and the usual one without levels."""
    kept = [
        Way("growing", b0, alpha, levels=True) for b0 in sorted({1, 2, workers}) for alpha in ALPHAS
    ]
    return [*kept, Way("growing without levels", *USUAL_PROMISE)]


def rivals() -> list[Way]:
    """Return ways that promise nothing."""
    return [
        Way(f"threshold {THRESHOLD:g}, no bank", threshold=THRESHOLD),
        Way(f"window from {FLOOR}", window=FLOOR),
        Way(f"window from {USUAL}", window=USUAL),
        guarded(THRESHOLD),
        Way(AllParallel.name),
    ]


def ceilings(workers: int) -> list[Way]:
    """Return windows of every ceiling: the lower it is, the fewer are hit."""
    return [Way(f"window to {most}", window=USUAL, ceiling=most) for most in range(1, workers + 1)]


def guarded(threshold: float) -> Way:
    """Return a window within which the planner chooses."""
    return Way(f"threshold {threshold:g}, window from {FLOOR}", threshold=threshold, window=FLOOR)


def ran(way: Way, batches: Sequence[ScoredTrace], *, workers: int, watch: Watch) -> Ran:
    """Replay one repository in one way."""
    was_hit: list[bool] = []
    shares = []
    for batch, policy in zip(batches, _policies(way, batches, watch), strict=True):
        timeline = simulate(batch.trace, policy, workers=workers, watch=watch)
        truth = batch.trace.conflicts.astype(np.float64)
        told = simulate(batch.trace, RiskBelow("told", truth, threshold=0.5), workers=workers)
        shares.append(timeline.speed_up / told.speed_up)
        was_hit += [bool(run.hit_by) for run in timeline.runs]
    widths = tuple(min(width, workers) for width in _widths(way, was_hit, workers))
    return Ran(widths, sum(was_hit) / len(widths), float(np.mean(shares)), _broken(way, was_hit))


def _policies(way: Way, batches: Sequence[ScoredTrace], watch: Watch) -> Iterator[DispatchPolicy]:
    """Yield the policy of every batch; what is learned goes on from one to the next."""
    growth = Growth(Admission.cold(b0=way.b0 or 0.0, alpha=way.alpha or 0.0))
    window = _window(way)
    for batch in batches:
        forecast = batch.forecast if way.levels else replace(batch.forecast, levels=None)
        if way.alpha is not None:
            yield Growing(way.name, forecast, growth, watch=watch, found=batch.trace.conflicts)
            continue
        policy: DispatchPolicy = AllParallel()
        if way.threshold is not None:
            policy = Weighed(way.name, forecast, threshold=way.threshold, watch=watch)
        yield policy if window is None else Windowed(way.name, policy, window)


def _window(way: Way) -> Window | None:
    return None if way.window is None else Window(way.window, ceiling=way.ceiling)


def _widths(way: Way, was_hit: Sequence[bool], workers: int) -> Iterator[int]:
    """Yield how many might run after each landing."""
    window = _window(way)
    hits = landed = 0
    for each in was_hit:
        hits, landed = hits + each, landed + (not each)
        if window is not None:
            (window.hit if each else window.land)()
        if each:
            continue
        if way.alpha is not None:
            yield max(1, floor(_allowed(way, landed) - hits))
        else:
            yield workers if window is None else window.width


def _broken(way: Way, was_hit: Sequence[bool]) -> int:
    """Return at how many moments more had been hit than was promised."""
    if way.alpha is None:
        return 0
    hits = accumulate(was_hit)
    landed = accumulate(not each for each in was_hit)
    return sum(hit > _allowed(way, land) for hit, land in zip(hits, landed, strict=True))


def _allowed(way: Way, landed: int) -> Fraction:
    return Fraction(str(way.b0)) + Fraction(str(way.alpha)) * landed
