"""How many conflicts probabilities lead one to expect."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.shadow import Expected

_TAILS: Final = (0.025, 0.975)
_NOTHING: Final = 1e-15
"""Chances of a count below which it is left out."""


def expected_conflicts(probability: NDArray[np.float64], truth: NDArray[np.bool_]) -> Expected:
    """Return the expected number of conflicts with its 95 % interval, and the number seen.

    The interval is that of the Poisson binomial distribution, computed exactly: pairs are taken
    for independent. Conflicts come in clusters, so that it is somewhat too narrow.

    Parameters
    ----------
    probability
        Of a conflict, in [0, 1], shape ``(n_pairs,)``.
    truth
        Whether there was one.

    Examples
    --------
    >>> expected_conflicts(np.full(20, 0.5), np.arange(20) < 9)
    Expected(mean=10.0, low=6, high=14, seen=9)
    """
    chances, first = np.ones(1), 0
    for each in probability:
        chances = np.convolve(chances, (1 - each, each))
        likely = np.flatnonzero(chances > _NOTHING)
        first += int(likely[0])
        chances = chances[likely[0] : likely[-1] + 1]
    low, high = first + np.searchsorted(np.cumsum(chances) / chances.sum(), _TAILS)
    return Expected(
        mean=float(probability.sum()), low=int(low), high=int(high), seen=int(truth.sum())
    )
