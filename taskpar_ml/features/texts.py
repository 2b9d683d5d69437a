"""TF-IDF vectors of task texts, with term weights from the repository and its past.

The weights never come from the tasks themselves: otherwise one more task in the file would
change the similarity of two others, and a served pair would differ from a trained one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.domain.task import Task
from taskpar_ml.footprints.inverted_index import rarity
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.queries import Queries


def text_vectors(tasks: Sequence[Task], memory: RepoMemory) -> sparse.csr_array:
    """Return unit-length vectors of the texts of tasks.

    A term weighs by how rare it is among the texts of past tasks and the pieces of the
    repository's files; one that neither has ever seen has the weight of the rarest.

    Returns
    -------
    csr_array of shape (n_tasks, n_terms)
        Rows in the order of the tasks; one without entries is a text without words.
    """
    queries = Queries.of(tasks)
    weights = queries.weights @ sparse.diags_array(_rarities(queries, memory))
    length = np.sqrt((weights * weights).sum(axis=1))
    scale = np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)
    vectors = sparse.csr_array(sparse.diags_array(scale) @ weights)
    vectors.eliminate_zeros()
    vectors.sort_indices()
    return vectors


def rare_terms(tasks: Sequence[Task], memory: RepoMemory) -> sparse.csr_array:
    """Return how rare each term is that the text of a task says, however often it says it.

    Returns
    -------
    csr_array of shape (n_tasks, n_terms)
        In [0, 1], 1 for a term that neither past tasks nor files have ever seen.
    """
    queries = Queries.of(tasks)
    rarest = rarity(np.zeros(1, dtype=np.int64), _documents(memory))[0]
    said = sparse.csr_array(queries.weights, copy=True)
    said.data = np.ones_like(said.data)
    return sparse.csr_array(said @ sparse.diags_array(_rarities(queries, memory) / rarest))


def _rarities(queries: Queries, memory: RepoMemory) -> NDArray[np.float64]:
    """Return how rare each term of the queries is, shape ``(n_terms,)``."""
    past, content = memory.past.index, memory.content.index
    frequency = past.frequency(queries.terms) + content.frequency(queries.terms)
    return rarity(frequency, _documents(memory))


def _documents(memory: RepoMemory) -> int:
    return memory.past.index.n_documents + memory.content.index.n_documents
