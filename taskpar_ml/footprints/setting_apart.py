"""Footprints as they would be if every task had an item to itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.domain.footprint import Footprints, Places, PredictedItems, Surface, TouchMatrix
from taskpar_ml.footprints.memory import RepoMemory


def without_item(
    footprints: Footprints, memory: RepoMemory, *, surface: Surface, item: str
) -> Footprints:
    """Return the footprints without one item, as if it were cut so that no two tasks share it.

    What is known of the tasks stays known. Of a file its regions go too; definitions within it
    stay, since two tasks that change one function meet in whatever file it comes to lie.

    Parameters
    ----------
    memory
        The repository that the footprints are about.
    surface, item
        What is set apart; an item that nobody touches changes nothing.
    """
    surfaces, predicted = dict(footprints.surfaces), dict(footprints.predicted)
    if surface in surfaces:
        surfaces[surface] = _without_column(surfaces[surface], item)
    if surface in predicted:
        predicted[surface] = _without_predicted(predicted[surface], item)
    places = footprints.places
    if surface == Surface.FILE:
        places = _without_file(places, memory, item)
    evidence = tuple(
        row for row in footprints.evidence if (row.surface, row.item) != (surface, item)
    )
    return replace(
        footprints, surfaces=surfaces, predicted=predicted, places=places, evidence=evidence
    )


def _without_column(matrix: TouchMatrix, item: str) -> TouchMatrix:
    kept = np.array([name != item for name in matrix.items], dtype=bool)
    return replace(
        matrix,
        touch=_kept(matrix.touch, kept),
        write=_kept(matrix.write, kept),
        reach=_kept(matrix.reach, kept),
    )


def _without_predicted(held: PredictedItems, item: str) -> PredictedItems:
    kept = np.array([name != item for name in held.items], dtype=bool)
    return replace(held, write=_kept(held.write, kept), read=_kept(held.read, kept))


def _without_file(places: Places, memory: RepoMemory, path: str) -> Places:
    paths = np.array([each != path for each in memory.snapshot.paths.paths], dtype=bool)
    content = memory.content
    pieces = paths[np.repeat(content.files, content.pieces)]
    return replace(
        places,
        files=_kept(places.files, paths),
        regions=_kept(places.regions, np.concatenate([pieces, paths])),
    )


def _kept(matrix: sparse.csr_array, columns: NDArray[np.bool_]) -> sparse.csr_array:
    """Return a matrix in which the other columns are empty."""
    kept = sparse.csr_array(matrix @ sparse.diags_array(columns.astype(np.float64)))
    kept.eliminate_zeros()
    kept.sort_indices()
    return kept
