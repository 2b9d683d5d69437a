"""Intervals of means over batches."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.backtest import Measured

RESAMPLES: Final = 2_000
"""How often batches are drawn."""

_SEED: Final = 0
_TAILS: Final = (0.025, 0.975)


def measured(values: NDArray[np.float64]) -> Measured:
    """Return the mean over batches with its 95 % interval.

    Whole batches are drawn with replacement, the same ones for every call of as many: intervals
    of differences are paired. Source: B. Efron and R. J. Tibshirani, "An Introduction to the
    Bootstrap" (1993), percentile intervals; batches are the blocks.

    Parameters
    ----------
    values
        One per batch, shape ``(n_batches,)``, at least one.
    """
    mean = float(values.mean())
    if len(values) < 2:
        return Measured(mean=mean, low=None, high=None)
    random = np.random.default_rng(_SEED)
    drawn = random.integers(0, len(values), size=(RESAMPLES, len(values)))
    low, high = np.quantile(values[drawn].mean(axis=1), _TAILS)
    return Measured(mean=mean, low=float(low), high=float(high))
