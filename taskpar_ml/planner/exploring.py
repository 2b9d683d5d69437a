"""Pairs that levels hold back, and the few that are tried all the same."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.levels import LEVELS
from taskpar_ml.planner.levels import Levels

SHARE: Final = 0.05
"""Probability that closed levels are open to an attempt."""
_DIGEST: Final = 8


def explores(attempt: Attempt) -> bool:
    """Return whether closed levels are open to an attempt.

    Chance says so once and for all: whoever asks again is told the same, so that nobody can ask
    until the answer suits him.
    """
    drawn = blake2b(attempt.name.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()
    return int.from_bytes(drawn) < SHARE * 256**_DIGEST


def held_back(
    pairs: NDArray[np.int8], levels: Levels, explorers: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return which two tasks do not run together because their level is closed.

    Parameters
    ----------
    pairs
        Level of every two tasks as its place among the levels, shape ``(n, n)``, symmetric; -1
        where somebody declared that they may run together.
    levels
        Which are open.
    explorers
        Tasks to which closed levels are open, shape ``(n,)``.
    """
    closed = [place for place, level in enumerate(LEVELS) if level in levels.closed]
    back = np.isin(pairs, closed)
    return np.asarray(back & ~explorers[:, None] & ~explorers[None, :], dtype=bool)
