"""How much is known of two tasks, and how much they will change."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.features.context import Column, PairContext


class Breadth:
    """Expected files of both tasks, and how sure their likeliest file is."""

    columns = (
        Column("narrower", "files that the narrower task writes, 0 or more; NaN if unknown"),
        Column("broader", "files that the broader task writes, 0 or more; NaN if unknown"),
        Column("vaguer", "P(write) of the vaguer task's likeliest file, in [0, 1]; NaN if unknown"),
        Column("surer", "P(write) of the surer task's likeliest file, in [0, 1]; NaN if unknown"),
    )

    def extract(self, pairs: PairTable, context: PairContext) -> NDArray[np.float64]:
        """Return four columns."""
        places = context.footprints.places
        breadth = np.asarray(places.files.sum(axis=1)).ravel()
        likeliest = places.files.max(axis=1).toarray().ravel() if places.files.shape[1] else breadth
        columns = []
        for each in (breadth, likeliest):
            a, b = each[pairs.a], each[pairs.b]
            columns += [np.minimum(a, b), np.maximum(a, b)]
        known = places.known[pairs.a] & places.known[pairs.b]
        return np.asarray(np.where(known[:, None], np.stack(columns, axis=1), np.nan))
