"""Which pairs of tasks are likely to meet in a single item that both of them write."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.domain.footprint import TouchMatrix
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.features.block import PairBlock


def both_write(pairs: PairTable, matrix: TouchMatrix, *, at_least: float) -> NDArray[np.bool_]:
    """Return the pairs of which both write some item with at least that probability.

    Every item counts, however many tasks touch it. What another task creates below a declared
    glob counts as written by the glob's task.

    Parameters
    ----------
    pairs
        Rows of ``matrix`` as positions.
    matrix
        Touch probabilities on the surface.
    at_least
        P(both tasks write the item), in (0, 1].

    Returns
    -------
    ndarray of shape (n_pairs,)

    Notes
    -----
    Probabilities take few distinct values. For each of them one product tells which pairs have
    an item that the first side writes with just that probability and the other with enough.
    """
    block = PairBlock(pairs)
    found = np.zeros(len(pairs), dtype=bool)
    write, reach = matrix.write, matrix.reach
    for left, right in ((write, write), (write, reach), (reach, write)):
        for probability in np.unique(left.data):
            enough = right.data * probability >= at_least
            if enough.any():
                mine = _where(left, left.data == probability)
                found |= block.product(mine, _where(right, enough)) > 0
    return found


def _where(matrix: sparse.csr_array, chosen: NDArray[np.bool_]) -> sparse.csr_array:
    """Return 1 at the chosen entries of a matrix, and nothing elsewhere."""
    marked = sparse.csr_array(
        (chosen.astype(np.float64), matrix.indices, matrix.indptr), shape=matrix.shape, copy=True
    )
    marked.eliminate_zeros()
    return marked
