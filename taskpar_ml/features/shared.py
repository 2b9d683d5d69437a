"""In which item two tasks are most likely to meet: the evidence behind a pair's overlap."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.domain.footprint import Surface, TouchMatrix
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.domain.scored import SharedItems

_CROWD: Final = 64
"""Tasks from which on an item is crowded, as those in the common part of broad zones are."""
_PER_TASK: Final = 32
"""Crowded items of a task that can be named as a reason: its likeliest. Bounds the work."""
_MEETINGS_AT_ONCE: Final = 4_000_000
"""Meetings of two tasks in one item that are held in memory together."""


class SharedItemFinder:
    """Finds the likeliest shared item of many pairs, on one surface.

    Parameters
    ----------
    surface
        Carried into the answer.
    matrix
        Touch probabilities; rows are positions of a pair table's ids.
    """

    def __init__(self, surface: Surface, matrix: TouchMatrix) -> None:
        self.surface = surface
        self.items = matrix.items
        task, item, touch, write, own = _likeliest(matrix)
        by_item = np.argsort(item, kind="stable")
        self._task, self._item = task[by_item], item[by_item]
        self._touch, self._write, self._own = touch[by_item], write[by_item], own[by_item]
        self._start = np.searchsorted(self._item, np.arange(len(self.items) + 1))

    def of(self, pairs: PairTable) -> SharedItems:
        """Return the item in which each pair most probably collides, if there is one."""
        n_pairs = len(pairs)
        top = np.full(n_pairs, -1, dtype=np.int32)
        p_a, p_b = np.zeros(n_pairs), np.zeros(n_pairs)
        best = np.zeros(n_pairs)
        first, row = np.unique(pairs.a, return_inverse=True)
        place = np.full((len(first), len(pairs.ids)), -1, dtype=np.int32)
        place[row, pairs.b] = np.arange(n_pairs, dtype=np.int32)
        row_of = np.full(len(pairs.ids), -1, dtype=np.int64)
        row_of[first] = np.arange(len(first))

        mine = np.flatnonzero(row_of[self._task] >= 0)
        partners = self._start[self._item[mine] + 1] - self._start[self._item[mine]]
        for chunk in _chunks(mine, partners):
            left, right = self._meetings(chunk)
            pair = place[row_of[self._task[left]], self._task[right]]
            wanted = pair >= 0
            pair, left, right = pair[wanted], left[wanted], right[wanted]
            strength = self._strength(left, right)
            # The last of equal pairs wins an assignment: strongest last, first item on ties.
            order = np.lexsort((-self._item[left], strength, pair))
            last = order[np.flatnonzero(np.diff(pair[order], append=-1) != 0)]
            better = last[strength[last] > best[pair[last]]]
            chosen = pair[better]
            best[chosen] = strength[better]
            top[chosen] = self._item[left[better]]
            p_a[chosen], p_b[chosen] = self._touch[left[better]], self._touch[right[better]]
        return SharedItems(self.surface, self.items, top, p_a, p_b)

    def _meetings(self, chunk: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return all pairs of entries in one item whose left side is in the chunk."""
        item = self._item[chunk]
        count = self._start[item + 1] - self._start[item]
        left = np.repeat(chunk, count)
        offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        return left, np.repeat(self._start[item], count) + offset

    def _strength(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return P(one side writes the item, the other touches it)."""
        touch_a, write_a = self._touch[left], self._write[left]
        touch_b, write_b = self._touch[right], self._write[right]
        own = self._own[left] | self._own[right]
        return np.where(own, write_a * touch_b + touch_a * write_b - write_a * write_b, 0.0)


def _likeliest(
    matrix: TouchMatrix,
) -> tuple[
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.bool_],
]:
    """Return task, item, P(touch), P(write) and ownership of the items in which tasks can meet.

    Items of one task alone are left out, and of the crowded ones all but each task's likeliest.
    """
    owned = sparse.coo_array(matrix.touch)
    reached = sparse.coo_array(matrix.reach)
    task = np.concatenate([owned.row, reached.row]).astype(np.int64)
    item = np.concatenate([owned.col, reached.col]).astype(np.int64)
    touch = np.concatenate([owned.data, reached.data])
    own = np.arange(len(task)) < owned.nnz
    write = touch.copy()
    if owned.nnz:
        write[: owned.nnz] = np.asarray(matrix.write[owned.row, owned.col]).ravel()
    tasks_there = np.bincount(item, minlength=len(matrix.items))[item]
    crowded = tasks_there > _CROWD
    order = np.lexsort((item, -touch, crowded, task))
    run = (2 * task + crowded)[order]
    place = np.arange(len(order)) - np.searchsorted(run, run)
    kept = order[(tasks_there[order] > 1) & (~crowded[order] | (place < _PER_TASK))]
    return task[kept], item[kept], touch[kept], write[kept], own[kept]


def _chunks(entries: NDArray[np.int64], meetings: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Split entries so that no part has many more meetings than fit in memory."""
    if not len(entries):
        return []
    part = np.cumsum(meetings) // _MEETINGS_AT_ONCE
    return np.split(entries, np.flatnonzero(np.diff(part)) + 1)
