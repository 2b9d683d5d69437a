"""The contracts of those who estimate."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.estimates import Estimates
from taskpar_ml.domain.scored import PairFeatures
from taskpar_ml.domain.task import Task


class ConflictEstimator(Protocol):
    """Estimates, for pairs of tasks, the probability that doing both at once ends in a conflict.

    Laws, each a test over every estimator:

    - as many rows out as in, in the same order; a row depends on its own features only;
    - ``p_conflict`` lies in [0, 1] or is NaN; ``score`` is never negative;
    - a pair of which nothing is known is NaN in both, unless the estimator is a constant bound;
    - features are not changed.
    """

    @property
    def name(self) -> str:
        """Who speaks, with a version: ``fixed-weights-1``."""
        ...

    @property
    def threshold(self) -> float:
        """Risk from which on tasks stay apart, unless somebody set another."""
        ...

    def estimate(self, features: PairFeatures) -> Estimates:
        """Return the estimates of the pairs."""
        ...


class ChangeSizer(Protocol):
    """Expects, of single tasks, how large their changes will be; a task depends on itself only."""

    def log_sizes_of(self, tasks: Iterable[Task]) -> NDArray[np.float64]:
        """Return the logarithm of the size of each change, over the usual one in its repository."""
        ...
