"""Where in their files tasks will work: what is touched within a file that is touched.

A task that changes a file changes some of it, and of two tasks that change one file most go to
different places. Where a task goes is told by its words: by the pieces of the file that hold
them, and by the definitions that are named with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.domain.footprint import REGION_STEPS, Surface, quantised
from taskpar_ml.domain.task import Task
from taskpar_ml.footprints.blob_terms import CHUNK_LINES
from taskpar_ml.footprints.content import ContentRetriever
from taskpar_ml.footprints.content_index import ContentIndex
from taskpar_ml.footprints.parts import Layout, Parts
from taskpar_ml.footprints.queries import Queries
from taskpar_ml.footprints.single_lines import SingleLines, last_lines, name_scores
from taskpar_ml.footprints.spots import Spots

_PIECES_OF_A_SPOT: Final = 4
"""Pieces of a definition that are looked at: its beginning tells what it is about."""
_TASKS_AT_ONCE: Final = 64


@dataclass(frozen=True)
class Pinpointed:
    """Where in their files tasks will work.

    Attributes
    ----------
    regions
        P(task writes the region), CSR, shape ``(n_tasks, n_pieces + n_files)``: a region is a
        piece of thirty lines of a file, or a whole file of which no pieces are known.
    spots
        P(task writes the spot) by surface, CSR, shape ``(n_tasks, n_spots)``.
    """

    regions: sparse.csr_array
    spots: Mapping[Surface, sparse.csr_array]


def pinpoint(
    tasks: Sequence[Task],
    written: sparse.csr_array,
    content: ContentIndex,
    spots: Mapping[Surface, Spots],
) -> Pinpointed:
    """Share what tasks write in files out to the parts of the files.

    A file that is written counts as one part of it: the parts' probabilities add up to that of
    the file. Those of a task depend on that task alone. An endpoint is written if its handler is,
    and what lies within a definition if that is. Other endpoints, tables and resources are single
    lines between much else: they get less, unless the task names them.

    Parameters
    ----------
    tasks
        Whose texts are read.
    written
        P(task writes the file), CSR, shape ``(n_tasks, n_files)``.
    content
        The pieces of the files.
    spots
        What lies in the files.
    """
    n_files = written.shape[1]
    n_pieces = content.index.n_documents
    retriever = ContentRetriever(content, n_files)
    pieces = Layout.of(np.repeat(content.files, content.pieces), n_files)
    named = {surface: Layout.of(each.file, n_files) for surface, each in spots.items()}
    definitions = spots[Surface.SYMBOL]
    ends = last_lines(spots.values(), pieces.count, lines=CHUNK_LINES)
    lines = {
        surface: SingleLines.of(each, definitions, ends)
        for surface, each in spots.items()
        if surface != Surface.SYMBOL
    }
    regions = [sparse.csr_array((0, n_pieces + n_files))]
    held = {surface: [sparse.csr_array((0, len(each)))] for surface, each in spots.items()}
    for begin in range(0, len(tasks), _TASKS_AT_ONCE):
        own = sparse.csr_array(written[begin : begin + _TASKS_AT_ONCE])
        if not own.nnz:
            regions.append(sparse.csr_array((own.shape[0], n_pieces + n_files)))
            for surface, each in spots.items():
                held[surface].append(sparse.csr_array((own.shape[0], len(each))))
            continue
        queries = Queries.of(tasks[begin : begin + _TASKS_AT_ONCE])
        parts = Parts.of(own, pieces)
        words = parts.share_of_best(sparse.csr_array(queries.weights @ retriever.weights(queries)))
        by_name = np.zeros(len(words))
        for surface in sorted(spots, key=lambda surface: surface != Surface.SYMBOL):
            each, shape = spots[surface], (own.shape[0], len(spots[surface]))
            there = Parts.of(own, named[surface])
            names = there.share_of_best(name_scores(queries.weights, queries, each))
            first, last = _pieces_of(each, there, parts)
            likely = there.shared_out(_largest(words, first, last) + names)
            if surface == Surface.SYMBOL:
                by_name = _spread(names, first, last, len(words))
            elif len(likely):
                likely = lines[surface].likely(likely, there, queries, held[Surface.SYMBOL][-1])
            held[surface].append(_placed(likely, there.task, there.part, shape))
        regions.append(_regions(parts, parts.shared_out(words + by_name), n_pieces))
    return Pinpointed(
        regions=_stacked(regions),
        spots={surface: _stacked(blocks) for surface, blocks in held.items()},
    )


def _pieces_of(
    spots: Spots, there: Parts, pieces: Parts
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the cells of the first and the last piece that spots lie in; -1 where none is known.

    Parameters
    ----------
    there
        The cells of the spots; what is returned is about these.
    pieces
        The cells of the pieces, of the same tasks and files.
    """
    begin, most = pieces.begin[there.entry], pieces.count[there.entry] - 1
    first = np.minimum((spots.first[there.part] - 1) // CHUNK_LINES, most)
    last = np.minimum((spots.last[there.part] - 1) // CHUNK_LINES, most)
    last = np.minimum(np.maximum(last, first), first + _PIECES_OF_A_SPOT - 1)
    known = most >= 0
    return np.where(known, begin + first, -1), np.where(known, begin + last, -1)


def _largest(
    values: NDArray[np.float64], first: NDArray[np.int64], last: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the largest value of the pieces of each spot, 0 where it has none."""
    found = np.zeros(len(first))
    known = np.flatnonzero(first >= 0)
    for step in range(_PIECES_OF_A_SPOT):
        piece = np.minimum(first[known] + step, last[known])
        found[known] = np.maximum(found[known], values[piece])
    return found


def _spread(
    values: NDArray[np.float64], first: NDArray[np.int64], last: NDArray[np.int64], n_pieces: int
) -> NDArray[np.float64]:
    """Return the largest value of the spots in each piece, 0 where there is none."""
    found = np.zeros(n_pieces)
    known = np.flatnonzero(first >= 0)
    for step in range(_PIECES_OF_A_SPOT):
        inside = known[first[known] + step <= last[known]]
        np.maximum.at(found, first[inside] + step, values[inside])
    return found


def _regions(pieces: Parts, likely: NDArray[np.float64], n_pieces: int) -> sparse.csr_array:
    """Return P(write) of regions: pieces, and after them the files that have none."""
    written = pieces.written
    whole = np.flatnonzero(pieces.count == 0)
    owner = np.repeat(np.arange(written.shape[0]), np.diff(written.indptr))
    return _placed(
        np.concatenate([likely, written.data[whole]]),
        np.concatenate([pieces.task, owner[whole]]),
        np.concatenate([pieces.part, n_pieces + written.indices[whole]]),
        (written.shape[0], n_pieces + written.shape[1]),
    )


def _placed(
    probability: NDArray[np.float64],
    task: NDArray[np.int64],
    column: NDArray[np.int64],
    shape: tuple[int, int],
) -> sparse.csr_array:
    """Return the probabilities that are not next to nothing, at their places."""
    rounded = quantised(probability, steps=REGION_STEPS, keep=False)
    kept = rounded > 0
    placed = sparse.csr_array((rounded[kept], (task[kept], column[kept])), shape=shape)
    placed.sort_indices()
    return placed


def _stacked(blocks: Sequence[sparse.csr_array]) -> sparse.csr_array:
    return sparse.csr_array(sparse.vstack(blocks, format="csr"))
