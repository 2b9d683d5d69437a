"""Similarity of what two tasks say."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.features.block import PairBlock
from taskpar_ml.features.context import Column, PairContext


class TextSimilarity:
    """Cosine of the two tasks' TF-IDF vectors."""

    columns = (
        Column(
            "semantic",
            "cosine of the two texts, in [0, 1]; NaN where a side has no words",
        ),
    )

    def extract(self, pairs: PairTable, context: PairContext) -> NDArray[np.float64]:
        """Return one column."""
        cosine = np.clip(PairBlock(pairs).product(context.texts, context.texts), 0.0, 1.0)
        spoken = np.diff(context.texts.indptr) > 0
        cosine[~(spoken[pairs.a] & spoken[pairs.b])] = np.nan
        return cosine[:, None]
