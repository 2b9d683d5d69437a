"""What a scheduling problem is made from, checked: a clear error names the task or pair."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from taskpar_ml.errors import SchedulingError

Pairs: TypeAlias = ArrayLike | csr_array
"""A number for every pair of tasks: anything of shape (n, n), dense or in compressed rows."""

_MOST: Final = np.iinfo(np.int32).max
MOST_MINUTES: Final = 10_000_000
"""Longest task that a problem may have."""


def whole_minutes(minutes: ArrayLike) -> NDArray[np.int64]:
    """Return whole minutes of each task, at least 1."""
    given = np.asarray(minutes)
    if given.ndim != 1:
        raise SchedulingError(
            "minutes", f"must be one row of numbers. Got shape {given.shape}.", "Pass one a task."
        )
    lengths = given.astype(np.int64)
    wrong = np.flatnonzero((lengths != given) | (lengths < 1) | (lengths > MOST_MINUTES))
    if len(wrong):
        raise SchedulingError(
            f"minutes of task {wrong[0]}",
            f"must be whole, from 1 to {MOST_MINUTES:,}. Got {given[wrong[0]]}.",
            "Round up.",
        )
    return lengths


def pair_matrix(name: str, given: Pairs | None, size: int) -> NDArray[np.generic]:
    """Return a square of numbers for all pairs, false where nothing is given."""
    if given is None:
        return np.zeros((size, size), dtype=bool)
    dense = given.toarray() if isinstance(given, csr_array) else np.asarray(given)
    if dense.shape != (size, size):
        raise SchedulingError(
            name,
            f"must have shape {(size, size)}. Got {dense.shape}.",
            "Pass a row and a column a task.",
        )
    return np.asarray(dense)


def check_symmetric(name: str, pairs: NDArray[np.generic]) -> None:
    """Refuse pairs that are not the same both ways."""
    if not np.array_equal(pairs, pairs.T):
        one, other = np.argwhere(pairs != pairs.T)[0].tolist()
        raise SchedulingError(
            f"{name} of tasks {one} and {other}",
            f"must be the same both ways. Got {pairs[one, other]} and {pairs[other, one]}.",
            "Mirror the matrix.",
        )


def in_units(
    name: str, given: Pairs | None, size: int, scale: int, *, up: bool
) -> NDArray[np.int32]:
    """Return numbers of pairs in whole units, rounded or rounded up."""
    if given is None:
        return np.zeros((size, size), dtype=np.int32)
    pairs = pair_matrix(name, given, size).astype(np.float64)
    most = _MOST // scale
    wrong = np.argwhere(~((pairs >= 0) & (pairs <= most)))
    if len(wrong):
        one, other = wrong[0].tolist()
        raise SchedulingError(
            f"{name} of tasks {one} and {other}",
            f"must be in [0, {most:,}]. Got {pairs[one, other]}.",
            "Keep the two apart if they must not overlap.",
        )
    check_symmetric(name, pairs)
    pairs *= scale
    return (np.ceil if up else np.rint)(pairs, out=pairs).astype(np.int32)


def edge_rows(before: Pairs | Sequence[tuple[int, int]], size: int) -> NDArray[np.int64]:
    """Return edges as rows, sorted, each once."""
    if isinstance(before, csr_array):
        before = before.toarray().astype(bool)
    given = np.asarray(before)
    if given.dtype == bool and given.shape == (size, size):
        given = np.argwhere(given)
    edges = given.astype(np.int64)
    if not edges.size:
        edges = edges.reshape(-1, 2)
    if edges.ndim != 2 or edges.shape[1] != 2:
        raise SchedulingError(
            "before",
            f"must be edges (first, second), or true and false of shape {(size, size)}. "
            f"Got shape {edges.shape}.",
            "Pass one edge a row.",
        )
    wrong = np.flatnonzero(((edges < 0) | (edges >= size)).any(axis=1))
    if len(wrong):
        raise SchedulingError(
            "before",
            f"names tasks from 0 to {size - 1}. Got {tuple(edges[wrong[0]].tolist())}.",
            "Leave out others.",
        )
    return np.unique(edges, axis=0)


def running_mask(
    given: Sequence[int], edges: NDArray[np.int64], size: int, workers: int | None
) -> NDArray[np.bool_]:
    """Return which tasks run: none waits for another, and there are workers for all."""
    positions = np.asarray(given, dtype=np.int64).reshape(-1)
    wrong = positions[(positions < 0) | (positions >= size)]
    if len(wrong):
        raise SchedulingError(
            "running", f"names tasks from 0 to {size - 1}. Got {wrong[0]}.", "Leave out others."
        )
    runs = np.zeros(size, dtype=bool)
    runs[positions] = True
    if workers is not None and runs.sum() > workers:
        raise SchedulingError(
            "running", f"{runs.sum()} tasks run for {workers} workers.", "Leave some out."
        )
    late = edges[runs[edges[:, 1]]]
    if len(late):
        first, second = late[0].tolist()
        raise SchedulingError(
            f"running task {second}", f"waits for task {first}.", "Leave out the edge, or the task."
        )
    return runs
