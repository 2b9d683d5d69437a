"""Pairs that levels hold back, and the attempts that try them all the same."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.levels import LEVELS
from taskpar_ml.planner.levels import Levels

DECLARED: Final = -1
"""Stands for a level where somebody declared that two tasks may run together."""
_DIGEST: Final = 8


def drawn(attempt: Attempt) -> float:
    """Return what chance has drawn for an attempt, uniform in [0, 1).

    To attempts that drew less than a level's share the level is open. It is drawn once and for all
    by the attempt's name: whoever asks again is told the same, so that nobody can ask until the
    answer suits him.
    """
    digest = blake2b(attempt.name.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()
    return int.from_bytes(digest) / 256**_DIGEST


def held_back(
    pairs: NDArray[np.int8],
    levels: Levels,
    drawn_one: NDArray[np.float64],
    drawn_other: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Return which pairs do not run together because their level is open to neither side.

    Parameters
    ----------
    pairs
        Level of each as its place among the levels; :data:`DECLARED` where somebody declared that
        the two may run together. Of any shape.
    levels
        What is known of them.
    drawn_one, drawn_other
        What chance has drawn for either side, of shapes that fit.
    """
    back = np.zeros(np.broadcast(pairs, drawn_one, drawn_other).shape, dtype=bool)
    least = np.minimum(drawn_one, drawn_other)
    for place, level in enumerate(LEVELS):
        back |= (pairs == place) & (least >= levels.of[level].share)
    return back
