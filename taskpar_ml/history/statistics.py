"""What the past says about files: how often they change, how lately, and which change together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.domain.landing import Landing
from taskpar_ml.errors import SettingsError

HALF_LIFE: Final = 500.0
"""Landings after which one counts half. Judged until it is learned: a tenth of what is kept."""

PRIOR_LANDINGS: Final = 1.0
"""Landings without the other file that every file is credited with, so that one is no rule."""


class HotSpot(NamedTuple):
    """A file that changes often.

    ``landings`` counts the tasks that changed it, ``weight`` counts them decayed by age.
    """

    path: str
    landings: int
    weight: float


class Companion(NamedTuple):
    """A file that changes along with another.

    ``probability`` is P(a task changes this file, given that it changes the other one), decayed
    and smoothed; ``landings`` is the plain count of tasks that changed both.
    """

    path: str
    probability: float
    landings: int


@dataclass(frozen=True)
class HistoryStatistics:
    """Tasks of the past against the files of a snapshot.

    Automation is left out, but its renames are followed.

    Attributes
    ----------
    paths
        Files of the snapshot in the order given: the columns.
    touched
        Whether a task changed a file, under whatever name it then had: CSR, shape
        ``(n_tasks, n_paths)``, ones; oldest task first.
    half_life
        Tasks after which one counts half; infinite for no decay.

    Examples
    --------
    >>> statistics = HistoryStatistics.of(landings_before(".", "v1.2").landings, paths)
    ... # doctest: +SKIP
    """

    paths: tuple[str, ...]
    touched: sparse.csr_array
    half_life: float = HALF_LIFE

    @classmethod
    def of(
        cls, landings: Sequence[Landing], paths: Iterable[str], *, half_life: float = HALF_LIFE
    ) -> Self:
        """Return the statistics of landings, oldest first, over the paths of a snapshot.

        The landings must end where the snapshot was taken: names are followed backwards from it.

        Raises
        ------
        SettingsError
            If ``half_life`` is not above 0.
        """
        if not half_life > 0:
            raise SettingsError(
                "half_life", f"must be above 0. Got {half_life}.", "Pass math.inf for no decay."
            )
        columns = {path: column for column, path in enumerate(paths)}
        tasks = sum(landing.is_task for landing in landings)
        rows, found = [], []
        for row, names in _touches(landings, tasks):
            met = {columns[name] for name in names if name in columns}
            rows += [row] * len(met)
            found += sorted(met)
        touched = sparse.csr_array(
            (np.ones(len(rows)), (np.array(rows, dtype=np.int64), np.array(found, dtype=np.int64))),
            shape=(tasks, len(columns)),
        )
        return cls(tuple(columns), touched, half_life)

    @cached_property
    def weights(self) -> NDArray[np.float64]:
        """Weight of every task, 1 for the newest, shape ``(n_tasks,)``."""
        age = np.arange(self.touched.shape[0])[::-1]
        return np.asarray(0.5 ** (age / self.half_life), dtype=np.float64)

    @cached_property
    def churn(self) -> NDArray[np.int64]:
        """How many tasks changed each file, shape ``(n_paths,)``."""
        return np.asarray(self.touched.sum(axis=0), dtype=np.int64)

    @cached_property
    def decayed_churn(self) -> NDArray[np.float64]:
        """How many tasks changed each file, decayed by age, shape ``(n_paths,)``."""
        return np.asarray(self.touched.T @ self.weights, dtype=np.float64)

    @cached_property
    def landings_since(self) -> NDArray[np.float64]:
        """How many tasks landed since one changed the file, 0 for the newest, NaN for none."""
        tasks = self.touched.shape[0]
        last = np.full(len(self.paths), np.nan)
        ordered = self.touched.tocoo()
        # Rows ascend, so the last assignment to a column is its newest task.
        last[ordered.col] = ordered.row
        return np.asarray(tasks - 1 - last, dtype=np.float64)

    @cached_property
    def together(self) -> sparse.csr_array:
        """How many tasks changed both files, shape ``(n_paths, n_paths)``, empty diagonal."""
        return _off_diagonal(self.touched.T @ self.touched)

    @cached_property
    def co_change(self) -> sparse.csr_array:
        """P(a task changes column | it changes row), shape ``(n_paths, n_paths)``.

        Decayed by age and smoothed by :data:`PRIOR_LANDINGS`; the diagonal is empty. Source: the
        confidence of association rules (Zimmermann et al., "Mining Version Histories to Guide
        Software Changes", 2005).
        """
        weighted = self.touched.T @ (sparse.diags_array(self.weights) @ self.touched)
        share = sparse.diags_array(1.0 / (self.decayed_churn + PRIOR_LANDINGS))
        return _off_diagonal(share @ weighted)

    def hot_spots(self, most: int) -> list[HotSpot]:
        """Return the files that change most, decayed by age, the hottest first."""
        order = np.lexsort((np.arange(len(self.paths)), -self.decayed_churn))[: max(most, 0)]
        return [
            HotSpot(self.paths[column], int(self.churn[column]), float(self.decayed_churn[column]))
            for column in order
            if self.churn[column]
        ]

    def companions(self, path: str, most: int) -> list[Companion]:
        """Return the files that change along with one, most probable first; none if unknown."""
        column = self._columns.get(path)
        if column is None:
            return []
        probability = self.co_change[[column]].toarray().ravel()
        landings = self.together[[column]].toarray().ravel()
        order = np.lexsort((np.arange(len(self.paths)), -probability))[: max(most, 0)]
        return [
            Companion(self.paths[other], float(probability[other]), int(landings[other]))
            for other in order
            if landings[other]
        ]

    @cached_property
    def _columns(self) -> dict[str, int]:
        return {path: column for column, path in enumerate(self.paths)}


def _touches(landings: Sequence[Landing], tasks: int) -> Iterator[tuple[int, list[str]]]:
    """Yield row and present names of the files of every task, newest task first.

    Names are followed backwards: before a rename the present name stands behind the old one, and
    the new one, if it existed, named another file.
    """
    now: dict[str, str | None] = {}
    row = tasks
    for landing in reversed(landings):
        names = [now.get(change.path, change.path) for change in landing.changes]
        if landing.is_task:
            row -= 1
            yield row, [name for name in names if name is not None]
        moved = {
            change.old_path: name
            for change, name in zip(landing.changes, names, strict=True)
            if change.old_path is not None
        }
        left = {change.path: None for change in landing.changes if change.old_path is not None}
        now.update(left)
        now.update(moved)


def _off_diagonal(matrix: sparse.csr_array) -> sparse.csr_array:
    """Return a square matrix without its diagonal."""
    entries = sparse.coo_array(matrix)
    kept = entries.row != entries.col
    return sparse.csr_array(
        (entries.data[kept], (entries.row[kept], entries.col[kept])), shape=matrix.shape
    )
