"""Sparse products over the pairs of a table, without a loop over pairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.domain.pairs import PairTable


class PairBlock:
    """The rows and columns of a product that the pairs of a table need.

    Examples
    --------
    >>> rows = sparse.csr_array(np.array([[1.0, 0.0], [1.0, 2.0], [0.0, 3.0]]))
    >>> PairBlock(PairTable.of(["x", "y", "z"])).product(rows, rows).tolist()
    [1.0, 0.0, 6.0]
    """

    def __init__(self, pairs: PairTable) -> None:
        self.first, self._row = np.unique(pairs.a, return_inverse=True)
        self.second, self._column = np.unique(pairs.b, return_inverse=True)

    @property
    def size(self) -> int:
        """How many pairs there are."""
        return len(self._row)

    def product(self, left: sparse.csr_array, right: sparse.csr_array) -> NDArray[np.float64]:
        """Return ``left[a] . right[b]`` for every pair (a, b), shape ``(n_pairs,)``."""
        dense = (left[self.first] @ right[self.second].T).toarray()
        return np.asarray(dense[self._row, self._column], dtype=np.float64)
