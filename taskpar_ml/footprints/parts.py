"""The parts of the files that tasks write, and how P(write) of a file is shared out to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

SHARPNESS: Final = 4.0
"""Power of the share of the best piece, and of the best name. As what follows, chosen by how well
expected shared regions rank pairs of past tasks, on histories that no published table is about."""
ANYWHERE: Final = 0.01
"""What a piece weighs that holds none of the words, beside the best one."""


@dataclass(frozen=True)
class Layout:
    """Where the parts of each file lie among all parts, which are in the order of the files.

    Attributes
    ----------
    first, count
        The first part of each file and how many it has, shape ``(n_files,)``.
    """

    first: NDArray[np.int64]
    count: NDArray[np.int64]

    @classmethod
    def of(cls, file: NDArray[np.integer], n_files: int) -> Self:
        """Return the layout of parts, given the file of each of them, ascending."""
        count = np.bincount(file, minlength=n_files).astype(np.int64)
        return cls(np.cumsum(count) - count, count)


@dataclass(frozen=True)
class Parts:
    """The parts of the files that some tasks write: one cell per task and part.

    Attributes
    ----------
    written
        P(task writes the file), CSR, shape ``(n_tasks, n_files)``; its stored values are called
        entries here, a task with a file each.
    begin, count
        The first cell of each entry and how many it has, shape ``(n_entries,)``.
    entry
        The entry of each cell, ascending, shape ``(n_cells,)``.
    task, part
        Its task and its part among all parts, same shape.
    """

    written: sparse.csr_array
    begin: NDArray[np.int64]
    count: NDArray[np.int64]
    entry: NDArray[np.int64]
    task: NDArray[np.int64]
    part: NDArray[np.int64]

    @classmethod
    def of(cls, written: sparse.csr_array, layout: Layout) -> Self:
        """Return the cells of the files that are written."""
        count = layout.count[written.indices]
        begin = np.cumsum(count) - count
        entry = np.repeat(np.arange(len(count)), count)
        owner = np.repeat(np.arange(written.shape[0]), np.diff(written.indptr))
        part = layout.first[written.indices[entry]] + np.arange(len(entry)) - begin[entry]
        return cls(written, begin, count, entry, owner[entry], part)

    def share_of_best(self, scores: sparse.csr_array) -> NDArray[np.float64]:
        """Return scores as a sharpened share of the best in the task's own files, in [0, 1].

        Parameters
        ----------
        scores
            0 or more, shape ``(n_tasks, n_parts)``.
        """
        if not len(self.part):
            return np.empty(0)
        scores.sum_duplicates()  # sorted, a cell is found by bisection
        own = np.asarray(scores[self.task, self.part], dtype=np.float64)
        best = np.zeros(self.written.shape[0])
        np.maximum.at(best, self.task, own)
        share = np.zeros(len(own))
        np.divide(own, best[self.task], out=share, where=own > 0)
        return share**SHARPNESS

    def shared_out(self, weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return P(write) of every cell: of each file by the weights of its parts."""
        weight = weight + ANYWHERE
        total = np.bincount(self.entry, weights=weight, minlength=len(self.count))
        return np.asarray(self.written.data[self.entry] * weight / total[self.entry])
