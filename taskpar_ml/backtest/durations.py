"""How long past tasks are imagined to take: nobody measured it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import NormalDist, median
from typing import Final

from taskpar_ml.backtest.chance import chance

SIGMA: Final = 0.6
"""Spread of what a change's size does not explain, as the deviation of its logarithm."""

USUAL_MINUTES: Final = 60
"""What a change of median size takes with median luck. Only ratios matter to a replay; whole
minutes are fine enough for them, and small numbers let the oracle prove more."""


def imagined_minutes(lines: Mapping[str, int], *, seed: int) -> dict[str, int]:
    """Return how long each task takes, in whole minutes, at least 1.

    Log-normal luck times the square root of the change's lines over their median. The luck of a
    task depends on the seed and its id alone, not on the others.

    Parameters
    ----------
    lines
        Lines that each task changed, by id; fewer than 1 count as 1. Their median is that of the
        repository.
    seed
        Another seed, other luck.

    Examples
    --------
    >>> imagined_minutes({"one": 40, "other": 40, "large": 4000}, seed=0)
    {'one': 57, 'other': 86, 'large': 277}
    """
    counted = {task: max(count, 1) for task, count in lines.items()}
    usual = median(counted.values()) if counted else 1
    return {
        task: max(round(USUAL_MINUTES * _luck(task, seed) * math.sqrt(count / usual)), 1)
        for task, count in counted.items()
    }


def _luck(task: str, seed: int) -> float:
    """Return a draw from the log-normal of median 1, the same on every machine."""
    return math.exp(SIGMA * NormalDist().inv_cdf(chance(seed, task)))
