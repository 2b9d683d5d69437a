"""How long past tasks are imagined to take: nobody measured it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist, median
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.backtest.chance import chance
from taskpar_ml.planner.durations import ExpectedDuration

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


def expected_minutes(estimated: Sequence[ExpectedDuration]) -> NDArray[np.float64]:
    """Return how long a planner expects tasks to take, on the clock of a replay.

    What is expected of the usual one of them is taken for :data:`USUAL_MINUTES`, since estimates
    have units of their own, and the clock tells how long a running task has run.

    Parameters
    ----------
    estimated
        What is expected of each task of a batch, at least one.

    Returns
    -------
    array
        Means, above 0, shape ``(n,)``.
    """
    usual = median(each.expected for each in estimated)
    return USUAL_MINUTES * np.array([each.mean for each in estimated]) / usual


def _luck(task: str, seed: int) -> float:
    """Return a draw from the log-normal of median 1, the same on every machine."""
    return math.exp(SIGMA * NormalDist().inv_cdf(chance(seed, task)))
