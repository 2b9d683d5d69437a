"""How pieces of evidence become one probability: their log odds add up.

Every piece of evidence says what the probability of a touch would be by it alone. Beside the
chance that a task touches just any file, that is a gain in log odds; the gains of all evidence
for one item are added to the log odds of the chance. This is the rule of Bayes for evidence that
is independent given the truth.

Source: Good, "Probability and the Weighing of Evidence" (1950).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

CHANCE: Final = 0.0035
"""P(a task touches some file of which nothing speaks). Measured among the files that retrieval
brings up, on histories that no published table is about."""

_EXACT: Final = 2.0**20


def gains_of(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return by how much each piece of evidence raises the log odds of a touch.

    Evidence of less than the chance speaks neither for nor against.

    Examples
    --------
    >>> gains_of(np.array([0.0, 0.0035, 0.5, 1.0])).round(2).tolist()
    [0.0, 0.0, 5.65, inf]
    """
    return exact_gains(np.maximum(logit(probabilities) - logit(CHANCE), 0.0))


def exact_gains(gains: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round gains to multiples of 2^-20, so that their sums do not depend on their order."""
    return np.asarray(np.rint(gains * _EXACT) / _EXACT, dtype=np.float64)


def probability_of(gains: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probability of a touch, given the sum of the gains of all evidence for it.

    Examples
    --------
    >>> probability_of(gains_of(np.array([0.3]))).round(3).tolist()
    [0.3]
    >>> probability_of(gains_of(np.array([0.1])) + gains_of(np.array([0.1]))).round(2).tolist()
    [0.78]
    """
    return np.asarray(expit(logit(CHANCE) + gains), dtype=np.float64)
