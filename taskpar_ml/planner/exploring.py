"""Pairs that levels hold back, and the few that are tried all the same."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.levels import LEVELS, Level

SHARE: Final = 0.05
"""Probability that closed levels are open to an attempt."""
DECLARED: Final = -1
"""Stands for a level where somebody declared that two tasks may run together."""
_DIGEST: Final = 8


def explores(attempt: Attempt) -> bool:
    """Return whether closed levels are open to an attempt.

    Chance says so once and for all: whoever asks again is told the same, so that nobody can ask
    until the answer suits him.
    """
    drawn = blake2b(attempt.name.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()
    return int.from_bytes(drawn) < SHARE * 256**_DIGEST


def held_back(
    pairs: NDArray[np.int8],
    closed: Collection[Level],
    explores_one: NDArray[np.bool_],
    explores_other: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Return which pairs do not run together because their level is closed.

    Parameters
    ----------
    pairs
        Level of each as its place among the levels; :data:`DECLARED` where somebody declared that
        the two may run together. Of any shape.
    closed
        Levels that are.
    explores_one, explores_other
        Whether closed levels are open to either side, of shapes that fit.
    """
    places = [place for place, level in enumerate(LEVELS) if level in closed]
    return np.asarray(np.isin(pairs, places) & ~explores_one & ~explores_other, dtype=bool)
