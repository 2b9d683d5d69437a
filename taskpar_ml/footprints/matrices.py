"""Fuses evidence into touch probabilities: rows of evidence in, sparse matrices out.

The rule is that of :mod:`taskpar_ml.footprints.pooling`: the gains of all evidence for an item
add up. Evidence of a read counts for the touch only; evidence of a write counts for touch and
write.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.domain.footprint import (
    Access,
    Evidence,
    EvidenceSource,
    PredictedItems,
    RetrievedTouches,
    Surface,
    TouchMatrix,
    quantised,
)
from taskpar_ml.footprints.pooling import gains_of, probability_of
from taskpar_ml.repo.globs import PathIndex, common_path, example_path, is_literal
from taskpar_ml.repo.pattern_index import PatternIndex


class _Cells(NamedTuple):
    """Evidence by task and column, several cells for one place where several speak for it."""

    task: NDArray[np.int64]
    column: NDArray[np.int64]
    gain: NDArray[np.float64]
    writes: NDArray[np.bool_]


MOST_MATCHED: Final = 200
"""Files of a pattern that are looked into."""

_SIGNATURE_SEED: Final = 20_240_229
"""Any fixed number: signatures only have to be the same within one run."""


def named_matrix(
    rows: Sequence[Evidence],
    tasks: Mapping[str, int],
    predicted: PredictedItems | None = None,
) -> TouchMatrix:
    """Fuse the evidence of a surface whose items are plain names.

    An item that a text names and that lies in a file of the task is believed by the better of the
    two: its name has already spoken for the file.

    Parameters
    ----------
    rows
        Evidence of one surface.
    tasks
        Position of every task.
    predicted
        Items of the surface that the files of the tasks hold.
    """
    told = sorted({row.item for row in rows})
    items = tuple(sorted({*told, *(predicted.items if predicted else ())}))
    column = {item: index for index, item in enumerate(items)}
    cells = _Cells(
        np.array([tasks[row.task] for row in rows], dtype=np.int64),
        np.array([column[row.item] for row in rows], dtype=np.int64),
        gains_of(np.array([row.probability for row in rows], dtype=np.float64)),
        np.array([row.access == Access.WRITE for row in rows], dtype=bool),
    )
    shape = len(tasks), len(items)
    fused = _matrix(items, np.ones(len(items)), cells, shape, sparse.csr_array(shape))
    if predicted is None:
        return fused
    held = np.array([column[item] for item in predicted.items], dtype=np.int64)
    write = _placed(predicted.write, held, shape)
    return replace(
        fused,
        touch=_larger(fused.touch, _placed(predicted.read, held, shape) + write),
        write=_larger(fused.write, write),
        known=fused.known | predicted.known,
        writes_known=fused.writes_known | predicted.known,
    )


def _placed(
    held: sparse.csr_array, column: NDArray[np.int64], shape: tuple[int, int]
) -> sparse.csr_array:
    """Return probabilities in the columns that their items have among all."""
    entries = sparse.coo_array(held)
    placed = (entries.data, (entries.row, column[entries.col]))
    return sparse.csr_array(placed, shape=shape)


def _larger(told: sparse.csr_array, held: sparse.csr_array) -> sparse.csr_array:
    """Return the larger of two probabilities, in steps of 1/256."""
    found = sparse.csr_array(told.maximum(held))
    found.data = quantised(np.minimum(found.data, 1.0))
    found.eliminate_zeros()
    found.sort_indices()
    return found


def _all_cells(*parts: _Cells) -> _Cells:
    task, column, gain, writes = zip(*parts, strict=True)
    return _Cells(*(np.concatenate(each) for each in (task, column, gain, writes)))


def file_matrix(
    rows: Sequence[Evidence],
    tasks: Mapping[str, int],
    paths: PathIndex,
    *,
    retrieved: RetrievedTouches | None = None,
) -> TouchMatrix:
    """Fuse the evidence of the file surface, whose items are paths and globs.

    Files that every pattern treats alike share one column, so that a zone over half of a large
    repository costs no more than a single file. What matches no file yet is a column of its own.

    Parameters
    ----------
    rows
        Evidence of the file surface.
    tasks
        Position of every task.
    paths
        Paths of the snapshot.
    retrieved
        Files that texts are about, written if at all.
    """
    patterns = tuple(sorted({row.item for row in rows}))
    column = {pattern: index for index, pattern in enumerate(patterns)}
    matched = [paths.matching(pattern) for pattern in patterns]
    single = np.unique(retrieved.file) if retrieved else np.empty(0, dtype=np.int64)
    classes, items, size = _path_classes([*matched, *single.reshape(-1, 1)], paths)
    absent = [pattern for pattern, hits in zip(patterns, matched, strict=True) if not len(hits)]
    for offset, pattern in enumerate(absent):
        classes[column[pattern]] = np.array([len(items) + offset], dtype=np.int64)
    items = (*items, *(f"{pattern} (new)" for pattern in absent))
    size = np.concatenate([size, np.ones(len(absent))])

    cells = _evidence_cells(rows, tasks, [classes[column[row.item]] for row in rows])
    if retrieved:
        of_single = np.concatenate([*classes[len(patterns) :], np.empty(0, dtype=np.int64)])
        cells = _all_cells(
            cells,
            _Cells(
                retrieved.task,
                of_single[np.searchsorted(single, retrieved.file)],
                retrieved.gained,
                np.ones(len(retrieved.task), dtype=bool),
            ),
        )
    shape = len(tasks), len(items)
    reach = _reach(rows, tasks, absent, first=len(items) - len(absent), shape=shape)
    return _matrix(items, size, cells, shape, reach)


def written_files(
    rows: Sequence[Evidence],
    tasks: Mapping[str, int],
    paths: PathIndex,
    retrieved: RetrievedTouches,
) -> tuple[sparse.csr_array, NDArray[np.bool_]]:
    """Return P(task writes the file) of every file that exists, and of which tasks files are known.

    A pattern of more than 200 files says too little of each of them and is left out; of a task
    that declares one nothing is known. Parameters are those of :func:`file_matrix`.

    Returns
    -------
    written
        CSR, shape ``(n_tasks, n_files)``.
    known
        Whether something is known of the files that the task writes, if only that they do not
        exist yet, shape ``(n_tasks,)``.
    """
    told = [row for row in rows if row.surface == Surface.FILE and row.access == Access.WRITE]
    matched = {item: paths.matching(item) for item in {row.item for row in told}}
    narrow = [row for row in told if len(matched[row.item]) <= MOST_MATCHED]
    cells = _all_cells(
        _evidence_cells(narrow, tasks, [matched[row.item] for row in narrow]),
        _Cells(
            retrieved.task,
            retrieved.file,
            retrieved.gained,
            np.ones(len(retrieved.task), dtype=bool),
        ),
    )
    known = np.zeros(len(tasks), dtype=bool)
    known[[tasks[row.task] for row in narrow]] = True
    known[retrieved.task] = True
    for row in told:
        if row.source == EvidenceSource.DECLARED and len(matched[row.item]) > MOST_MATCHED:
            known[tasks[row.task]] = False
    return _pooled(cells.task, cells.column, cells.gain, (len(tasks), len(paths))), known


def _evidence_cells(
    rows: Sequence[Evidence], tasks: Mapping[str, int], columns: Sequence[NDArray[np.int64]]
) -> _Cells:
    """Return one cell per row of evidence and column that its item stands for."""
    width = np.array([len(each) for each in columns], dtype=np.int64)
    gains = gains_of(np.array([row.probability for row in rows], dtype=np.float64))
    return _Cells(
        np.repeat(np.array([tasks[row.task] for row in rows], dtype=np.int64), width),
        np.concatenate([np.empty(0, dtype=np.int64), *columns]),
        np.repeat(gains, width),
        np.repeat(np.array([row.access == Access.WRITE for row in rows], dtype=bool), width),
    )


def _matrix(
    items: tuple[str, ...],
    size: NDArray[np.float64],
    cells: _Cells,
    shape: tuple[int, int],
    reach: sparse.csr_array,
) -> TouchMatrix:
    task, column, gain, writes = cells
    touch = _pooled(task, column, gain, shape)
    write = _pooled(task[writes], column[writes], gain[writes], shape)
    known = np.zeros(shape[0], dtype=bool)
    known[task] = True
    owned = touch.astype(bool)
    return TouchMatrix(
        items=items,
        size=size,
        touch=touch,
        write=write,
        reach=sparse.csr_array(reach - reach * owned),
        known=known,
        writes_known=np.asarray(np.diff(write.indptr) > 0, dtype=bool),
    )


def _pooled(
    task: NDArray[np.int64],
    column: NDArray[np.int64],
    gain: NDArray[np.float64],
    shape: tuple[int, int],
) -> sparse.csr_array:
    """Return the probability of every cell, in steps of 1/256."""
    summed = sparse.coo_array((gain, (task, column)), shape=shape).tocsr()
    summed.data = quantised(probability_of(summed.data))
    summed.sort_indices()
    return sparse.csr_array(summed)


def _path_classes(
    matched: Sequence[NDArray[np.int64]], paths: PathIndex
) -> tuple[list[NDArray[np.int64]], tuple[str, ...], NDArray[np.float64]]:
    """Group the files that no pattern tells apart.

    Returns
    -------
    classes
        For every pattern, the columns that its files fall into.
    items
        A name for every column, in the order of the first path of each.
    size
        How many files each column stands for.
    """
    random = np.random.default_rng(_SIGNATURE_SEED)
    keys = random.integers(0, 2**63, size=(len(matched), 2), dtype=np.uint64)
    signature = np.zeros((len(paths), 2), dtype=np.uint64)
    for hits, key in zip(matched, keys, strict=True):
        signature[hits] += key  # wraps around: a sum of random keys names the set of patterns
    touched = np.unique(np.concatenate([*matched, np.empty(0, dtype=np.int64)]))
    _, first, group, count = np.unique(
        signature[touched], axis=0, return_index=True, return_inverse=True, return_counts=True
    )
    by_path = np.argsort(first)
    column_of = np.full(len(paths), -1, dtype=np.int64)
    column_of[touched] = np.argsort(by_path)[group.reshape(-1)]
    names = tuple(
        _class_name(paths.paths[touched[position]], number)
        for position, number in zip(first[by_path].tolist(), count[by_path].tolist(), strict=True)
    )
    classes = [np.unique(column_of[hits]) for hits in matched]
    return classes, names, count[by_path].astype(np.float64)


def _class_name(path: str, count: int) -> str:
    return path if count == 1 else f"{path} and {count - 1} more"


def _reach(
    rows: Sequence[Evidence],
    tasks: Mapping[str, int],
    absent: Sequence[str],
    *,
    first: int,
    shape: tuple[int, int],
) -> sparse.csr_array:
    """Return how far declared patterns reach to what others would create."""
    declared = [
        row for row in rows if row.source == EvidenceSource.DECLARED and row.access == Access.WRITE
    ]
    holders: dict[str, set[int]] = {}
    for row in declared:
        holders.setdefault(row.item, set()).add(tasks[row.task])
    literal = {each: example_path(each) for each in {*absent, *holders} if is_literal(each)}
    index = PatternIndex(holders)
    meeting: list[tuple[int, int]] = []
    for offset, pattern in enumerate(absent):
        for glob in index.near(pattern):
            if glob != pattern and _overlap(glob, pattern, literal):
                meeting.extend((owner, first + offset) for owner in holders[glob])
    where = np.array(sorted(set(meeting)), dtype=np.int64).reshape(-1, 2)
    ones = np.ones(len(where))
    return sparse.csr_array((ones, (where[:, 0], where[:, 1])), shape=shape)


def _overlap(first: str, second: str, literal: Mapping[str, str]) -> bool:
    """Whether a path may match both patterns; a literal one names all below it."""
    if first in literal and second in literal:
        one, other = sorted((literal[first], literal[second]), key=len)
        return other == one or other.startswith(f"{one}/")
    return common_path(first, second) is not None
