"""Files by the identifiers that a text names."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from taskpar_ml.footprints.content_index import ContentIndex
from taskpar_ml.footprints.inverted_index import rarity
from taskpar_ml.footprints.queries import Queries
from taskpar_ml.footprints.retriever import Ranking


class IdentifierRetriever:
    """Relevant is a file that holds an identifier of the text, the fewer others hold it the more.

    An identifier is a word of several parts, in whatever spelling: ``rate_limit``, ``RateLimit``.

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

    def rank(self, queries: Queries) -> Ranking:
        """Rank by the summed rarity of the identifiers that each file holds."""
        pieces = self._content.index.postings(queries.terms)
        held = sparse.csr_array(pieces @ self._content.file_of_piece(self._n_files))
        held.data = np.ones_like(held.data)
        weight = np.where(queries.identifiers, rarity(np.diff(held.indptr), self._n_files), 0.0)
        weights = sparse.csr_array(sparse.diags_array(weight) @ held)
        weights.eliminate_zeros()
        words = queries.words_in(weights)
        return Ranking(
            queries.scores(weights), lambda task, file: f"identifiers: {words(task, file)}"
        )
