"""Whether the files of two tasks import each other, or the same files."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.features.block import PairBlock
from taskpar_ml.features.context import Column, PairContext


class ImportLinks:
    """What the import graph says of two tasks."""

    columns = (
        Column(
            "imports",
            "expected number of files of one side that import a file of the other, each counted "
            "by its share of that file's imports, 0 or more; NaN where a side is unknown",
        ),
        Column(
            "import_kin",
            "cosine of what both sides' files are and import, in [0, 1]; NaN where a side is "
            "unknown",
        ),
    )

    def extract(self, pairs: PairTable, context: PairContext) -> NDArray[np.float64]:
        """Return two columns."""
        places = context.footprints.places
        files, imports = places.files, places.imports
        block = PairBlock(pairs)
        count = np.diff(imports.indptr)
        share = sparse.diags_array(1.0 / np.maximum(count, 1)) @ imports
        imported = sparse.csr_array(files @ share)
        near = sparse.diags_array(1.0 / np.sqrt(count + 1.0)) @ (
            imports + sparse.eye_array(len(count))
        )
        kin = sparse.csr_array(files @ near)
        for each in (imported, kin):
            each.sort_indices()  # so that swapping two tasks adds up the same numbers alike
        links = block.product(imported, files) + block.product(files, imported)
        length = np.sqrt(np.asarray(sparse.csr_array(kin * kin).sum(axis=1)).ravel())
        lengths = length[pairs.a] * length[pairs.b]
        cosine = np.zeros(len(pairs))
        np.divide(block.product(kin, kin), lengths, out=cosine, where=lengths > 0)
        known = places.known[pairs.a] & places.known[pairs.b]
        values = np.stack([links, np.minimum(cosine, 1.0)], axis=1)
        return np.asarray(np.where(known[:, None], values, np.nan))
