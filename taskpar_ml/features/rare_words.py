"""Whether two tasks speak of the same unusual things, and how much they say at all."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.features.block import PairBlock
from taskpar_ml.features.context import Column, PairContext

_HIGH: Final = 8
"""Power of rarities whose norm is close to the largest."""


class RareWords:
    """How rare the words are that both texts say.

    A cosine is diluted by what else a long text says; one rare word in common is not.
    """

    columns = (
        Column(
            "rarest",
            "how rare the rarest common word is, in [0, 1], 0 for none; NaN where a side has no "
            "words",
        ),
        Column(
            "common",
            "common words, each counted by how rare it is, 0 or more; NaN where a side has no "
            "words",
        ),
        Column(
            "terse",
            "words of the shorter text, counted alike, 0 or more; NaN where a side has no words",
        ),
        Column(
            "wordy",
            "words of the longer text, counted alike, 0 or more; NaN where a side has no words",
        ),
    )

    def extract(self, pairs: PairTable, context: PairContext) -> NDArray[np.float64]:
        """Return four columns."""
        rare, block = context.rare_terms, PairBlock(pairs)
        high, low = rare.power(_HIGH // 2), rare.sqrt()
        length = np.asarray(rare.sum(axis=1)).ravel()
        a, b = length[pairs.a], length[pairs.b]
        values = np.stack(
            [
                np.minimum(block.product(high, high) ** (1 / _HIGH), 1.0),
                block.product(low, low),
                np.minimum(a, b),
                np.maximum(a, b),
            ],
            axis=1,
        )
        spoken = (a > 0) & (b > 0)
        return np.asarray(np.where(spoken[:, None], values, np.nan))
