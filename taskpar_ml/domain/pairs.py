"""Pairs of tasks as columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.errors import UnknownTaskError

Index = NDArray[np.int32]


@dataclass(frozen=True)
class PairTable:
    """Unordered pairs of distinct tasks, each once, with ``task_a < task_b`` by code point.

    Attributes
    ----------
    ids
        All task ids in code-point order, shape ``(n_tasks,)``.
    a, b
        Positions in ``ids``, shape ``(n_pairs,)``, ``a < b`` in every row.

    Examples
    --------
    >>> pairs = PairTable.of(["t2", "t10", "t1"])
    >>> list(zip(pairs.task_a, pairs.task_b))
    [('t1', 't10'), ('t1', 't2'), ('t10', 't2')]
    """

    ids: tuple[str, ...]
    a: Index
    b: Index

    @classmethod
    def of(cls, ids: Iterable[str]) -> PairTable:
        """Return every pair of the tasks: ``n * (n - 1) / 2`` rows in key order."""
        ordered = tuple(sorted(ids))
        a, b = np.triu_indices(len(ordered), k=1)
        return cls(ordered, a.astype(np.int32), b.astype(np.int32))

    @classmethod
    def chosen(cls, ids: Iterable[str], pairs: Iterable[tuple[str, str]]) -> PairTable:
        """Return the named pairs of the tasks, in key order, each once.

        Raises
        ------
        UnknownTaskError
            If a pair names a task that is not among ``ids``, or a task with itself.
        """
        ordered = tuple(sorted(ids))
        position = {task: index for index, task in enumerate(ordered)}
        keys: set[tuple[int, int]] = set()
        for row, pair in enumerate(pairs, start=1):
            for task in pair:
                if task not in position:
                    raise UnknownTaskError(
                        f"pair {row}",
                        f"task {task!r} is not among the open tasks.",
                        f"Known: {shortened(ordered)}.",
                    )
            first, second = sorted(position[task] for task in pair)
            if first == second:
                raise UnknownTaskError(
                    f"pair {row}", f"task {pair[0]!r} is paired with itself.", "Name two tasks."
                )
            keys.add((first, second))
        columns = np.array(sorted(keys), dtype=np.int32).reshape(-1, 2)
        return cls(ordered, columns[:, 0].copy(), columns[:, 1].copy())

    def __len__(self) -> int:
        return len(self.a)

    @cached_property
    def task_a(self) -> NDArray[np.object_]:
        """Ids of the first side."""
        return np.array(self.ids, dtype=object)[self.a]

    @cached_property
    def task_b(self) -> NDArray[np.object_]:
        """Ids of the second side."""
        return np.array(self.ids, dtype=object)[self.b]

    def row_matrix(self) -> NDArray[np.int64]:
        """Return the row of every pair, shape ``(n_tasks, n_tasks)``, symmetric, else -1."""
        rows = np.full((len(self.ids), len(self.ids)), -1, dtype=np.int64)
        rows[self.a, self.b] = rows[self.b, self.a] = np.arange(len(self))
        return rows

    def blocks(self, rows: int) -> Iterator[PairTable]:
        """Yield the table in consecutive pieces of about ``rows`` pairs, whole tasks each.

        A piece holds all pairs of a run of first sides, so that a block of a matrix product
        answers all of it. An empty table is one empty piece.
        """
        if not len(self):
            yield self
            return
        starts = np.flatnonzero(np.r_[True, np.diff(self.a) != 0])
        begin = 0
        for end in [*starts[1:].tolist(), len(self)]:
            if end - begin >= rows or end == len(self):
                yield PairTable(self.ids, self.a[begin:end], self.b[begin:end])
                begin = end


def shortened(ids: Iterable[str], *, most: int = 12) -> str:
    """Return ids as a readable list that does not grow without bound."""
    named = list(ids)
    tail = f" and {len(named) - most} more" if len(named) > most else ""
    return (", ".join(named[:most]) or "none") + tail
