"""Whether two tasks will both add a migration to one line of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.features.block import PairBlock
from taskpar_ml.features.context import Column, PairContext


class MigrationHeads:
    """Two migrations that build upon one step: somebody must write one of them anew."""

    columns = (
        Column(
            "migration",
            "expected number of lines of migrations that both extend, 0 or more; NaN where a side "
            "is unknown",
        ),
    )

    def extract(self, pairs: PairTable, context: PairContext) -> NDArray[np.float64]:
        """Return one column."""
        places = context.footprints.places
        both = PairBlock(pairs).product(places.migrations, places.migrations)
        known = places.known[pairs.a] & places.known[pairs.b]
        return np.where(known, both, np.nan)[:, None]
