"""From the files that tasks write to what those files hold: the other surfaces of a footprint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.domain.footprint import Places, PredictedItems, Surface
from taskpar_ml.footprints.code_map import CodeMap
from taskpar_ml.footprints.spots import Spots

_LEAST: Final = 0.1
"""P(touch) below which an item is left out. Long lists of faint items hardly change how pairs rank,
and tell of a repository how large its files are."""
_MOST_ITEMS: Final = 100
"""Items of a surface that are kept per task, the likeliest."""
_SURE: Final = 1 - 2.0**-20
"""The surest touch: odds of 1 to 0 cannot be added up."""


def held_items(
    places: Places,
    spots: Mapping[Surface, sparse.csr_array],
    code: CodeMap,
    *,
    paths: Sequence[str],
    contexts: Sequence[str | None],
) -> Iterator[tuple[Surface, PredictedItems]]:
    """Yield what tasks touch by the files that they write, surface by surface.

    Surfaces of which the repository is not seen to hold any item are left out: nothing is known
    there. Of the others all are yielded, whatever the tasks touch, so that what is known of a task
    does not depend on the others.

    Parameters
    ----------
    places
        Where the tasks will work.
    spots
        P(task writes the spot) by surface, CSR, shape ``(n_tasks, n_spots)``.
    code
        What lies where.
    paths
        The files.
    contexts
        The bounded context of each file, None for files of the whole system.
    """
    written, known = places.files, places.known
    for surface, touched in spots.items():
        found = _of_spots(touched, code.spots[surface], known)
        if surface == Surface.RESOURCE and code.places:
            names = tuple(f"next migration in {place or '.'}" for place in code.places)
            nothing = sparse.csr_array(places.migrations.shape)
            found = _joined(found, _likeliest(names, places.migrations, nothing, known))
        if len(code.spots[surface]) or (surface == Surface.RESOURCE and code.places):
            yield surface, found
    if code.tests.nnz:
        yield Surface.TEST, _of_tests(written, known, code, paths)
    if any(contexts):
        yield Surface.CONTEXT, _of_contexts(written, known, contexts)


def _of_spots(touched: sparse.csr_array, spots: Spots, known: NDArray[np.bool_]) -> PredictedItems:
    """Return items by their spots: who changes a spot that only uses an item reads it."""
    n_spots, n_items = len(spots), len(spots.items)
    shape = n_spots, n_items
    rows = np.arange(n_spots)

    def items(chosen: NDArray[np.bool_]) -> sparse.csr_array:
        where = rows[chosen], spots.item[chosen]
        return sparse.csr_array(
            touched @ sparse.csr_array((np.ones(len(where[0])), where), shape=shape)
        )

    return _likeliest(spots.items, items(spots.defines), items(~spots.defines), known)


def extended_lines(written: sparse.csr_array, code: CodeMap) -> sparse.csr_array:
    """Return P(task adds a step to the line of migrations), CSR, ``(n_tasks, n_lines)``.

    Nobody changes a migration that has landed. Where the words or the past of a task point to
    some, it will add one.
    """
    return _any_of(written, code.migrations)


def _of_tests(
    written: sparse.csr_array, known: NDArray[np.bool_], code: CodeMap, paths: Sequence[str]
) -> PredictedItems:
    """Return tests: written themselves, or about what is written.

    A test that is about several files tells less of each.
    """
    about = np.diff(code.tests.indptr)
    share = sparse.diags_array(1.0 / np.maximum(about, 1)) @ code.tests
    is_test = sparse.diags_array((about > 0).astype(np.float64))
    return _likeliest(
        paths,
        write=sparse.csr_array(written @ is_test),
        read=_expected(written, sparse.csr_array(share.T)),
        known=known,
    )


def _of_contexts(
    written: sparse.csr_array, known: NDArray[np.bool_], contexts: Sequence[str | None]
) -> PredictedItems:
    """Return the contexts of the files that are written."""
    names = sorted({name for name in contexts if name is not None})
    column = {name: place for place, name in enumerate(names)}
    where = np.array(
        [(file, column[name]) for file, name in enumerate(contexts) if name is not None],
        dtype=np.int64,
    ).reshape(-1, 2)
    members = sparse.csr_array(
        (np.ones(len(where)), (where[:, 0], where[:, 1])), shape=(len(contexts), len(names))
    )
    write = _any_of(written, members)
    return _likeliest(names, write, sparse.csr_array(write.shape), known)


def _any_of(written: sparse.csr_array, members: sparse.csr_array) -> sparse.csr_array:
    """Return P(some member is written), the members' touches independent of each other."""
    missed = written.copy()
    missed.data = -np.log1p(-np.minimum(missed.data, _SURE))
    found = sparse.csr_array(missed @ members)
    found.sort_indices()  # products of two rows then add up in one order, whichever comes first
    found.data = -np.expm1(-found.data)
    return found


def _expected(written: sparse.csr_array, share: sparse.csr_array) -> sparse.csr_array:
    """Return the expected share of what each column is about that is written."""
    found = sparse.csr_array(written @ share)
    found.sort_indices()
    return found


def _likeliest(
    names: Sequence[str],
    write: sparse.csr_array,
    read: sparse.csr_array,
    known: NDArray[np.bool_],
) -> PredictedItems:
    """Return the items that are likely enough, at most so many of each task."""
    both = sparse.csr_array(write + read)
    kept = _top(both)
    write = sparse.csr_array(write * kept)
    read = sparse.csr_array(read * kept)
    for each in (write, read):
        each.data = np.minimum(each.data, 1.0)
        each.eliminate_zeros()
        each.sort_indices()
    used = np.union1d(write.indices, read.indices)
    return PredictedItems(
        tuple(names[column] for column in used.tolist()),
        write=sparse.csr_array(write[:, used]),
        read=sparse.csr_array(read[:, used]),
        known=known,
    )


def _top(matrix: sparse.csr_array) -> sparse.csr_array:
    """Return ones at the largest entries of every row."""
    ordered = sparse.coo_array(matrix)
    likely = ordered.data >= _LEAST
    row, column, value = ordered.row[likely], ordered.col[likely], ordered.data[likely]
    order = np.lexsort((column, -value, row))
    row, column = row[order], column[order]
    begin = np.searchsorted(row, np.arange(matrix.shape[0]))
    kept = np.arange(len(row)) - begin[row] < _MOST_ITEMS
    return sparse.csr_array(
        (np.ones(int(kept.sum())), (row[kept], column[kept])), shape=matrix.shape
    )


def _joined(first: PredictedItems, second: PredictedItems) -> PredictedItems:
    """Return the items of both, which have no name in common."""
    return PredictedItems(
        (*first.items, *second.items),
        write=sparse.csr_array(sparse.hstack([first.write, second.write], format="csr")),
        read=sparse.csr_array(sparse.hstack([first.read, second.read], format="csr")),
        known=first.known,
    )
