"""What words of tasks have to do with words of paths, whatever the repository.

A task that says "typo" changes documentation and one that says "lint" changes settings of linters,
in every repository: that is told by no word that text and file have in common. Where enough
repositories agree on how much more often than by chance a word of a task goes with a word of a
path, it is a link. Source: association measures of co-occurrence, as in Church and Hanks, "Word
Association Norms, Mutual Information, and Lexicography" (1990), by repository so that what is
peculiar to one does not count.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.footprints.queries import Queries
from taskpar_ml.footprints.terms import term_counts

LINK_COLUMNS: Final = {
    "link_mean": "links of the text to the words of the path, mean by how rare those are",
    "link_sum": "the sum of those links",
}
"""What links say of a file, with meanings: log odds beside chance, NaN without links."""

STEPS: Final = 32
"""Steps in which lifts are told: a thirtieth is far below what counts can tell, and lets a lift be
kept in one byte."""
_MOST_STEPS: Final = 127
_SEPARATORS: Final = str.maketrans(".-", "  ")


@lru_cache(maxsize=1 << 18)
def path_terms(path: str) -> frozenset[int]:
    """Return the terms of a path: its words, its ending, and whether it lies at the top.

    Examples
    --------
    >>> len(path_terms("docs/guide.md") & path_terms("docs/api.md"))
    3
    """
    directory, _, name = path.rpartition("/")
    _, dot, ending = name.rpartition(".")
    terms = set(term_counts(path.translate(_SEPARATORS)))
    terms.add(zlib.crc32(f"ends in {ending if dot else name}".encode("utf-8", "surrogatepass")))
    if not directory:
        terms.add(zlib.crc32(b"lies at the top"))
    return frozenset(terms)


@dataclass(frozen=True)
class PathWords:
    """The terms of all paths of a snapshot.

    Attributes
    ----------
    terms
        Distinct term hashes, sorted, shape ``(n_terms,)``.
    holds
        Which path holds which term: CSR of ones, shape ``(n_files, n_terms)``.
    rarity
        Logarithm of how rare each term is among the paths, shape ``(n_terms,)``.
    """

    terms: NDArray[np.uint32]
    holds: sparse.csr_array
    rarity: NDArray[np.float64]

    @classmethod
    def of(cls, paths: Sequence[str]) -> Self:
        """Return the terms of some paths."""
        found = [sorted(path_terms(path)) for path in paths]
        flat = np.array([term for each in found for term in each], dtype=np.uint32)
        terms, column = np.unique(flat, return_inverse=True)
        ends = np.cumsum([0, *map(len, found)])
        shape = len(paths), len(terms)
        holds = sparse.csr_array((np.ones(len(flat)), column, ends), shape=shape)
        frequency = np.bincount(column, minlength=len(terms))
        return cls(terms, holds, np.log1p(len(paths) / (1.0 + frequency)))


@dataclass(frozen=True)
class WordLinks:
    """Links between words.

    Attributes
    ----------
    terms
        Term hashes of words of tasks, sorted, shape ``(n_terms,)``.
    path_terms
        Term hashes of words of paths, sorted, shape ``(n_path_terms,)``.
    lifts
        Logarithm of how many times as often as by chance both go together, 0 where too few
        repositories tell, shape ``(n_terms, n_path_terms)``.
    """

    terms: NDArray[np.uint32]
    path_terms: NDArray[np.uint32]
    lifts: NDArray[np.float32]

    def of(self, queries: Queries, words: PathWords) -> NDArray[np.float64]:
        """Return what the links say of every file, shape ``(2, n_tasks, n_files)``.

        A text counts by its direction and not by its length, as in a cosine. The row of a task
        depends on that task alone.
        """
        asked, known = _places(queries.terms, self.terms)
        held, linked = _places(words.terms, self.path_terms)
        length = np.sqrt(np.asarray((queries.weights * queries.weights).sum(axis=1)).ravel())
        share = np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)
        weights = sparse.csr_array(sparse.diags_array(share) @ queries.weights)
        links = np.zeros((queries.n_tasks, len(words.terms)))
        links[:, held] = weights[:, asked] @ self.lifts[np.ix_(known, linked)].astype(np.float64)
        rarest = np.maximum(words.holds @ words.rarity, 1e-9)
        mean = (words.holds @ (links * words.rarity).T).T / rarest
        return np.stack([mean, (words.holds @ links.T).T])


def in_steps(lifts: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return lifts as multiples of 1/32 between -4 and 4.

    Examples
    --------
    >>> in_steps(np.array([0.3, -9.0])).tolist()
    [0.3125, -3.96875]
    """
    steps = np.clip(np.rint(lifts * STEPS), -_MOST_STEPS, _MOST_STEPS)
    return np.asarray(steps / STEPS, dtype=np.float32)


def _places(
    some: NDArray[np.uint32], others: NDArray[np.uint32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where what both hold stands in either; both are sorted."""
    _, first, second = np.intersect1d(some, others, assume_unique=True, return_indices=True)
    return first, second
