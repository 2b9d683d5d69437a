"""Files by what texts mean: those of earlier tasks that meant the same.

Words that two texts have in common are found by other retrievers; a sentence encoder finds texts
that say the same in other words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.domain.protocols import FactCache, TextEncoder
from taskpar_ml.domain.task import Task
from taskpar_ml.footprints.past_tasks import PastTasks, told_text
from taskpar_ml.footprints.pooling import exact_gains

HALF_LIVES: Final = (30.0, 300.0, 3_000.0)
"""Tasks after which an earlier one counts half: what was worked on of late, and what ever was."""

MEANING_COLUMNS: Final = {
    f"meant_{life:.0f}": "votes of earlier tasks that meant the same and changed the file, "
    f"halved every {life:,.0f} tasks; NaN without an encoder"
    for life in HALF_LIVES
}
"""What meanings say of a file."""

_BREADTH: Final = 0.25
"""Power of the number of files by which the vote of a task is divided."""
_FACT_KIND: Final = "text-meaning-1"
_REMEMBERED_AT_ONCE: Final = 100
"""Texts that are encoded, in a second or so, before they are remembered: no more is lost by whoever
is interrupted."""


def encoded(texts: Sequence[str], encoder: TextEncoder, cache: FactCache) -> NDArray[np.int8]:
    """Return the directions of texts, shape ``(n_texts, n_dimensions)``, as far as known from disk.

    Parameters
    ----------
    cache
        Remembers directions by a digest of the text.
    """
    kind = f"{_FACT_KIND}-{encoder.name}"
    keys = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts]
    text_of = dict(zip(keys, texts, strict=True))
    known = cache.get(kind, list(text_of))
    fresh = [key for key in text_of if key not in known]
    for begin in range(0, len(fresh), _REMEMBERED_AT_ONCE):
        some = fresh[begin : begin + _REMEMBERED_AT_ONCE]
        made = {key: encoder.encode(text_of[key]).tobytes() for key in some}
        cache.put(kind, made)
        known |= made
    rows = [np.frombuffer(known[key], dtype=np.int8) for key in keys]
    return np.stack(rows) if rows else np.empty((0, 0), dtype=np.int8)


def cosines(some: NDArray[np.int8], others: NDArray[np.int8]) -> NDArray[np.float64]:
    """Return the cosine of every two directions, shape ``(n_some, n_others)``.

    Products of whole steps are exact, so that no row depends on the others.

    Examples
    --------
    >>> cosines(np.array([[3, 4]], np.int8), np.array([[4, 3], [-3, -4]], np.int8)).tolist()
    [[0.96, -1.0]]
    """
    if not len(some) or not len(others):
        return np.zeros((len(some), len(others)))
    left, right = some.astype(np.float64), others.astype(np.float64)
    lengths = np.sqrt(np.outer((left * left).sum(axis=1), (right * right).sum(axis=1)))
    return np.asarray((left @ right.T) / np.maximum(lengths, 1.0))


@dataclass(frozen=True)
class Meanings:
    """What the past of a repository means.

    Attributes
    ----------
    encoder
        Who says what texts mean.
    cache
        Remembers it.
    past
        Tasks that have landed.
    """

    encoder: TextEncoder
    cache: FactCache
    past: PastTasks

    def votes(self, tasks: Sequence[Task]) -> NDArray[np.float64]:
        """Return :data:`MEANING_COLUMNS` of all files, shape ``(n_columns, n_tasks, n_files)``.

        What is said of a task depends on that task alone.
        """
        past, told = self.past, self._told
        first = past.n_past - len(told)
        asked = encoded([spoken(task) for task in tasks], self.encoder, self.cache)
        alike = np.maximum(cosines(asked, told), 0.0)
        # The eighth power, by squares: how a general power rounds depends on where a number lies.
        alike = np.square(np.square(np.square(alike)))
        alike /= np.maximum(past.files_changed[first:], 1.0) ** _BREADTH
        age = past.n_past - np.arange(first, past.n_past)
        changed_by = self._changed_by
        return np.stack(
            [(changed_by @ exact_gains(alike * 0.5 ** (age / life)).T).T for life in HALF_LIVES]
        )

    @cached_property
    def _changed_by(self) -> sparse.csr_array:
        """Which of the newest tasks changed which file: CSR of ones, ``(n_files, n_told)``."""
        return sparse.csr_array(self.past.touched[self.past.n_past - len(self._told) :].T)

    @cached_property
    def _told(self) -> NDArray[np.int8]:
        return encoded(self.past.texts, self.encoder, self.cache)


def spoken(task: Task) -> str:
    """Return what a task says first: its title, and the beginning of what is below."""
    below = "\n".join((task.description, *task.acceptance_criteria))
    return told_text(task.title, below)
