"""An index from terms to the documents that hold them, and the BM25 relevance of documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

LENGTH_WEIGHT: Final = 0.75
"""BM25's b: how much a long document is discounted; the usual value."""


@dataclass(frozen=True)
class InvertedIndex:
    """Documents by their terms. Plain arrays, so that it can lie on disk and be mapped.

    Attributes
    ----------
    terms
        Distinct term hashes, sorted, shape ``(n_terms,)``.
    starts
        Where the postings of each term begin, shape ``(n_terms + 1,)``.
    documents
        Positions of documents, ascending within a term, shape ``(n_postings,)``.
    counts
        How often the document holds the term, same shape.
    lengths
        Sum of the counts of each document, shape ``(n_documents,)``.
    """

    terms: NDArray[np.uint32]
    starts: NDArray[np.int64]
    documents: NDArray[np.int32]
    counts: NDArray[np.float32]
    lengths: NDArray[np.float32]

    @classmethod
    def of(
        cls,
        terms: NDArray[np.uint32],
        documents: NDArray[np.int32],
        counts: NDArray[np.float32],
        *,
        n_documents: int,
    ) -> Self:
        """Build the index from one row per term and document, documents ascending."""
        order = np.argsort(terms, kind="stable")
        distinct, first = np.unique(terms[order], return_index=True)
        return cls(
            terms=distinct.astype(np.uint32),
            starts=np.append(first, len(terms)).astype(np.int64),
            documents=documents[order],
            counts=counts[order],
            lengths=np.bincount(documents, weights=counts, minlength=n_documents).astype(
                np.float32
            ),
        )

    @classmethod
    def of_documents(cls, documents: Sequence[Mapping[int, float]]) -> Self:
        """Build the index of documents given as term counts.

        Examples
        --------
        >>> index = InvertedIndex.of_documents([{7: 1.0}, {7: 2.0, 9: 1.0}])
        >>> index.terms.tolist(), index.lengths.tolist()
        ([7, 9], [1.0, 3.0])
        """
        sizes = [len(document) for document in documents]
        total = sum(sizes)
        return cls.of(
            np.fromiter((term for each in documents for term in each), np.uint32, total),
            np.repeat(np.arange(len(documents), dtype=np.int32), sizes),
            np.fromiter(
                (count for each in documents for count in each.values()), np.float32, total
            ),
            n_documents=len(documents),
        )

    @property
    def n_documents(self) -> int:
        """How many documents there are."""
        return len(self.lengths)

    def frequency(self, terms: NDArray[np.uint32]) -> NDArray[np.int64]:
        """Return in how many documents sorted distinct terms occur, shape ``(n_terms,)``."""
        return np.diff(self.postings(terms).indptr).astype(np.int64)

    def postings(self, terms: NDArray[np.uint32]) -> sparse.csr_array:
        """Return counts of sorted distinct terms, CSR, shape ``(n_terms, n_documents)``."""
        if not len(self.terms):
            return sparse.csr_array((len(terms), self.n_documents), dtype=np.float64)
        place = np.minimum(np.searchsorted(self.terms, terms), len(self.terms) - 1)
        found = self.terms[place] == terms
        begin = np.where(found, self.starts[place], 0)
        size = np.where(found, self.starts[place + 1] - begin, 0)
        pointer = np.concatenate([[0], np.cumsum(size)])
        rows = np.repeat(begin - pointer[:-1], size) + np.arange(pointer[-1])
        return sparse.csr_array(
            (self.counts[rows].astype(np.float64), self.documents[rows], pointer),
            shape=(len(terms), self.n_documents),
        )

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the arrays by name, to be kept."""
        return {
            "terms": self.terms,
            "starts": self.starts,
            "documents": self.documents,
            "counts": self.counts,
            "lengths": self.lengths,
        }


def rarity(frequency: NDArray[np.signedinteger], n_documents: int) -> NDArray[np.float64]:
    """Return the inverse document frequency of terms, above 0.

    Parameters
    ----------
    frequency
        In how many documents each term occurs.
    n_documents
        How many documents there are.

    References
    ----------
    The form that is never negative, as in Lucene's BM25.
    """
    return np.asarray(np.log1p((n_documents - frequency + 0.5) / (frequency + 0.5)))


def bm25_weights(
    counts: sparse.csr_array,
    lengths: NDArray[np.float32],
    *,
    saturation: float,
    length_weight: float = LENGTH_WEIGHT,
) -> sparse.csr_array:
    """Return the BM25 weight of every posting.

    Parameters
    ----------
    counts
        Postings, CSR, shape ``(n_terms, n_documents)``.
    lengths
        Length of each document in terms, shape ``(n_documents,)``.
    saturation
        BM25's k1: from which count on more of a term means little.
    length_weight
        BM25's b, in [0, 1].

    Returns
    -------
    csr_array
        Same shape; 0 or more. Terms in nearly all documents weigh nearly nothing.

    References
    ----------
    Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with
    the inverse document frequency of :func:`rarity`.
    """
    frequency = np.diff(counts.indptr)
    average = float(lengths.mean()) if len(lengths) else 0.0
    relative = lengths / average if average > 0 else np.ones_like(lengths)
    norm = saturation * (1 - length_weight + length_weight * relative.astype(np.float64))
    weights = counts.data * (saturation + 1) / (counts.data + norm[counts.indices])
    weights *= np.repeat(rarity(frequency, counts.shape[1]), frequency)
    return sparse.csr_array((weights, counts.indices, counts.indptr), shape=counts.shape)
