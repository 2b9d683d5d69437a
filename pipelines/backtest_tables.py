"""Figures of replayed repositories, and the tables that are made of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import sqrt
from statistics import NormalDist
from typing import Final, NamedTuple

import numpy as np

from taskpar_ml.backtest.replay import ORACLE, PERFECT
from taskpar_ml.backtest.repository import planner_names
from taskpar_ml.domain.backtest import Measures
from taskpar_ml.domain.watching import Watching
from taskpar_ml.reports.backtest_frontier import Frontier, Traded

THRESHOLDS: Final = (
    *(0.02, 0.05, 0.07, 0.085, 0.1, 0.115, 0.13, 0.15, 0.17, 0.2, 0.23, 0.26),
    *(0.3, 0.4, 0.5, 0.7, 1.0),
)
"""Probabilities of a hit at which the planner is replayed."""
PLOTTED: Final = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0)
"""Those of them that a plot has room for."""
WORKERS: Final = (4, 8)
BASELINE_NAMES: Final = ("mentioned paths", "fixed-weights-1 < 0.3")
MEASURES: Final = ("speed_up", "efficiency", "of_forecast", "redone", "hits", "lost")
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
FREE: Final = (0.0, 1.0)
"""A sync costs nothing, and all work of a parked task is lost."""
_INTERVAL: Final = 2 * NormalDist().inv_cdf(0.975)
"""Standard errors that a 95 % interval is wide."""
CHOSEN_BY: Final = ("mean", "bound")


def planner_thresholds() -> Iterator[tuple[float, str]]:
    """Yield every threshold of the planner with what it is called by."""
    yield from zip(THRESHOLDS, planner_names("planner", THRESHOLDS), strict=True)


@dataclass(frozen=True)
class Replays:
    """Figures of one repository: by sizes, part of the past, costs of watching, and policy."""

    slug: str
    rows: Mapping[tuple[object, ...], Measures]

    def means(self, *key: object) -> dict[str, float]:
        """Return the mean figures under one key."""
        return {name: getattr(self.rows[key], name).mean for name in MEASURES}


class Means:
    """Means over repositories."""

    def __init__(self, found: Sequence[Replays]) -> None:
        self.found = found

    def of(self, *key: object) -> dict[str, float]:
        """Return the mean figures under one key."""
        rows = [each.means(*key) for each in self.found]
        return {name: sum(row[name] for row in rows) / len(rows) for name in MEASURES}

    def bound(self, measure: str, *key: object) -> float:
        """Return what the mean of a measure is below with a probability of 95 %.

        The repositories are given; what was drawn are their batches.
        """
        each = [getattr(found.rows[key], measure) for found in self.found]
        errors = [((one.high or 0.0) - (one.low or 0.0)) / _INTERVAL for one in each]
        error = sqrt(sum(error**2 for error in errors)) / len(errors)
        return self.of(*key)[measure] + NormalDist().inv_cdf(0.95) * error

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        """Yield all keys, in the order of the replay."""
        yield from self.found[0].rows


def _threshold(means: Means, sized: bool, limit: Limit, by: str) -> float:
    """Return the threshold that is fastest within a limit where thresholds are chosen."""
    within = {}
    for threshold, name in planner_thresholds():
        key = ("chosen", sized, FREE, limit.workers, limit.watching, name)
        row = means.of(*key)
        told = row[limit.measure] if by == "mean" else means.bound(limit.measure, *key)
        if told <= limit.most:
            within[threshold] = row["speed_up"]
    return max(within, key=lambda each: within[each], default=THRESHOLDS[0])


def limit_rows(means: Means) -> Iterator[list[str]]:
    """Yield what thresholds that were chosen elsewhere come to."""
    for sized, by in product((True, False), CHOSEN_BY):
        for limit in LIMITS:
            threshold = _threshold(means, sized, limit, by)
            where = ("tested", sized, FREE, limit.workers, limit.watching)
            key = (*where, f"planner at {threshold:g}")
            row = means.of(*key)
            worst = max(each.means(*key)[limit.measure] for each in means.found)
            yield [
                "by size" if sized else "luck",
                limit.watching.value,
                str(limit.workers),
                f"{limit.measure} <= {limit.most:.1%}",
                by,
                f"{threshold:g}",
                f"{row['efficiency']:.2f}",
                f"{row['of_forecast']:.2f}",
                f"{limit.asked:.2f}",
                f"{row['hits']:.1%}",
                f"{row['lost']:.1%}",
                f"{worst:.1%}",
            ]


def hindsight_rows(means: Means) -> Iterator[list[str]]:
    """Yield what would be reached at the limits themselves, between the settings on either side.

    Where nothing was chosen: what is there to be had, not what anybody could have chosen.
    """
    for sized, limit in product((True, False), LIMITS):
        where = ("tested", sized, FREE, limit.workers, limit.watching)
        rows = [means.of(*where, name) for _, name in planner_thresholds()]
        # The fastest that loses no more than each: what is slower and loses more is no choice.
        rows.sort(key=lambda row: row[limit.measure])
        spent = [row[limit.measure] for row in rows]
        shares = [
            np.interp(limit.most, spent, np.maximum.accumulate([row[name] for row in rows]))
            for name in ("efficiency", "of_forecast")
        ]
        yield [
            "by size" if sized else "luck",
            limit.watching.value,
            str(limit.workers),
            f"{limit.measure} <= {limit.most:.1%}",
            *(f"{share:.2f}" for share in shares),
            f"{limit.asked:.2f}",
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
            for threshold, name in planner_thresholds()
            if threshold in PLOTTED
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
                        cells.append(_beside(each, key, rival))
                yield cells


def _beside(found: Replays, key: tuple[object, ...], rival: str) -> str:
    """Return the speed-up over a rival's of the fastest setting that loses no more."""
    other = found.means(*key, rival)
    planners = [found.means(*key, name) for _, name in planner_thresholds()]
    safe = [row["speed_up"] for row in planners if row["lost"] <= other["lost"]]
    return f"{max(safe) / other['speed_up'] - 1:+.1%}" if safe else "none"
