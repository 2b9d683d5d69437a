"""How probable it is that two tasks work on anything in common, files or parts of files."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.features.block import PairBlock
from taskpar_ml.features.context import Column, PairContext

_POWERS: Final = 6
"""Terms of the logarithm: those beyond matter where a meeting is certain anyway."""
_MOST: Final = 0.95
"""Probabilities count as no more than this, so that the terms shrink."""


class MeetingChances:
    r"""Chances that two tasks write one file, or one part of a file.

    With ``p`` and ``q`` the probabilities of a write, independent, that is

    .. math:: 1 - \prod_i (1 - p_i q_i) = 1 - \exp(-\sum_k \tfrac{1}{k} \sum_i p_i^k q_i^k)

    whose inner sums are products of matrices, for all pairs at once.
    """

    columns = (
        Column("meet", "P(both write some file), in [0, 1]; NaN where a side is unknown"),
        Column(
            "meet_peak",
            "P(both write the file that is likeliest for both), in [0, 1]; NaN where a side is "
            "unknown",
        ),
        Column(
            "meet_region",
            "P(both write some part of a file), in [0, 1]; NaN where a side is unknown",
        ),
        Column(
            "file_cosine",
            "cosine of the probabilities of writing files, in [0, 1]; NaN where a side is unknown",
        ),
        Column(
            "directory_cosine",
            "cosine of the expected writes by directory, in [0, 1]; NaN where a side is unknown",
        ),
    )

    def extract(self, pairs: PairTable, context: PairContext) -> NDArray[np.float64]:
        """Return five columns."""
        places = context.footprints.places
        block = PairBlock(pairs)
        sums = power_sums(block, places.files)
        regions = power_sums(block, places.regions)
        folders = sparse.csr_array(places.files @ places.directories)
        values = np.stack(
            [
                any_of(sums),
                # The norm of a high power is close to the largest.
                np.minimum(sums[-1] ** (1 / _POWERS), 1.0),
                any_of(regions),
                cosine(block, pairs, places.files),
                cosine(block, pairs, folders),
            ],
            axis=1,
        )
        known = places.known[pairs.a] & places.known[pairs.b]
        return np.asarray(np.where(known[:, None], values, np.nan))


def power_sums(block: PairBlock, matrix: sparse.csr_array) -> NDArray[np.float64]:
    """Return the sums of ``(p q)^k`` for k from 1 on, shape ``(n_powers, n_pairs)``."""
    capped = matrix.minimum(_MOST)
    power, found = capped, []
    for _ in range(_POWERS):
        found.append(block.product(power, power))
        power = sparse.csr_array(power * capped)
    return np.stack(found)


def any_of(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the chances of any meeting, given the sums of :func:`power_sums`."""
    logarithm = (sums / np.arange(1, len(sums) + 1)[:, None]).sum(axis=0)
    return np.asarray(-np.expm1(-logarithm), dtype=np.float64)


def cosine(block: PairBlock, pairs: PairTable, matrix: sparse.csr_array) -> NDArray[np.float64]:
    """Return the cosine of the rows of every pair, 0 where one is empty, shape ``(n_pairs,)``."""
    length = np.sqrt(np.asarray((matrix * matrix).sum(axis=1)).ravel())
    both = length[pairs.a] * length[pairs.b]
    found = np.zeros(len(pairs))
    np.divide(block.product(matrix, matrix), both, out=found, where=both > 0)
    return np.minimum(found, 1.0)
