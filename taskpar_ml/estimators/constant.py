"""Estimators that bound the truth: every pair conflicts, no pair does."""

from __future__ import annotations

import numpy as np

from taskpar_ml.domain.estimates import Estimates
from taskpar_ml.domain.scored import PairFeatures


class ConstantEstimator:
    """Gives every pair the same probability, whatever its features.

    Parameters
    ----------
    name
        Who speaks.
    p_conflict
        Probability in [0, 1].
    """

    threshold = 0.5

    def __init__(self, name: str, p_conflict: float) -> None:
        self.name = name
        self.p_conflict = p_conflict

    def estimate(self, features: PairFeatures) -> Estimates:
        """Return the constant for every pair."""
        rows = len(features.values)
        values = np.full(rows, self.p_conflict)
        kind = np.zeros(rows, dtype=np.int8)
        return Estimates(values, values.copy(), kind, np.full(rows, np.nan))


def always_conflict() -> ConstantEstimator:
    """Return the estimator under which tasks run one at a time."""
    return ConstantEstimator("always-1", 1.0)


def never_conflict() -> ConstantEstimator:
    """Return the estimator under which only dependencies, rules and limits hold tasks back."""
    return ConstantEstimator("never-1", 0.0)
