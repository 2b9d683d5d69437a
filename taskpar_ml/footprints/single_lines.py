"""Where tasks write endpoints, tables and resources: in definitions, or on lines of their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.footprints.inverted_index import rarity
from taskpar_ml.footprints.parts import Parts
from taskpar_ml.footprints.queries import Queries
from taskpar_ml.footprints.spots import Spots

UNNAMED: Final = 0.03
"""Most that a task which writes a file changes of one of its lines that is an endpoint, a table or
a resource whose name it does not say. From how often tasks changed such lines, on histories that no
published table is about."""
NAMED: Final = 0.4
"""How much that grows with the square of the part of the name that the task says."""


@dataclass(frozen=True)
class SingleLines:
    """Spots that are no definitions: what lies within one, and lines of their own.

    Attributes
    ----------
    spots
        The spots.
    definition
        The definition that begins where each spot does, -1 for lines of their own, shape
        ``(n_spots,)``.
    rarity
        Summed rarity of the words of each name, same shape.
    of_file
        The part of the lines of its file that each spot has, as far as these are known, in [0, 1],
        same shape.
    """

    spots: Spots
    definition: NDArray[np.int64]
    rarity: NDArray[np.float64]
    of_file: NDArray[np.float64]

    @classmethod
    def of(cls, spots: Spots, definitions: Spots, last_lines: NDArray[np.int64]) -> Self:
        """Return some spots of a repository.

        Parameters
        ----------
        spots, definitions
            The spots, and the definitions of the same files.
        last_lines
            The last line of each file that is known of, shape ``(n_files,)``.
        """
        count = np.diff(spots.words.starts)
        rarities = np.repeat(rarity(count, len(spots)), count)
        return cls(
            spots,
            _same_beginning(spots, definitions),
            np.bincount(spots.words.documents, rarities, len(spots)).astype(np.float64),
            (spots.last - spots.first + 1) / last_lines[spots.file],
        )

    def likely(
        self,
        shared: NDArray[np.float64],
        there: Parts,
        queries: Queries,
        definitions: sparse.csr_array,
    ) -> NDArray[np.float64]:
        """Return P(write) of every cell, shape ``(n_cells,)``.

        Parameters
        ----------
        shared
            The same, if a file that is written were always written in some of these spots.
        there
            The cells, one at least.
        queries
            The words of the tasks.
        definitions
            P(task writes the definition), CSR, shape ``(n_tasks, n_definitions)``.
        """
        asked = sparse.csr_array(queries.weights.astype(bool).astype(np.float64))
        scores = name_scores(asked, queries, self.spots)
        scores.sum_duplicates()
        said = np.asarray(scores[there.task, there.part], dtype=np.float64)
        part = np.divide(said, self.rarity[there.part], out=np.zeros(len(said)), where=said > 0)
        most = np.maximum(UNNAMED + NAMED * part**2, self.of_file[there.part])
        found = np.minimum(shared, there.written.data[there.entry] * most)
        definition = self.definition[there.part]
        inside = definition >= 0
        if inside.any():
            found[inside] = np.asarray(definitions[there.task[inside], definition[inside]])
        return np.asarray(found)


def last_lines(
    spots: Iterable[Spots], pieces: NDArray[np.int64], *, lines: int
) -> NDArray[np.int64]:
    """Return the last line of each file of which something is known, at least 1.

    Parameters
    ----------
    spots
        All that lies in the files.
    pieces
        How many pieces each file has, shape ``(n_files,)``.
    lines
        Lines of a piece.
    """
    found = np.maximum((pieces - 1) * lines + 1, 1)
    for each in spots:
        np.maximum.at(found, each.file, each.last)
    return found


def name_scores(weights: sparse.csr_array, queries: Queries, spots: Spots) -> sparse.csr_array:
    """Return the summed rarity of the words of each task in each name, times their weights.

    Parameters
    ----------
    weights
        Shape ``(n_tasks, n_terms)``, of the terms of the queries.

    Returns
    -------
    csr_array of shape (n_tasks, n_spots)
    """
    postings = spots.words.postings(queries.terms)
    weight = sparse.diags_array(rarity(np.diff(postings.indptr), len(spots)))
    return sparse.csr_array(weights @ (weight @ postings))


def _same_beginning(spots: Spots, definitions: Spots) -> NDArray[np.int64]:
    """Return the definition that begins where each spot does, -1 where none does."""
    begin = _beginnings(definitions)
    wanted = _beginnings(spots)
    if not len(begin):
        return np.full(len(wanted), -1)
    found = np.minimum(np.searchsorted(begin, wanted), len(begin) - 1)
    return np.where(begin[found] == wanted, found, -1)


def _beginnings(spots: Spots) -> NDArray[np.int64]:
    """Return file and first line of each spot in one number, ascending."""
    return spots.file.astype(np.int64) << 32 | spots.first
