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
from taskpar_ml.footprints.inverted_index import rarity
from taskpar_ml.footprints.queries import Queries
from taskpar_ml.footprints.spots import Spots

SHARPNESS: Final = 4.0
"""Power of the share of the best piece, and of the best name. As what follows, chosen by how well
expected shared regions rank pairs of past tasks, on histories that no published table is about."""
ANYWHERE: Final = 0.01
"""What a piece weighs that holds none of the words, beside the best one."""
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
    the file. Those of a task depend on that task alone.

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
    retriever = ContentRetriever(content, n_files)
    blocks = [
        _of_block(
            Queries.of(tasks[begin : begin + _TASKS_AT_ONCE]),
            sparse.csr_array(written[begin : begin + _TASKS_AT_ONCE]),
            content,
            retriever,
            spots,
        )
        for begin in range(0, len(tasks), _TASKS_AT_ONCE)
    ]
    nothing = sparse.csr_array((0, content.index.n_documents + n_files))
    return Pinpointed(
        regions=_stacked([nothing, *(each.regions for each in blocks)]),
        spots={
            surface: _stacked(
                [sparse.csr_array((0, len(each))), *(block.spots[surface] for block in blocks)]
            )
            for surface, each in spots.items()
        },
    )


@dataclass(frozen=True)
class _Pieces:
    """The pieces of some files, side by side.

    Attributes
    ----------
    column
        Position of each piece among all pieces, shape ``(n_local,)``.
    file
        Its file, same shape.
    begin, count
        Where the pieces of a file begin here and how many there are, shape ``(n_files,)``.
    """

    column: NDArray[np.int64]
    file: NDArray[np.int64]
    begin: NDArray[np.int64]
    count: NDArray[np.int64]

    @classmethod
    def of(cls, files: NDArray[np.int64], content: ContentIndex, n_files: int) -> _Pieces:
        held = np.flatnonzero(np.isin(content.files, files))
        sizes = np.diff([*content.first.tolist(), content.index.n_documents])[held]
        begin, count = np.zeros(n_files, np.int64), np.zeros(n_files, np.int64)
        begin[content.files[held]] = np.cumsum(sizes) - sizes
        count[content.files[held]] = sizes
        file = np.repeat(content.files[held], sizes)
        column = np.repeat(content.first[held], sizes) + np.arange(len(file)) - begin[file]
        return cls(column, file, begin, count)


def _of_block(
    queries: Queries,
    written: sparse.csr_array,
    content: ContentIndex,
    retriever: ContentRetriever,
    spots: Mapping[Surface, Spots],
) -> Pinpointed:
    n_files = written.shape[1]
    files = np.unique(written.indices).astype(np.int64)
    pieces = _Pieces.of(files, content, n_files)
    words = _share_of_best(
        queries.scores(sparse.csr_array(retriever.weights(queries)[:, pieces.column])),
        written[:, pieces.file],
    )
    held: dict[Surface, sparse.csr_array] = {}
    named = np.zeros_like(words)
    for surface, all_spots in spots.items():
        local = np.flatnonzero(np.isin(all_spots.file, files))
        names = _share_of_best(
            _name_scores(queries, all_spots, local), written[:, all_spots.file[local]]
        )
        first, last = _pieces_of(all_spots, local, pieces)
        around = _largest(words, first, last)
        likely = _shared_out(around + names, all_spots.file[local], written)
        held[surface] = _placed(likely, local, len(all_spots))
        if surface == Surface.SYMBOL:
            named = _spread(names, first, last, words.shape[1])
    likely = _shared_out(words + named, pieces.file, written)
    column = np.concatenate([pieces.column, content.index.n_documents + files])
    whole = written[:, files].toarray() * (pieces.count[files] == 0)
    return Pinpointed(
        regions=_placed(
            np.concatenate([likely, whole], axis=1), column, content.index.n_documents + n_files
        ),
        spots=held,
    )


def _name_scores(queries: Queries, spots: Spots, local: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the summed rarity of the words of each task in each name."""
    postings = spots.words.postings(queries.terms)
    weight = sparse.diags_array(rarity(np.diff(postings.indptr), len(spots)))
    return queries.scores(sparse.csr_array(weight @ postings[:, local]))


def _pieces_of(
    spots: Spots, local: NDArray[np.int64], pieces: _Pieces
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and the last piece that each spot lies in; -1 where none is known."""
    file = spots.file[local]
    most = pieces.count[file] - 1
    first = np.minimum((spots.first[local] - 1) // CHUNK_LINES, most)
    last = np.minimum((spots.last[local] - 1) // CHUNK_LINES, most)
    last = np.minimum(np.maximum(last, first), first + _PIECES_OF_A_SPOT - 1)
    known = most >= 0
    return (
        np.where(known, pieces.begin[file] + first, -1),
        np.where(known, pieces.begin[file] + last, -1),
    )


def _largest(
    values: NDArray[np.float64], first: NDArray[np.int64], last: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the largest value of the pieces of each spot, shape ``(n_tasks, n_spots)``."""
    found = np.zeros((len(values), len(first)))
    known = np.flatnonzero(first >= 0)
    for step in range(_PIECES_OF_A_SPOT):
        piece = np.minimum(first[known] + step, last[known])
        found[:, known] = np.maximum(found[:, known], values[:, piece])
    return found


def _spread(
    values: NDArray[np.float64], first: NDArray[np.int64], last: NDArray[np.int64], n_pieces: int
) -> NDArray[np.float64]:
    """Return the largest value of the spots in each piece, shape ``(n_tasks, n_pieces)``."""
    found = np.zeros((n_pieces, len(values)))
    known = np.flatnonzero(first >= 0)
    for step in range(_PIECES_OF_A_SPOT):
        inside = known[first[known] + step <= last[known]]
        np.maximum.at(found, first[inside] + step, values[:, inside].T)
    return found.T


def _share_of_best(scores: NDArray[np.float64], written: sparse.csr_array) -> NDArray[np.float64]:
    """Return scores as a sharpened share of the best in the task's own files, in [0, 1]."""
    scores = scores * (written.toarray() > 0)
    best = scores.max(axis=1, keepdims=True, initial=0.0)
    share = np.zeros_like(scores)
    np.divide(scores, best, out=share, where=best > 0)
    return share**SHARPNESS


def _shared_out(
    weight: NDArray[np.float64], file: NDArray[np.integer], written: sparse.csr_array
) -> NDArray[np.float64]:
    """Return P(write) of parts of files: of each file by the weights of its parts.

    Parameters
    ----------
    weight
        Shape ``(n_tasks, n_parts)``, the parts of a file side by side.
    file
        File of each part, shape ``(n_parts,)``.
    """
    if not len(file):
        return weight
    first = np.flatnonzero(np.diff(file, prepend=-1))
    size = np.diff([*first.tolist(), len(file)])
    weight = weight + ANYWHERE
    total = np.repeat(np.add.reduceat(weight, first, axis=1), size, axis=1)
    probability = np.repeat(written[:, file[first]].toarray(), size, axis=1)
    return np.asarray(probability * weight / total)


def _placed(
    probability: NDArray[np.float64], column: NDArray[np.int64], width: int
) -> sparse.csr_array:
    """Return the probabilities that are not next to nothing, at their columns."""
    rounded = quantised(probability, steps=REGION_STEPS, keep=False)
    task, local = np.nonzero(rounded)
    placed = sparse.coo_array(
        (rounded[task, local], (task, column[local])), shape=(len(probability), width)
    ).tocsr()
    placed.sort_indices()
    return sparse.csr_array(placed)


def _stacked(blocks: Sequence[sparse.csr_array]) -> sparse.csr_array:
    return sparse.csr_array(sparse.vstack(blocks, format="csr"))
