"""What policies trade: work that is lost for speed."""

from __future__ import annotations

from typing import NamedTuple

from taskpar_ml.domain.backtest import Backtest, PolicyResult
from taskpar_ml.domain.watching import Watching


class Traded(NamedTuple):
    """One policy.

    Attributes
    ----------
    policy
        How tables call it.
    lost
        Minutes of work lost over minutes of all tasks together.
    speed_up
        How many times as fast as one task after the other.
    threshold
        Probability of a hit from which it starts no task; None where it is no planner.
    """

    policy: str
    lost: float
    speed_up: float
    threshold: float | None


class Frontier(NamedTuple):
    """All policies with one number of workers that are watched in one way.

    Attributes
    ----------
    planner
        The planner, by rising threshold.
    others
        What else may be hit.
    bounds
        What nothing can hit.
    recommended
        Name of the policy that is recommended, where it is one of these.
    """

    workers: int
    watching: Watching
    planner: tuple[Traded, ...]
    others: tuple[Traded, ...]
    bounds: tuple[Traded, ...]
    recommended: str | None


def frontier_of(found: Backtest, workers: int, watching: Watching) -> Frontier:
    """Return what the policies trade with so many workers that are watched in this way."""
    results = results_of(found, workers, watching)
    hit = [_traded(each) for each in results if each.watching is not None]
    planner = [(each.threshold, each) for each in hit if each.threshold is not None]
    recommended = (
        each.policy
        for each in found.recommended
        if (each.workers, each.watching) == (workers, watching)
    )
    return Frontier(
        workers,
        watching,
        tuple(each for _, each in sorted(planner)),
        tuple(each for each in hit if each.threshold is None),
        tuple(_traded(each) for each in results if each.watching is None),
        next(recommended, None),
    )


def results_of(found: Backtest, workers: int, watching: Watching) -> list[PolicyResult]:
    """Return the policies with so many workers that are watched in this way or that none hits."""
    return [
        each
        for each in found.results
        if each.workers == workers and each.watching in (watching, None)
    ]


def _traded(result: PolicyResult) -> Traded:
    of = result.measures
    return Traded(result.policy, of.lost.mean, of.speed_up.mean, result.threshold)
