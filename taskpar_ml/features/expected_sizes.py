"""How large the changes of two tasks will be, by what their texts say."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.features.context import Column, PairContext


class ExpectedSizes:
    """Expected sizes of both changes.

    A ranker of files tells a sweeping change from a small one by the files that it finds; the words
    of the text tell it where files are found badly.
    """

    columns = (
        Column(
            "smaller_change",
            "log of the size over the usual one that is expected of the smaller change, any "
            "number; NaN if unknown",
        ),
        Column("larger_change", "the same of the larger change, any number; NaN if unknown"),
    )

    def extract(self, pairs: PairTable, context: PairContext) -> NDArray[np.float64]:
        """Return two columns; nothing is known of a text without words."""
        sizes = context.log_sizes
        if sizes is None:
            return np.full((len(pairs), 2), np.nan)
        sizes = np.where(np.diff(context.texts.indptr) > 0, sizes, np.nan)
        a, b = sizes[pairs.a], sizes[pairs.b]
        return np.stack([np.minimum(a, b), np.maximum(a, b)], axis=1)
