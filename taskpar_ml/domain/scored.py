"""Pairs with everything that was found out about them, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.estimates import Estimates
from taskpar_ml.domain.footprint import Surface
from taskpar_ml.domain.pairs import PairTable


@dataclass(frozen=True)
class PairFeatures:
    """Feature columns of a pair table.

    Attributes
    ----------
    names
        Column names.
    values
        Shape ``(n_pairs, n_columns)``; NaN where something is not known.
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        return np.asarray(self.values[:, self.names.index(name)])


@dataclass(frozen=True)
class SharedItems:
    """The item of one surface in which each pair is most likely to collide.

    Attributes
    ----------
    surface
        The surface.
    items
        Names of the items.
    top
        Position in ``items``, -1 where the pair shares none, shape ``(n_pairs,)``.
    p_a, p_b
        P(touch) of that item by either side, 0 where there is none.
    """

    surface: Surface
    items: tuple[str, ...]
    top: NDArray[np.int32]
    p_a: NDArray[np.float64]
    p_b: NDArray[np.float64]


@dataclass(frozen=True)
class ReasonSlot:
    """One coded reason per pair, or none.

    Attributes
    ----------
    vocabulary
        The codes that occur.
    code
        Position in ``vocabulary``, -1 for no reason, shape ``(n_pairs,)``.
    """

    vocabulary: tuple[str, ...]
    code: NDArray[np.int32]


@dataclass(frozen=True)
class ScoredPairs:
    """A pair table with features, estimates and the evidence behind them.

    ``model`` names who estimated, with its version.
    """

    pairs: PairTable
    features: PairFeatures
    estimates: Estimates
    shared: tuple[SharedItems, ...]
    reasons: tuple[ReasonSlot, ...]
    model: str

    def codes(self, row: int) -> tuple[str, ...]:
        """Return the coded reasons of one pair, strongest kind first."""
        return tuple(
            slot.vocabulary[slot.code[row]] for slot in self.reasons if slot.code[row] >= 0
        )

    def __len__(self) -> int:
        return len(self.pairs)


def joined(blocks: Sequence[ScoredPairs], pairs: PairTable) -> ScoredPairs:
    """Return consecutive blocks as one table.

    Parameters
    ----------
    blocks
        All blocks of ``pairs``, in order, by one model; at least one.
    pairs
        The whole table.
    """
    first = blocks[0]
    return ScoredPairs(
        pairs=pairs,
        features=PairFeatures(
            first.features.names, np.concatenate([block.features.values for block in blocks])
        ),
        estimates=Estimates(
            np.concatenate([block.estimates.p_conflict for block in blocks]),
            np.concatenate([block.estimates.score for block in blocks]),
            np.concatenate([block.estimates.kind for block in blocks]),
            np.concatenate([block.estimates.spread for block in blocks]),
        ),
        shared=tuple(
            SharedItems(
                each.surface,
                each.items,
                np.concatenate([block.shared[slot].top for block in blocks]),
                np.concatenate([block.shared[slot].p_a for block in blocks]),
                np.concatenate([block.shared[slot].p_b for block in blocks]),
            )
            for slot, each in enumerate(first.shared)
        ),
        reasons=tuple(
            ReasonSlot(
                each.vocabulary, np.concatenate([block.reasons[slot].code for block in blocks])
            )
            for slot, each in enumerate(first.reasons)
        ),
        model=first.model,
    )
