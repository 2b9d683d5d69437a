"""Sets of tasks as whole numbers: one bit a task, so that sets meet in one operation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def bit_rows(pairs: NDArray[np.bool_]) -> list[int]:
    """Return every row of true and false as a whole number, the first column as its lowest bit.

    Examples
    --------
    >>> bit_rows(np.array([[True, False], [True, True]]))
    [1, 3]
    """
    packed = np.packbits(pairs, axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in packed]
