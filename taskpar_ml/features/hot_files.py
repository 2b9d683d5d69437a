"""How often past tasks conflicted in the files that two tasks are likely to share."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.features.block import PairBlock
from taskpar_ml.features.chances import any_of, power_sums
from taskpar_ml.features.context import Column, PairContext

_PEAK: Final = 6
"""Power of the probabilities by which files are weighed to find the one where two tasks meet."""


class HotFiles:
    """Whether the files in which two tasks may meet are those in which tasks conflict.

    In some files everybody works at the same spot, in others nobody does.
    """

    columns = (
        Column(
            "hot_meet",
            "P(both write some file, and conflict there as often as past tasks did), in [0, 1]; "
            "NaN where a side or the past of conflicts is unknown",
        ),
        Column(
            "hot_share",
            "how often past tasks conflicted in the files that both may write, in [0, 1]; NaN "
            "where they share none, or where that or a side is unknown",
        ),
        Column(
            "hot_peak",
            "the same in the file that is likeliest for both, in [0, 1]; NaN alike",
        ),
        Column(
            "hot_all",
            "how often past tasks that shared a file conflicted in it, in [0, 1]; NaN where a "
            "side or that is unknown",
        ),
    )

    def extract(self, pairs: PairTable, context: PairContext) -> NDArray[np.float64]:
        """Return four columns."""
        values = np.full((len(pairs), len(self.columns)), np.nan)
        rates, places = context.rates, context.footprints.places
        if rates is None:
            return values
        # The root on either side: products must not depend on which side comes first.
        root = sparse.diags_array(np.sqrt(rates.rate))
        block, files = PairBlock(pairs), places.files
        values[:, 0] = any_of(power_sums(block, sparse.csr_array(files @ root)))
        for column, power in ((1, 1), (2, _PEAK)):
            weight = files.power(power)
            hot = sparse.csr_array(weight @ root)
            shared = block.product(weight, weight)
            np.divide(block.product(hot, hot), shared, out=values[:, column], where=shared > 0)
        values[:, 3] = rates.overall
        known = places.known[pairs.a] & places.known[pairs.b]
        return np.asarray(np.where(known[:, None], np.minimum(values, 1.0), np.nan))
