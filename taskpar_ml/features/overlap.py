"""How much of what two tasks touch they are expected to share, on one surface."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.domain.footprint import TouchMatrix
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.features.block import PairBlock


def expected_share(pairs: PairTable, matrix: TouchMatrix) -> NDArray[np.float64]:
    r"""Return the expected share of items in which two tasks collide, for every pair.

    A weighted Jaccard index of the two sets of touch probabilities. With ``t`` the probability
    of a touch and ``w`` that of a write, task by task independent, the items that one writes and
    the other touches are expected to number

    .. math:: \sum_i w^a_i t^b_i + t^a_i w^b_i - w^a_i w^b_i

    and all items touched by either :math:`\sum_i t^a_i + t^b_i - t^a_i t^b_i`. For certain
    touches, all of them writes, this is the Jaccard index of the two sets.

    Parameters
    ----------
    pairs
        Rows of ``matrix`` as positions.
    matrix
        Touch probabilities on the surface.

    Returns
    -------
    ndarray of shape (n_pairs,)
        In [0, 1], 0 where both are known to touch nothing; NaN where nothing is known of one of
        the two tasks on this surface, and where they share nothing that is known but one is only
        known to read: what it will write may be anything.
    """
    block = PairBlock(pairs)
    weight = sparse.diags_array(matrix.size, format="csr")
    touch, write = matrix.touch, matrix.write
    weighted_touch = sparse.csr_array(touch @ weight)
    weighted_write = sparse.csr_array(write @ weight)

    colliding = block.product(weighted_write, touch) + block.product(weighted_touch, write)
    colliding -= block.product(weighted_write, write)
    if matrix.reach.nnz:
        reach = matrix.reach
        colliding += block.product(weighted_touch, reach)
        colliding += block.product(sparse.csr_array(reach @ weight), touch)
    total = np.asarray(weighted_touch.sum(axis=1)).ravel()
    either = total[pairs.a] + total[pairs.b] - block.product(weighted_touch, touch)
    known = matrix.known[pairs.a] & matrix.known[pairs.b]
    share = np.zeros(len(pairs))
    np.divide(colliding, either, out=share, where=either > 0)
    writes = matrix.writes_known[pairs.a] & matrix.writes_known[pairs.b]
    return np.where(known & (writes | (share > 0)), np.minimum(share, 1.0), np.nan)
