"""Files that go with likely files: they used to change together, or bear one name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

CO_CHANGE: Final = "co-change"
NAMESAKE: Final = "same name"
SAME_DIRECTORY: Final = "same directory"
NEIGHBOUR_GAIN: Final[Mapping[str, float]] = MappingProxyType(
    {CO_CHANGE: 1.5, NAMESAKE: 0.7, SAME_DIRECTORY: 0.1}
)
"""Log odds that a file gains whose neighbour is touched for sure."""

_SOURCES: Final = 30
"""Likely files of a task whose neighbours are looked at."""
_MOST_NAMESAKES: Final = 4
"""A name that more files bear (``index``, ``__init__``) binds none of them together."""
_SHORTEST_NAME: Final = 4
_TEST_AFFIX: Final = re.compile(r"^(?:tests?|spec)[_.-]|[_.-](?:tests?|spec)$|(?<=[a-z])Tests?$")


class Neighbours:
    """What changes along with a file.

    Parameters
    ----------
    co_change
        P(column changes | row changes) by earlier tasks, CSR, shape ``(n_files, n_files)``.
    paths
        The files, in order.
    """

    def __init__(self, co_change: sparse.csr_array, paths: Sequence[str]) -> None:
        self._co_change = co_change
        self._namesakes = namesakes(paths)
        _, self._directory, size = np.unique(
            [path.rpartition("/")[0] for path in paths], return_inverse=True, return_counts=True
        )
        self._others = np.maximum(size[self._directory] - 1, 1)

    def of(self, probability: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        """Return how probable each file is through a neighbour of it.

        Parameters
        ----------
        probability
            P(touch) of every file for one task so far, shape ``(n_files,)``.

        Returns
        -------
        dict of ndarrays of shape (n_files,)
            :data:`CO_CHANGE`: the largest P(neighbour) x P(file | neighbour).
            :data:`NAMESAKE`: the largest P(namesake).
            :data:`SAME_DIRECTORY`: the mean of P over the other files of its directory.
        """
        count = min(_SOURCES, len(probability))
        sources = np.argsort(-probability, kind="stable")[:count]
        weight = sparse.diags_array(probability[sources])
        inside = np.bincount(self._directory, weights=probability)[self._directory]
        found = {
            name: _largest_per_column(sparse.csr_array(weight @ matrix[sources]))
            for name, matrix in ((CO_CHANGE, self._co_change), (NAMESAKE, self._namesakes))
        }
        return {**found, SAME_DIRECTORY: np.maximum(inside - probability, 0.0) / self._others}


def namesakes(paths: Sequence[str]) -> sparse.csr_array:
    """Return which files bear one name, their endings and marks of tests left aside.

    Examples
    --------
    >>> namesakes(["src/tokens.py", "tests/test_tokens.py", "src/users.py"]).toarray().tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    bearers: defaultdict[str, list[int]] = defaultdict(list)
    for position, path in enumerate(paths):
        name = path.rpartition("/")[2].partition(".")[0]
        bearers[_TEST_AFFIX.sub("", name).lower()].append(position)
    pairs = [
        (one, other)
        for name, group in bearers.items()
        if len(name) >= _SHORTEST_NAME and len(group) <= _MOST_NAMESAKES
        for one in group
        for other in group
        if one != other
    ]
    where = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    shape = len(paths), len(paths)
    return sparse.csr_array((np.ones(len(where)), (where[:, 0], where[:, 1])), shape=shape)


def _largest_per_column(matrix: sparse.csr_array) -> NDArray[np.float64]:
    largest = np.zeros(matrix.shape[1])
    np.maximum.at(largest, matrix.indices, matrix.data)
    return largest
