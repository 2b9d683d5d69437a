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
        self._past = past

    def rank(self, queries: Queries) -> Ranking:
        """Rank by the BM25 scores of the documents."""
        past = self._past
        share = sparse.diags_array(1.0 / np.maximum(past.files_changed, 1.0) ** _BREADTH)
        said_of = sparse.csr_array(share @ past.touched)
        lengths = np.asarray(past.index.lengths @ said_of, dtype=np.float32)
        counts = sparse.csr_array(past.index.postings(queries.terms) @ said_of)
        counts.sort_indices()
        weights = bm25_weights(counts, lengths, saturation=_SATURATION)

        def quote(task: int, file: int) -> str:
            held = np.asarray(weights[:, [file]].toarray().ravel() * queries.row(task))
            strongest = np.argsort(-held, kind="stable")[: int(np.count_nonzero(held))]
            return f"earlier tasks on it: {queries.named(task, strongest)}"

        return Ranking(queries.scores(weights), quote)
