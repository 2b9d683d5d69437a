"""Files by all that was ever said about them."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import sparse

from taskpar_ml.footprints.inverted_index import bm25_weights
from taskpar_ml.footprints.past_tasks import PastTasks
from taskpar_ml.footprints.queries import Queries
from taskpar_ml.footprints.retriever import Ranking

_SATURATION: Final = 1.2
_BREADTH: Final = 0.5
"""Power of the number of files by which the text of a task counts less for each of them."""


class PastTextRetriever:
    """Relevant is a file whose document, the texts of all tasks that changed it, has the words."""

    def __init__(self, past: PastTasks) -> None:
        self._index = past.index
        share = sparse.diags_array(1.0 / np.maximum(past.files_changed, 1.0) ** _BREADTH)
        self._said_of = sparse.csr_array(share @ past.touched)
        self._lengths = np.asarray(past.index.lengths @ self._said_of, dtype=np.float32)

    def rank(self, queries: Queries) -> Ranking:
        """Rank by the BM25 scores of the documents."""
        counts = sparse.csr_array(self._index.postings(queries.terms) @ self._said_of)
        counts.sort_indices()
        weights = bm25_weights(counts, self._lengths, saturation=_SATURATION)
        words = queries.words_in(weights)
        return Ranking(
            queries.scores(weights), lambda task, file: f"earlier tasks on it: {words(task, file)}"
        )
