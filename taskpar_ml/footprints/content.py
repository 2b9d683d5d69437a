"""Files by what stands in them."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.footprints.blob_terms import CHUNK_LINES
from taskpar_ml.footprints.content_index import ContentIndex
from taskpar_ml.footprints.inverted_index import bm25_weights
from taskpar_ml.footprints.queries import Queries
from taskpar_ml.footprints.retriever import Ranking

_SATURATION: Final = 2.0
"""BM25's k1. Measured, as what follows, on histories that no published table is about."""
_PIECES: Final = 3
"""Pieces of a file that count: better than the best alone, and than five of them."""
_DECAY: Final = 0.5
"""What the second piece counts beside the first, and the third beside the second."""


class ContentRetriever:
    """Relevant is a file whose pieces hold the words of the task.

    Parameters
    ----------
    content
        The contents of the snapshot.
    n_files
        How many files the snapshot has, those without contents included.
    """

    def __init__(self, content: ContentIndex, n_files: int) -> None:
        self._content = content
        self._n_files = n_files

    def weights(self, queries: Queries) -> sparse.csr_array:
        """Return the BM25 weights of the queries' terms in all pieces, ``(n_terms, n_pieces)``."""
        index = self._content.index
        return bm25_weights(index.postings(queries.terms), index.lengths, saturation=_SATURATION)

    def rank(self, queries: Queries) -> Ranking:
        """Rank by the BM25 scores of each file's three best pieces."""
        content = self._content
        relevance = np.zeros((queries.n_tasks, self._n_files))
        weights = self.weights(queries)
        if len(content.files):
            relevance[:, content.files] = self._best_pieces(queries.scores(weights))
        by_piece = cache(lambda: sparse.csr_array(weights.T))

        def quote(task: int, file: int) -> str:
            begin, end = content.pieces_of(file)
            asked = queries.row(task)
            best = begin + int(np.argmax(by_piece()[begin:end] @ asked))
            held = by_piece()[[best]]
            strongest = held.indices[np.argsort(-held.data * asked[held.indices], kind="stable")]
            line = (best - begin) * CHUNK_LINES
            named = queries.named(task, strongest)
            return f"lines {line + 1}-{line + CHUNK_LINES}: {named}"

        return Ranking(relevance, quote)

    def _best_pieces(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the discounted sum of the best pieces, shape ``(n_tasks, n_read)``."""
        first, pieces = self._content.first, self._content.pieces
        total = np.zeros((len(scores), len(first)))
        for place in range(_PIECES):
            best = np.maximum.reduceat(scores, first, axis=1)
            total += best * _DECAY**place
            # Equal pieces count once: a copy says nothing new.
            scores[scores == np.repeat(best, pieces, axis=1)] = 0.0
        return total
