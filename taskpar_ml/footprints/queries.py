"""What is asked of the indexes: the weighted terms of each task."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.domain.task import Task
from taskpar_ml.footprints.terms import identifier_terms, term_counts, term_names

_TITLE_WEIGHT: Final = 2.0
"""A word of the title tells as much as two of the text below it."""
_CONTEXT_WEIGHT: Final = 0.5
"""What parents say is about their other children too."""
_TEXT_CHARACTERS: Final = 4_000
"""Characters of a text that are read: the beginning says what a task is about."""

_WORDS_NAMED: Final = 4


@dataclass(frozen=True)
class Queries:
    """The terms of tasks.

    Attributes
    ----------
    terms
        Distinct term hashes of all tasks, sorted, shape ``(n_terms,)``.
    weights
        How much each task says of each term, CSR, shape ``(n_tasks, n_terms)``.
    identifiers
        Which terms are whole identifiers, shape ``(n_terms,)``.
    texts
        The texts of the tasks, to name terms by their words.
    """

    terms: NDArray[np.uint32]
    weights: sparse.csr_array
    identifiers: NDArray[np.bool_]
    texts: tuple[str, ...]

    @classmethod
    def of(cls, tasks: Sequence[Task]) -> Self:
        """Return the queries of the tasks, rows in their order.

        The row of a task depends on that task alone.
        """
        asked = [_weighted_terms(task) for task in tasks]
        terms = np.array(sorted({term for each in asked for term in each}), dtype=np.uint32)
        column = {int(term): position for position, term in enumerate(terms)}
        rows = np.repeat(np.arange(len(asked)), [len(each) for each in asked])
        columns = [column[term] for each in asked for term in each]
        values = [weight for each in asked for weight in each.values()]
        shape = len(asked), len(terms)
        weights = sparse.coo_array((values, (rows, columns)), shape=shape).tocsr()
        weights.sort_indices()
        texts = tuple(_spoken(task) for task in tasks)
        whole = {term for text in texts for term in identifier_terms(text)}
        identifiers = np.array([term in whole for term in terms.tolist()], dtype=bool)
        return cls(terms, sparse.csr_array(weights), identifiers, texts)

    @property
    def n_tasks(self) -> int:
        """How many tasks ask."""
        return len(self.texts)

    def scores(self, weights: sparse.csr_array) -> NDArray[np.float64]:
        """Return the relevance of every document to every task, shape ``(n_tasks, n_docs)``."""
        return np.asarray((self.weights @ weights).toarray(), dtype=np.float64)

    def row(self, task: int) -> NDArray[np.float64]:
        """Return how much one task says of each term, shape ``(n_terms,)``."""
        return np.asarray(self.weights[[task]].toarray().ravel(), dtype=np.float64)

    def words_in(self, weights: sparse.csr_array) -> Callable[[int, int], str]:
        """Return how to name the words of a task that a document holds, weightiest first.

        Parameters
        ----------
        weights
            Weights of terms in documents, shape ``(n_terms, n_docs)``.
        """
        by_document = cache(lambda: sparse.csc_array(weights))

        def words(task: int, document: int) -> str:
            held = by_document()[:, [document]].toarray().ravel() * self.row(task)
            strongest = np.argsort(-held, kind="stable")[: int(np.count_nonzero(held))]
            return self.named(task, strongest)

        return words

    def named(self, task: int, columns: NDArray[np.signedinteger]) -> str:
        """Return the first few words behind terms, given by their columns, best first."""
        names = term_names(self.texts[task])
        words = (names[term] for term in self.terms[columns].tolist() if term in names)
        return ", ".join(list(dict.fromkeys(words))[:_WORDS_NAMED])


def _spoken(task: Task) -> str:
    parts = (task.title, task.description, *task.acceptance_criteria, task.context)
    return "\n".join(part[:_TEXT_CHARACTERS] for part in parts)


def _weighted_terms(task: Task) -> dict[int, float]:
    below = "\n".join((task.description, *task.acceptance_criteria))
    weights: defaultdict[int, float] = defaultdict(float)
    for text, weight in (
        (task.title, _TITLE_WEIGHT),
        (below, 1.0),
        (task.context, _CONTEXT_WEIGHT),
    ):
        for term, count in term_counts(text[:_TEXT_CHARACTERS]).items():
            weights[term] += weight * (1 + np.log(count))
    return dict(weights)
