"""Expected overlap of two tasks on a surface: files, endpoints, tables, symbols and the like."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.footprint import Surface
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.features.context import Column, PairContext
from taskpar_ml.features.overlap import expected_share


class SurfaceOverlap:
    """Expected share of a surface's items in which two tasks collide.

    Parameters
    ----------
    surface
        The surface.
    name
        Name of the column.
    """

    def __init__(self, surface: Surface, *, name: str) -> None:
        self.surface = surface
        self.columns = (
            Column(
                name,
                f"expected share of {surface.value} items that one writes and the other touches, "
                "in [0, 1]; NaN where a side is unknown",
            ),
        )

    def extract(self, pairs: PairTable, context: PairContext) -> NDArray[np.float64]:
        """Return one column."""
        matrix = context.footprints.surfaces.get(self.surface)
        if matrix is None:
            return np.full((len(pairs), 1), np.nan)
        return expected_share(pairs, matrix)[:, None]


FILE_OVERLAP = SurfaceOverlap(Surface.FILE, name="file")
API_OVERLAP = SurfaceOverlap(Surface.ENDPOINT, name="api")
DATABASE_OVERLAP = SurfaceOverlap(Surface.TABLE, name="database")
SYMBOL_OVERLAP = SurfaceOverlap(Surface.SYMBOL, name="symbol")
RESOURCE_OVERLAP = SurfaceOverlap(Surface.RESOURCE, name="resource")
TEST_OVERLAP = SurfaceOverlap(Surface.TEST, name="test")
CONTEXT_OVERLAP = SurfaceOverlap(Surface.CONTEXT, name="context")
