"""Learning links between words of tasks and words of paths, repository by repository."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.domain.landing import Landing
from taskpar_ml.footprints.terms import term_counts
from taskpar_ml.footprints.word_links import WordLinks, in_steps, path_terms
from taskpar_ml.policy.automation_files import CHANGELOGS, is_any
from taskpar_ml.training.candidate_rows import changed_files

_NEWEST: Final = 4_000
"""Tasks of a repository that are counted."""
_MOST_FILES: Final = 25
"""Files of a task that is counted; one of more says little of each."""
_BODY: Final = 400
"""Characters of a body that are counted."""
_LEAST_TASKS: Final = 3
"""Tasks of a repository from which on a word counts there."""
_LEAST_REPOSITORIES: Final = 2
"""Repositories in which a word must count, and in which two words must meet."""
_TASKS: Final = 1_000.0
"""As if every repository had so many tasks: none outvotes the others."""
_DOUBT: Final = 2.0
"""Meetings by chance that are added to both sides, so that a few do not tell much."""


@dataclass(frozen=True)
class LinkCounts:
    """How often words of tasks and of paths met in one repository.

    Attributes
    ----------
    terms, path_terms
        Term hashes, sorted.
    said, held
        Which task said which term, and changed a path with which: CSR of ones, shapes
        ``(n_tasks, n_terms)`` and ``(n_tasks, n_path_terms)``.
    """

    terms: NDArray[np.uint32]
    path_terms: NDArray[np.uint32]
    said: sparse.csr_array
    held: sparse.csr_array

    @classmethod
    def of(cls, landings: Iterable[Landing]) -> Self:
        """Count the newest tasks of a history, oldest first."""
        tasks = [each for each in landings if each.is_task][-_NEWEST:]
        rows = []
        for task in tasks:
            paths = [path for path in changed_files(task) if not is_any(path, CHANGELOGS)]
            if 0 < len(paths) <= _MOST_FILES:
                words = {*term_counts(task.title), *term_counts(task.body[:_BODY])}
                rows.append((words, {term for path in paths for term in path_terms(path)}))
        terms, said = _counted([each for each, _ in rows])
        names, held = _counted([each for _, each in rows])
        return cls(terms, names, said, held)


def links_of(counts: Sequence[LinkCounts]) -> WordLinks:
    """Return what several repositories agree on; nothing of less than two."""
    terms = _common([each.terms for each in counts])
    names = _common([each.path_terms for each in counts])
    shape = len(terms), len(names)
    seen, chance, agreed = np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=np.int32)
    for each in counts:
        said = _aligned(each.said, each.terms, terms)
        held = _aligned(each.held, each.path_terms, names)
        scale = _TASKS / max(each.said.shape[0], 1)
        met = (said.T @ held).toarray()
        often = np.asarray(said.sum(axis=0)).ravel(), np.asarray(held.sum(axis=0)).ravel()
        seen += met * scale
        chance += np.outer(*often) * (scale / max(each.said.shape[0], 1))
        agreed += met > 0
    lifts = np.log((seen + _DOUBT) / (chance + _DOUBT))
    lifts[agreed < _LEAST_REPOSITORIES] = 0.0
    return WordLinks(terms, names, in_steps(lifts))


def _counted(rows: Sequence[set[int]]) -> tuple[NDArray[np.uint32], sparse.csr_array]:
    """Return the terms that several rows hold, and which row holds which."""
    tasks = Counter(term for row in rows for term in row)
    terms = sorted(term for term, number in tasks.items() if number >= _LEAST_TASKS)
    place = {term: column for column, term in enumerate(terms)}
    columns = [sorted(place[term] for term in row if term in place) for row in rows]
    ends = np.cumsum([0, *map(len, columns)])
    flat = np.array([column for each in columns for column in each], dtype=np.int64)
    shape = len(rows), len(terms)
    ones = sparse.csr_array((np.ones(len(flat)), flat, ends), shape=shape)
    return np.array(terms, dtype=np.uint32), ones


def _common(some: Sequence[NDArray[np.uint32]]) -> NDArray[np.uint32]:
    """Return what several repositories have in common, sorted."""
    if not some:
        return np.empty(0, dtype=np.uint32)
    terms, repositories = np.unique(np.concatenate(some), return_counts=True)
    return np.asarray(terms[repositories >= _LEAST_REPOSITORIES])


def _aligned(
    ones: sparse.csr_array, terms: NDArray[np.uint32], wanted: NDArray[np.uint32]
) -> sparse.csr_array:
    """Return the columns of the wanted terms, empty where there are none."""
    _, mine, theirs = np.intersect1d(terms, wanted, assume_unique=True, return_indices=True)
    where = sparse.csr_array((np.ones(len(mine)), (mine, theirs)), shape=(len(terms), len(wanted)))
    return sparse.csr_array(ones @ where)
