"""The fixed-weight score: the baseline that every learned model must beat."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from taskpar_ml.domain.estimates import KIND_CODES, Estimates
from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.scored import PairFeatures

WEIGHTS: Final[Mapping[str, float]] = MappingProxyType(
    {"file": 0.4, "api": 0.3, "database": 0.5, "semantic": 0.2}
)
"""Weight of each component, as the system's first design gave them."""

THRESHOLD: Final = 0.3
"""Tasks run in parallel when their score stays below it."""

ITEM_COMPONENTS: Final = ("file", "api", "database")
"""Components that tell of items; a pair without any of them cannot be scored."""
_KINDS: Final = (ConflictKind.TEXTUAL, ConflictKind.LOGICAL, ConflictKind.RESOURCE)
"""Kind of conflict that each item component speaks of."""


class FixedWeights:
    """Sum of four overlaps in [0, 1], each times its fixed weight.

    The score can exceed 1 and is no probability: ``p_conflict`` stays NaN, since no calibration
    was fitted. A component of which nothing is known adds nothing, but a pair of which files,
    endpoints and tables are all unknown cannot be scored: similar words alone say too little to
    let two tasks run together.

    Examples
    --------
    >>> row = np.array([[0.5, np.nan, np.nan, 0.25]])
    >>> features = PairFeatures(("file", "api", "database", "semantic"), row)
    >>> FixedWeights().estimate(features).score.tolist()
    [0.25]
    """

    name = "fixed-weights-1"
    threshold = THRESHOLD

    def estimate(self, features: PairFeatures) -> Estimates:
        """Return scores, and as kind that of the largest item component.

        Parameters
        ----------
        features
            Must hold the columns ``file``, ``api``, ``database`` and ``semantic``.
        """
        weighted = np.stack([WEIGHTS[name] * features[name] for name in WEIGHTS], axis=1)
        items = weighted[:, [list(WEIGHTS).index(name) for name in ITEM_COMPONENTS]]
        scorable = ~np.isnan(items).all(axis=1)
        score = np.where(scorable, np.nansum(weighted, axis=1), np.nan)
        known = np.nan_to_num(items)
        codes = np.array([KIND_CODES.index(kind) for kind in _KINDS], dtype=np.int8)
        kind = np.where(known.max(axis=1) > 0, codes[known.argmax(axis=1)], 0)
        unknown = np.full(len(score), np.nan)
        return Estimates(unknown, score, kind.astype(np.int8), unknown.copy())
