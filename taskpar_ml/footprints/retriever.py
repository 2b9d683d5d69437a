"""The contract of everything that ranks the files of a repository for tasks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.footprints.queries import Queries


@dataclass(frozen=True)
class Ranking:
    """How relevant every file is to every task, by one kind of evidence.

    Attributes
    ----------
    relevance
        Shape ``(n_tasks, n_files)``, 0 or more, in no certain unit.
    quote
        From the positions of a task and of a file that is relevant to it to a few words that
        say why.
    """

    relevance: NDArray[np.float64]
    quote: Callable[[int, int], str]


class Retriever(Protocol):
    """Ranks the files of a repository for tasks, by one kind of evidence.

    Laws: the answer for a task depends on its own query alone; to a query without terms that the
    evidence knows nothing is relevant.
    """

    def rank(self, queries: Queries) -> Ranking:
        """Return the relevance of all files to all tasks."""
        ...


FEW_FAVOURITES: Final = 10.0
"""Files that may share the first place without telling less of each: tasks change so many."""


def spread(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return by how much the log odds of every file fall because many are liked as well.

    A text of which every file has a word says nothing of any of them. Files count as favourites
    by the eighth power of their share: at 0.9 of the best, two in five do.

    Parameters
    ----------
    share
        As from :func:`share_of_best`, shape ``(n_tasks, n_files)``.

    Returns
    -------
    ndarray of shape (n_tasks,)
        0 for up to ten favourites, else the logarithm of how many times more there are.

    Examples
    --------
    >>> spread(np.ones((1, 27))).round(2).tolist(), spread(np.ones((1, 9))).tolist()
    ([0.99], [0.0])
    """
    near = np.square(np.square(np.square(share)))
    favourites = near.sum(axis=1)
    return np.asarray(np.log(np.maximum(favourites / FEW_FAVOURITES, 1.0)))


def share_of_best(relevance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return relevance as a share of the task's most relevant file, in [0, 1].

    Examples
    --------
    >>> share_of_best(np.array([[1.0, 4.0], [0.0, 0.0]])).tolist()
    [[0.25, 1.0], [0.0, 0.0]]
    """
    best = relevance.max(axis=1, keepdims=True, initial=0.0)
    share = np.zeros_like(relevance)
    np.divide(relevance, best, out=share, where=best > 0)
    return share
