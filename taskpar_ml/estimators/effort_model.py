"""How large the change of a task will be, by its text alone.

A ridge regression on hashed words and counts of the text. It predicts the logarithm of the lines
that a change adds and deletes, over the median of its repository. How long a task takes is told by
the square root of that: nobody measured it, and large changes are made faster by the line.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue
from scipy.sparse import csr_array, vstack
from scipy.sparse.linalg import LinearOperator, cg

from taskpar_ml.domain.task import Task
from taskpar_ml.errors import ModelError
from taskpar_ml.estimators.effort_terms import COLUMNS, EffortText, effort_columns

Numbers = NDArray[np.float64]

PENALTY: Final = 30.0
"""Of the squares of weights; of 30, 50 and 100 the one by which train repositories that had taught
nothing were told best."""
OWN_PENALTY: Final = 10.0
"""Of the squares of what the past of one repository changes in the weights. In train repositories
3 did as well, 30 and 100 worse."""
LUCK: Final = 0.6
"""What a change's size does not explain of how long it took, as the deviation of the logarithm:
assumed."""
LEAST_OWN: Final = 20
"""Past tasks of a repository below which its past changes nothing."""

_ROUNDS: Final = 400
"""Most rounds of the solver; about 100 are needed."""


@dataclass(frozen=True)
class EffortLesson:
    """Tasks of one repository whose size is known.

    Attributes
    ----------
    texts
        What they say; a task that is told in several ways stands there several times.
    log_sizes
        Logarithm of the lines that each changed over the usual number there, one for each text.

    Raises
    ------
    ModelError
        If there are not as many of both, or a size is not finite.
    """

    texts: Sequence[EffortText]
    log_sizes: Numbers

    def __post_init__(self) -> None:
        if len(self.texts) != len(self.log_sizes):
            raise ModelError(
                "sizes of tasks",
                f"there must be one for each text. Got {len(self.log_sizes)} for "
                f"{len(self.texts)}.",
                "Repeat the size of a task that is told in several ways.",
            )
        if not np.isfinite(self.log_sizes).all():
            raise ModelError("sizes of tasks", "one is not finite.", "Leave such tasks out.")


@dataclass(frozen=True)
class EffortModel:
    """Weights of the columns of :func:`effort_columns`.

    Attributes
    ----------
    name
        What it is called.
    weights
        One for each column.
    intercept
        Added to the sum.
    spread
        Deviation of the logarithms of sizes from what is predicted, in repositories that taught it
        nothing.
    facts
        What it learned from, and how well it did, as JSON.
    """

    name: str
    weights: Numbers
    intercept: float
    spread: float
    facts: Mapping[str, JsonValue]

    def log_sizes(self, texts: Iterable[EffortText]) -> Numbers:
        """Return the logarithm of the size of each change; 0 is usual.

        A text's answer does not depend on the other texts.
        """
        columns = effort_columns(texts)
        return np.asarray(columns @ self.weights, dtype=float) + self.intercept

    def log_sizes_of(self, tasks: Iterable[Task]) -> Numbers:
        """Return the logarithm of the size of each task's change; 0 is usual."""
        return self.log_sizes(EffortText.of(task) for task in tasks)

    def log_durations(self, texts: Iterable[EffortText]) -> Numbers:
        """Return the logarithm of how long each task takes: half of that of its size."""
        return self.log_sizes(texts) / 2

    @property
    def duration_spread(self) -> float:
        """Deviation of the logarithms of durations: half of that of sizes, and :data:`LUCK`."""
        return math.hypot(self.spread / 2, LUCK)

    def durations(self, tasks: Iterable[Task]) -> dict[str, float]:
        """Return how long each task takes beside the usual one, which takes 1, by id."""
        told = list(tasks)
        logs = self.log_sizes_of(told) / 2
        return {task.id: math.exp(log) for task, log in zip(told, logs.tolist(), strict=True)}

    def adapted(self, own: EffortLesson, *, penalty: float = OWN_PENALTY) -> EffortModel:
        """Return a model that has also learned from the past of the repository at hand.

        Only what this one gets wrong there is learned. Fewer than :data:`LEAST_OWN` texts change
        nothing.

        Parameters
        ----------
        own
            Earlier tasks, sizes over their own median.
        penalty
            Of the squares of what is changed in the weights; above 0.
        """
        if len(own.texts) < LEAST_OWN:
            return self
        columns = effort_columns(own.texts)
        wrong = own.log_sizes - (columns @ self.weights + self.intercept)
        shift = float(wrong.mean())
        change, _ = _solved(columns, wrong - shift, penalty=penalty, level=0.0)
        return replace(self, weights=self.weights + change, intercept=self.intercept + shift)


def learned_effort(
    name: str,
    lessons: Iterable[EffortLesson],
    *,
    spread: float,
    facts: Mapping[str, JsonValue],
    penalty: float = PENALTY,
) -> EffortModel:
    """Return a model that has learned from several repositories.

    Parameters
    ----------
    name, spread, facts
        See :class:`EffortModel`; the spread has to be measured on other repositories.
    lessons
        One for each repository.
    penalty
        Of the squares of weights; above 0.

    Raises
    ------
    ModelError
        If there is no text.
    """
    taught = [lesson for lesson in lessons if lesson.texts]
    if not taught:
        raise ModelError("sizes of tasks", "there is no task.", "Name repositories that have some.")
    columns = csr_array(vstack([effort_columns(lesson.texts) for lesson in taught]))
    sizes = np.concatenate([lesson.log_sizes for lesson in taught])
    weights, intercept = _solved(columns, sizes, penalty=penalty, level=1.0)
    return EffortModel(name, weights, intercept, spread, facts)


def _solved(
    columns: csr_array, wanted: Numbers, *, penalty: float, level: float
) -> tuple[Numbers, float]:
    """Return the weights and the intercept of a ridge regression, which penalises no intercept.

    With ``level`` 0 there is no intercept.

    Source: conjugate gradients on the normal equations, scaled by their diagonal (Hestenes and
    Stiefel 1952, doi:10.6028/jres.049.044).
    """
    turned = csr_array(columns.T)
    diagonal = np.append(
        np.asarray(columns.multiply(columns).sum(axis=0)).ravel() + penalty,
        max(level * len(wanted), 1.0),
    )

    def product(given: Any) -> Numbers:
        vector = np.asarray(given, dtype=float).ravel()
        told = columns @ vector[:-1] + level * vector[-1]
        last = level * told.sum() + (1 - level) * vector[-1]
        return np.append(turned @ told + penalty * vector[:-1], last)

    size = COLUMNS + 1
    kind = np.dtype(float)
    system = LinearOperator((size, size), matvec=product, dtype=kind)
    scaling = LinearOperator((size, size), matvec=lambda given: given / diagonal, dtype=kind)
    sums = np.append(turned @ wanted, level * wanted.sum())
    found, _ = cg(system, sums, rtol=1e-6, maxiter=_ROUNDS, M=scaling)
    return np.asarray(found[:-1], dtype=float), float(found[-1]) * level
