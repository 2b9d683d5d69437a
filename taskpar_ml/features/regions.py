"""Whether two tasks will work in the same parts of the files that both change."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.features.block import PairBlock
from taskpar_ml.features.context import Column, PairContext


class RegionOverlap:
    """Overlap of the parts of files, pieces of thirty lines, that two tasks are likely to write.

    Most tasks that change one file go to different places in it, and then git merges them.
    """

    columns = (
        Column(
            "region",
            "expected share of parts of files that both write, in [0, 1]; NaN where a side is "
            "unknown",
        ),
        Column(
            "region_cosine",
            "cosine of the probabilities of writing parts of files, in [0, 1]; NaN where a side "
            "is unknown",
        ),
    )

    def extract(self, pairs: PairTable, context: PairContext) -> NDArray[np.float64]:
        """Return two columns."""
        places = context.footprints.places
        regions = places.regions
        block = PairBlock(pairs)
        shared = block.product(regions, regions)
        expected = np.asarray(regions.sum(axis=1)).ravel()
        either = expected[pairs.a] + expected[pairs.b] - shared
        length = np.sqrt(np.asarray(sparse.csr_array(regions * regions).sum(axis=1)).ravel())
        lengths = length[pairs.a] * length[pairs.b]
        values = np.zeros((len(pairs), 2))
        known = places.known[pairs.a] & places.known[pairs.b]
        for column, scale in enumerate((either, lengths)):
            np.divide(shared, scale, out=values[:, column], where=scale > 0)
        return np.asarray(np.where(known[:, None], np.minimum(values, 1.0), np.nan))
