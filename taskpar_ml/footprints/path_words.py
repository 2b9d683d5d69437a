"""Files by the words of their path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from taskpar_ml.footprints.inverted_index import InvertedIndex, bm25_weights
from taskpar_ml.footprints.queries import Queries
from taskpar_ml.footprints.retriever import Ranking
from taskpar_ml.footprints.terms import term_counts

_SATURATION: Final = 1.2
_LENGTH_WEIGHT: Final = 1.0
"""A long path holds more words by chance; measured to be better than the usual 0.75."""


class PathRetriever:
    """Relevant is a file whose path holds the words of the task.

    Parameters
    ----------
    paths
        The paths of the snapshot, in order.
    """

    def __init__(self, paths: Sequence[str]) -> None:
        self._index = InvertedIndex.of_documents([term_counts(path) for path in paths])

    def rank(self, queries: Queries) -> Ranking:
        """Rank by the BM25 scores of the paths."""
        postings = self._index.postings(queries.terms)
        weights = bm25_weights(
            postings,
            self._index.lengths,
            saturation=_SATURATION,
            length_weight=_LENGTH_WEIGHT,
        )
        words = queries.words_in(weights)
        return Ranking(queries.scores(weights), lambda task, file: f"path: {words(task, file)}")
