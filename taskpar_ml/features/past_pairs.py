"""How earlier tasks got along that said what two tasks say."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.features.block import PairBlock
from taskpar_ml.features.context import Column, PairContext
from taskpar_ml.footprints.precedents import Precedents

_FEW: Final = 0.1
"""Pairs of precedents that are credited, at the share of files that two tasks have by chance."""
_CHANCE: Final = 0.02
"""That share."""
_FEW_COMPARED: Final = 0.3
"""Pairs of compared precedents that are credited, at the usual rate of conflicts."""


class PastPairs:
    r"""Whether precedents of one task met those of the other.

    With ``v`` and ``w`` how much earlier tasks are precedents for either, and ``S`` what pairs of
    earlier tasks had in common, that is the mean

    .. math:: \frac{\sum_{i \ne j} v_i w_j S_{ij}}{\sum_{i \ne j} v_i w_j}

    A text that was said of many files in turn, each time of another one, tells of a series that
    spreads; the same words about one file tell of a spot where tasks meet. No comparison of two
    texts and no footprint knows the two apart. It is a kernel regression over pairs, as in
    Nadaraya, "On Estimating Regression" (1964), with the product of two similarities as kernel.
    """

    columns = (
        Column(
            "past_share",
            "how alike files were that precedents of either changed (cosine), in [0, 1], mean; NaN "
            "where a side has no words",
        ),
        Column("past_share_close", "the same of the closest precedents, in [0, 1]; NaN alike"),
        Column(
            "past_clash",
            "P(precedents of either conflicted | they were compared), in [0, 1]; NaN where the "
            "past was not replayed, or a side has no words",
        ),
        Column("past_clash_close", "the same of the closest precedents, in [0, 1]; NaN alike"),
    )

    def extract(self, pairs: PairTable, context: PairContext) -> NDArray[np.float64]:
        """Return four columns."""
        block = PairBlock(pairs)
        both = context.precedents, context.close_precedents
        values = np.stack(
            [*(_share(block, each) for each in both), *(_clash(block, each) for each in both)],
            axis=1,
        )
        spoken = np.diff(context.texts.indptr) > 0
        known = spoken[pairs.a] & spoken[pairs.b]
        # Above 1 by rounding alone, and where more conflict than the window says were compared.
        return np.asarray(np.where(known[:, None], np.minimum(values, 1.0), np.nan))


def _share(block: PairBlock, known: Precedents) -> NDArray[np.float64]:
    """Return how alike the files of two precedents are, those of one and the same left out."""
    votes = known.votes
    same = block.product(votes, votes)
    alike = np.maximum(block.product(known.files, known.files) - same, 0.0)
    voted = sparse.csr_array(np.asarray(votes.sum(axis=1)).reshape(-1, 1))
    return (alike + _FEW * _CHANCE) / (block.product(voted, voted) - same + _FEW)


def _clash(block: PairBlock, known: Precedents) -> NDArray[np.float64]:
    """Return how many of the pairs of precedents that were compared conflict."""
    if known.conflicts is None or known.compared is None:
        return np.full(block.size, np.nan)
    conflicts = block.product(known.conflicts, known.votes)
    compared = block.product(known.compared, known.votes)
    return (conflicts + _FEW_COMPARED * known.usual) / (compared + _FEW_COMPARED)
