"""Estimators by the name that settings and options use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from taskpar_ml.errors import SettingsError
from taskpar_ml.estimators.constant import always_conflict, never_conflict
from taskpar_ml.estimators.contract import ConflictEstimator
from taskpar_ml.estimators.fixed_weights import FixedWeights

ESTIMATORS: Final[Mapping[str, Callable[[], ConflictEstimator]]] = {
    "fixed-weights": FixedWeights,
    "always": always_conflict,
    "never": never_conflict,
}


def estimator_named(name: str) -> ConflictEstimator:
    """Return the estimator of that name.

    Raises
    ------
    SettingsError
        If there is none.
    """
    if name not in ESTIMATORS:
        known = ", ".join(ESTIMATORS)
        raise SettingsError("--estimator", f"{name!r} is unknown.", f"Known: {known}.")
    return ESTIMATORS[name]()
