"""How much of two tasks was seen, and how much is only expected."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.footprint import EvidenceLevel
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.features.context import Column, PairContext


class Knowledge:
    """How many of the two tasks have begun, and of how many all files are known."""

    columns = (
        Column(
            "begun",
            "tasks of the two of which some files were seen, 0 or more; NaN where a side is "
            "unknown",
        ),
        Column(
            "finished",
            "tasks of the two of which all files were seen, 0 or more; NaN where a side is unknown",
        ),
    )

    def extract(self, pairs: PairTable, context: PairContext) -> NDArray[np.float64]:
        """Return two columns."""
        footprints = context.footprints
        levels = np.array([each == EvidenceLevel.PARTIAL for each in footprints.levels], dtype=int)
        final = np.array([each == EvidenceLevel.OBSERVED for each in footprints.levels], dtype=int)
        values = np.stack(
            [levels[pairs.a] + levels[pairs.b], final[pairs.a] + final[pairs.b]], axis=1
        )
        known = footprints.places.known[pairs.a] & footprints.places.known[pairs.b]
        return np.asarray(np.where(known[:, None], values, np.nan), dtype=np.float64)
