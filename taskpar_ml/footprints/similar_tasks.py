"""Files by the earlier tasks that said the same."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.footprints.inverted_index import bm25_weights
from taskpar_ml.footprints.past_tasks import PastTasks
from taskpar_ml.footprints.queries import Queries
from taskpar_ml.footprints.retriever import Ranking

_SATURATION: Final = 1.2
_MOST_SIMILAR: Final = 60
"""Earlier tasks that have a say."""
_SHARPNESS: Final = 3.0
"""Power of the similarity: one good precedent outweighs many faint ones."""
_BREADTH: Final = 0.25
"""Power of the number of files by which the say of a task is divided."""
_HALF_LIFE: Final = 2_000.0
"""Tasks after which a precedent counts half. All four measured on histories that no published
table is about; each is flat around its value."""


class SimilarTaskRetriever:
    """Relevant is a file that similar earlier tasks changed."""

    def __init__(self, past: PastTasks) -> None:
        self._past = past

    def rank(self, queries: Queries) -> Ranking:
        """Rank by the votes of the most similar earlier tasks."""
        past = self._past
        votes = self.votes(queries)
        relevance = np.asarray((votes @ past.touched).toarray(), dtype=np.float64)
        by_file = cache(lambda: sparse.csc_array(past.touched))

        def quote(task: int, file: int) -> str:
            precedents = by_file()
            begin, end = precedents.indptr[file], precedents.indptr[file + 1]
            touching = precedents.indices[begin:end]
            voted = votes[[task]].toarray().ravel()[touching]
            return f"similar task: {past.title(int(touching[np.argmax(voted)]))}"

        return Ranking(relevance, quote)

    def votes(self, queries: Queries) -> sparse.csr_array:
        """Return the say of each earlier task, in (0, 1], CSR, shape ``(n_tasks, n_past)``."""
        past = self._past
        weights = bm25_weights(
            past.index.postings(queries.terms), past.index.lengths, saturation=_SATURATION
        )
        scores = queries.scores(weights)
        rows, columns = _largest(scores, _MOST_SIMILAR)
        best = scores.max(axis=1, initial=0.0)[rows]
        age = past.n_past - columns
        files = np.maximum(past.files_changed[columns], 1.0)
        say = (scores[rows, columns] / best) ** _SHARPNESS
        say *= 0.5 ** (age / _HALF_LIFE) / files**_BREADTH
        return sparse.csr_array((say, (rows, columns)), shape=scores.shape)


def _largest(scores: NDArray[np.float64], most: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return rows and columns of the largest positive scores of each row, early columns first."""
    count = min(most, scores.shape[1])
    if not count:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    # The least score that has a say, by its value: ties all have one, whatever their order.
    least = np.partition(scores, -count, axis=1)[:, -count]
    rows, columns = np.nonzero((scores >= least[:, None]) & (scores > 0))
    return rows, columns
