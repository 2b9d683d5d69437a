"""Whether two tasks stay on the same side of the system."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.domain.layers import Layer
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.features.context import Column, PairContext


class LayerOverlap:
    """Overlap of the architectural layers that two tasks work in."""

    columns = (
        Column(
            "layer",
            "how much of what both write lies in the same layers, in [0, 1]; NaN where a side is "
            "unknown or in no layer",
        ),
    )

    def extract(self, pairs: PairTable, context: PairContext) -> NDArray[np.float64]:
        """Return one column."""
        places = context.footprints.places
        inside = np.flatnonzero(places.layers >= 0)
        members = sparse.csr_array(
            (np.ones(len(inside)), (inside, places.layers[inside])),
            shape=(len(places.layers), len(Layer)),
        )
        expected = (places.files @ members).toarray()
        total = expected.sum(axis=1, keepdims=True)
        share = np.full(expected.shape, np.nan)
        np.divide(expected, total, out=share, where=total > 0)
        common = np.minimum(share[pairs.a], share[pairs.b]).sum(axis=1, keepdims=True)
        return np.asarray(common)
