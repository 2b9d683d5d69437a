"""Which workers, threshold and promise a replay speaks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import Final

from taskpar_ml.backtest.replay import PolicyRuns, Replayed
from taskpar_ml.domain.backtest import Measures, PolicyResult, Recommendation

ALPHAS: Final = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
"""Shares of hits that may be promised."""
NEARLY: Final = 0.95
"""Share of the best speed-up that fewer workers have to reach to be enough."""


def recommended(
    replayed: Sequence[Replayed],
    results: Sequence[PolicyResult],
    thresholds: Mapping[str, float],
    *,
    tolerated: float,
) -> Iterator[Recommendation]:
    """Yield what the replay speaks for, for each way in which tasks were watched.

    Of the settings whose hits per task stay within what is tolerated the fastest sets the pace;
    of those that reach nearly as much the one with the fewest workers is recommended, among these
    the fastest. If none stays within, it is the one that is hit least.

    Parameters
    ----------
    replayed
        Every number of workers.
    results
        Figures of all of them.
    thresholds
        Threshold of each policy that may be recommended, by its name.
    tolerated
        Most hits per task, at least 0.
    """
    runs = {
        (each.workers, row.policy, None if row.watch is None else row.watch.mode): row
        for each in replayed
        for row in each.policies
    }
    candidates = [each for each in results if each.policy in thresholds]
    for watching in dict.fromkeys(each.watching for each in candidates):
        watched = [each for each in candidates if each.watching == watching]
        tolerable = [each for each in watched if _hits(each) <= tolerated]
        chosen = _cheapest(tolerable) if tolerable else min(watched, key=_hits)
        alpha = _alpha(chosen.measures)
        if watching is not None:
            yield Recommendation(
                watching=watching,
                tolerated=tolerated,
                is_tolerable=bool(tolerable),
                workers=chosen.workers,
                threshold=thresholds[chosen.policy],
                policy=chosen.policy,
                measures=chosen.measures,
                alpha=alpha,
                b0=least_b0(runs[chosen.workers, chosen.policy, watching], alpha=alpha),
            )


def _hits(result: PolicyResult) -> float:
    return result.measures.hits.mean


def _speed(result: PolicyResult) -> float:
    return result.measures.speed_up.mean


def _cheapest(results: Sequence[PolicyResult]) -> PolicyResult:
    """Return the fastest with the fewest workers that are nearly as fast as any."""
    pace = NEARLY * max(map(_speed, results))
    return min((each for each in results if _speed(each) >= pace), key=_fewest)


def _fewest(result: PolicyResult) -> tuple[int, float]:
    return result.workers, -_speed(result)


def _alpha(measures: Measures) -> float:
    """Return the lowest share that covers the interval of the hits per task."""
    seen = measures.hits.mean if measures.hits.high is None else measures.hits.high
    return next((each for each in ALPHAS if each >= seen), ALPHAS[-1])


def least_b0(runs: PolicyRuns, *, alpha: float) -> int:
    """Return the fewest hits to allow up front so that a promise holds, at least 1.

    The promise is that at every moment hits are at most ``b0`` and ``alpha`` for every task that
    has landed. Batches follow each other, as they did in the past.

    Parameters
    ----------
    runs
        What happened, batch after batch.
    alpha
        In [0, 1].
    """
    hits = landed = 0
    most = 0.0
    for timeline in runs.timelines:
        for run in timeline.runs:
            hits += bool(run.hit_by)
            landed += not run.hit_by
            most = max(most, hits - alpha * landed)
    return max(1, ceil(round(most, 9)))
