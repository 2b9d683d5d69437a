"""How often tasks conflict in the files of a snapshot, a file of little past as its neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.history.conflict_rates import ConflictRates


@dataclass(frozen=True)
class FileRates:
    """P(conflict in a file | two tasks both change it) by file.

    A file that few pairs of tasks have changed is credited with as many pairs again at the rate
    of its directory, and a directory likewise at the rate of the repository.

    Attributes
    ----------
    rate
        In [0, 1], shape ``(n_files,)``.
    together, conflicts
        Pairs of tasks that both changed the file, and those of them that conflict in it, same
        shape.
    overall
        The rate of all files together, in [0, 1].
    counted
        What they were counted from.

    Examples
    --------
    >>> rates = ConflictRates(Counter({"a/x": 20, "a/y": 1}), Counter({"a/x": 15}))
    >>> FileRates.of(rates, ["a/x", "a/y", "b/z"]).rate.round(2).tolist()
    [0.74, 0.6, 0.71]
    """

    rate: NDArray[np.float64]
    together: NDArray[np.int64]
    conflicts: NDArray[np.int64]
    overall: float
    counted: ConflictRates

    @classmethod
    def of(cls, rates: ConflictRates, paths: Sequence[str]) -> Self:
        """Return the rates of some files.

        Parameters
        ----------
        rates
            What past pairs came to, by path; at least one pair.
        paths
            The files.
        """
        pairs: Counter[str] = Counter()
        hits: Counter[str] = Counter()
        for path, number in rates.together.items():
            pairs[_directory(path)] += number
            hits[_directory(path)] += rates.conflicts[path]
        overall, prior = rates.overall, rates.prior
        together = np.array([rates.together[path] for path in paths], dtype=np.int64)
        conflicts = np.array([rates.conflicts[path] for path in paths], dtype=np.int64)
        folders = [_directory(path) for path in paths]
        near = np.array([hits[each] for each in folders], dtype=np.float64) + prior * overall
        near /= np.array([pairs[each] for each in folders], dtype=np.float64) + prior
        rate = (conflicts + prior * near) / (together + prior)
        return cls(rate, together, conflicts, overall, rates)


def _directory(path: str) -> str:
    return path.rpartition("/")[0]
