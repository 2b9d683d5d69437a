"""What extractors may look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.domain.footprint import Footprints
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.domain.task import Task
from taskpar_ml.footprints.precedents import Precedents
from taskpar_ml.history.file_rates import FileRates


class Column(NamedTuple):
    """A feature: its name, and in one line what its values mean."""

    name: str
    meaning: str


@dataclass(frozen=True)
class PairContext:
    """Everything known of the tasks at the moment of the decision.

    Attributes
    ----------
    tasks
        In code-point order of their ids, as the rows of all that follows.
    footprints
        What each task is expected to touch.
    texts
        Unit-length TF-IDF vectors of the texts, CSR, shape ``(n_tasks, n_terms)``; a row
        without entries is a text without words.
    rare_terms
        How rare the terms of the texts are, in [0, 1], CSR of the same shape.
    precedents, close_precedents
        Earlier tasks that resemble each task, and those that do so most.
    rates
        How often past tasks conflicted in every file, where that is known.
    log_sizes
        Logarithm of the size that each task's change is expected to have, over the usual one; None
        where nobody tells.
    """

    tasks: Sequence[Task]
    footprints: Footprints
    texts: sparse.csr_array
    rare_terms: sparse.csr_array
    precedents: Precedents
    close_precedents: Precedents
    rates: FileRates | None = None
    log_sizes: NDArray[np.float64] | None = None


class PairExtractor(Protocol):
    """Computes a few columns for many pairs at once.

    Laws: swapping the two tasks changes nothing; the values of a pair do not depend on which
    other tasks are in the context; what is not known is NaN, never 0.
    """

    @property
    def columns(self) -> tuple[Column, ...]:
        """Names and meanings of the columns."""
        ...

    def extract(self, pairs: PairTable, context: PairContext) -> NDArray[np.float64]:
        """Return the values, shape ``(n_pairs, len(columns))``."""
        ...
