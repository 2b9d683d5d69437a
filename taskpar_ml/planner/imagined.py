"""What tasks that landed one after the other would have come to side by side."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.levels import LEVELS, Level

RECENT: Final = 8
"""Tasks that landed before a task and may have run beside it."""


def imagined_outcomes(
    task: int,
    landed: Sequence[int],
    *,
    risk: NDArray[np.float64],
    levels: NDArray[np.int8],
    found: NDArray[np.float64],
    threshold: float,
    met: Collection[int] = (),
) -> Iterator[tuple[Level, bool]]:
    """Yield of every level whether a task would have been hit at it.

    At each level it is imagined beside the one of the last tasks that landed which is least likely
    to conflict with it, as a scheduler would choose. It is hit if the two conflict.

    Parameters
    ----------
    task
        Row of a task that has landed.
    landed
        Rows of those that landed before it, in that order.
    risk
        Risk of every two tasks as it was told before they landed, shape ``(n, n)``; NaN where it
        could not be.
    levels
        Level of every two tasks, as its place among the levels, shape ``(n, n)``.
    found
        1 where two tasks conflict, 0 where they do not, NaN where that is not known, ``(n, n)``.
    threshold
        Risk from which two would not have run together.
    met
        Rows of those that it really ran beside: what came of that is known otherwise.
    """
    safest: dict[int, int] = {}
    for other in landed[-RECENT:]:
        if other in met or np.isnan(found[task, other]) or not risk[task, other] < threshold:
            continue
        place = int(levels[task, other])
        if place not in safest or risk[task, other] < risk[task, safest[place]]:
            safest[place] = other
    for place, beside in sorted(safest.items()):
        yield LEVELS[place], bool(found[task, beside])
