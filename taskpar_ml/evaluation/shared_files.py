"""Files that two tasks share, once the files of both are known."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.history.batches import TaskBatch

TWO_FILES: Final = 2
"""Shared files from which on the plainest rule keeps two tasks apart."""


@dataclass(frozen=True)
class SharedFiles:
    """How many files the tasks of each pair share and have, shape ``(n_pairs,)`` each.

    Pairs stand in the order of a pair table, which is that of ``itertools.combinations``.

    Attributes
    ----------
    shared
        Files of both.
    fewer
        Files of whichever has fewer.
    either
        Files of at least one of them.

    Examples
    --------
    >>> files = SharedFiles.of([{"a", "b", "c"}, {"b", "c"}, {"d"}])
    >>> files.shared.tolist(), files.fewer.tolist(), files.either.tolist()
    ([2, 0, 0], [2, 1, 1], [3, 4, 3])
    """

    shared: NDArray[np.int64]
    fewer: NDArray[np.int64]
    either: NDArray[np.int64]

    @classmethod
    def of(cls, files: Sequence[Collection[str]]) -> Self:
        """Count the files of every pair.

        Parameters
        ----------
        files
            By task, each file once.
        """
        column: dict[str, int] = {}
        columns = [column.setdefault(path, len(column)) for own in files for path in own]
        counts = np.array([len(own) for own in files], dtype=np.int64)
        starts = np.r_[0, np.cumsum(counts)]
        touched = sparse.csr_array(
            (np.ones(len(columns), dtype=np.int64), np.array(columns, dtype=np.int64), starts),
            shape=(len(files), max(len(column), 1)),
        )
        one, two = np.triu_indices(len(files), k=1)
        shared = (touched @ touched.T).toarray()[one, two].astype(np.int64)
        return cls(shared, np.minimum(counts[one], counts[two]), counts[one] + counts[two] - shared)

    @classmethod
    def of_batch(cls, batch: TaskBatch) -> Self:
        """Count the paths that the tasks of a batch touched, old names of renamed files included.

        Of a mass change those count that its landing keeps.
        """
        return cls.of([set(task.touched) for task in batch.tasks])


def shared_file_count(batch: TaskBatch) -> NDArray[np.float64]:
    """Return how many paths the tasks of each pair both touched, shape ``(n_pairs,)``, 0 or more.

    Source: the first of the feature sets in Owhadi-Kareshk, Nadi and Rubin, "Predicting Merge
    Conflicts in Collaborative Software Development" (2019).
    """
    return SharedFiles.of_batch(batch).shared.astype(np.float64)


def two_shared_files(batch: TaskBatch) -> NDArray[np.float64]:
    """Return 1 for each pair that shares two paths or more, else 0, shape ``(n_pairs,)``."""
    return (SharedFiles.of_batch(batch).shared >= TWO_FILES).astype(np.float64)


def shared_file_jaccard(batch: TaskBatch) -> NDArray[np.float64]:
    """Return the share of the paths of a pair that both touched, shape ``(n_pairs,)``, in [0, 1].

    Two tasks that touched nothing share nothing: 0.

    Source: Jaccard, "Étude comparative de la distribution florale" (1901).
    """
    files = SharedFiles.of_batch(batch)
    return files.shared / np.maximum(files.either, 1)
