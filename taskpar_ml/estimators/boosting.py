"""Gradient-boosted trees: the adapter of LightGBM, which no other module imports.

Source: Ke et al., "LightGBM: A Highly Efficient Gradient Boosting Decision Tree" (2017).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from scipy.special import expit

from taskpar_ml.errors import ModelError

if TYPE_CHECKING:
    from lightgbm import Booster

_MANY: Final = 20_000
"""Rows from which on threads save more time than it takes to start them."""
_ONE: Final = 1
_ALL: Final = 0
"""Threads of a prediction, the second as many as there are cores: what is told is the same."""


class TreeSettings(BaseModel):
    """How trees are grown."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    trees: int = Field(default=300, ge=1)
    """How many."""
    learning_rate: float = Field(default=0.05, gt=0, le=1)
    """Share of what a tree says that counts."""
    leaves: int = Field(default=31, ge=2)
    """Leaves of a tree at most."""
    least_rows: int = Field(default=80, ge=1)
    """Rows in a leaf at least."""
    rows_drawn: float = Field(default=0.8, gt=0, le=1)
    """Share of the rows that a tree sees."""
    columns_drawn: float = Field(default=0.7, gt=0, le=1)
    """Share of the columns that a tree sees."""
    shrinkage: float = Field(default=5.0, ge=0)
    """L2 penalty of what leaves say."""
    seed: int = 0
    """Which rows and columns are drawn."""

    def parameters(self, rising: Sequence[int], threads: int) -> dict[str, Any]:
        """Return LightGBM's own names for them."""
        found: dict[str, Any] = {
            "objective": "binary",
            "learning_rate": self.learning_rate,
            "num_leaves": self.leaves,
            "min_data_in_leaf": self.least_rows,
            "bagging_fraction": self.rows_drawn,
            "bagging_freq": int(self.rows_drawn < 1),
            "feature_fraction": self.columns_drawn,
            "lambda_l2": self.shrinkage,
            "seed": self.seed,
            "num_threads": threads,
            "deterministic": True,
            "force_row_wise": True,
            "verbosity": -1,
        }
        if any(rising):
            found["monotone_constraints"] = list(rising)
            found["monotone_constraints_method"] = "intermediate"
        return found


@dataclass(frozen=True)
class Lesson:
    """Rows to learn from. Every lesson counts the same, however many rows it has.

    Attributes
    ----------
    values
        Shape ``(n_rows, n_columns)``; NaN where something is not known.
    truth
        1 or 0, shape ``(n_rows,)``; rows of unknown truth, NaN, are not learned from.
    weight
        How much each row counts beside the others of its lesson, shape ``(n_rows,)``.
    start
        Log odds that trees are added to, shape ``(n_rows,)``; None where they start from nothing.
    """

    values: NDArray[np.float32]
    truth: NDArray[np.float32]
    weight: NDArray[np.float32]
    start: NDArray[np.float64] | None = None

    @classmethod
    def plain(cls, values: NDArray[np.float32], truth: NDArray[np.float32]) -> Self:
        """Return a lesson of which all rows count the same."""
        return cls(values, truth, np.ones(len(truth), dtype=np.float32))

    def known(self) -> Self:
        """Return the rows of known truth: itself if all are, so that nothing is copied."""
        known = ~np.isnan(self.truth)
        if known.all():
            return self
        start = None if self.start is None else self.start[known]
        return type(self)(self.values[known], self.truth[known], self.weight[known], start)


@dataclass(frozen=True)
class BoostedTrees:
    """Trees with the columns that they were grown on.

    Attributes
    ----------
    columns
        Names of the columns, in order.
    text
        The trees in LightGBM's text format, which is the same on every machine.
    """

    columns: tuple[str, ...]
    text: str

    @classmethod
    def grown(
        cls,
        columns: Sequence[str],
        lessons: Sequence[Lesson],
        settings: TreeSettings,
        *,
        rising: Sequence[int] = (),
        threads: int = 1,
    ) -> Self:
        """Grow trees.

        Parameters
        ----------
        columns
            Names of the columns of all lessons.
        lessons
            At least one with a row of each truth. Either all of them start from something, or none.
        rising
            By column: 1 where more of it is never less of a chance, -1 where it is never more,
            0 where nothing is known; none of all if empty.

        Raises
        ------
        ModelError
            If there is nothing to learn from.
        """
        import lightgbm

        whole = _joined(lessons)
        if not 0 < whole.truth.sum(dtype=np.float64) < len(whole.truth):
            raise ModelError(
                f"{len(whole.truth):,} rows to learn from",
                "hold no row of one of the two outcomes.",
                "Learn from more tasks, or from more repositories.",
            )
        data = lightgbm.Dataset(
            whole.values,
            whole.truth,
            weight=whole.weight,
            init_score=whole.start,
            feature_name=list(columns),
            params={"verbosity": -1},
        )
        del whole  # LightGBM lets go of the values when it has put them into its bins.
        parameters = settings.parameters(rising, threads)
        trees = lightgbm.train(parameters, data, num_boost_round=settings.trees)
        return cls(tuple(columns), trees.model_to_string())

    def check(self) -> None:
        """Read the trees.

        Raises
        ------
        ModelError
            If they cannot be read, or were grown on other columns.
        """
        found = self._booster.feature_name()
        if tuple(found) != self.columns:
            raise ModelError(
                "the trees",
                f"were grown on other columns: {', '.join(found[:3])}, …",
                "Take the model from where it was made.",
            )

    def margin(self, values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Return the log odds of every row, shape ``(n_rows,)``.

        Parameters
        ----------
        values
            Shape ``(n_rows, n_columns)``, in the order of the columns.
        """
        if not len(values):
            return np.empty(0)
        told = self._booster.predict(
            values, raw_score=True, num_threads=_threads(values), validate_features=False
        )
        return np.asarray(told, dtype=np.float64)

    def probability(self, values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Return the probability of every row, shape ``(n_rows,)``."""
        return np.asarray(expit(self.margin(values)), dtype=np.float64)

    def contributions(self, values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Return what each column adds to the log odds, shape ``(n_rows, n_columns + 1)``.

        The last column is where all rows start from. That takes hundreds of times as long as a
        prediction. Source: Lundberg et al., "Consistent Individualized Feature Attribution for
        Tree Ensembles" (2018).
        """
        if not len(values):
            return np.empty((0, len(self.columns) + 1))
        told = self._booster.predict(
            values, pred_contrib=True, num_threads=_threads(values), validate_features=False
        )
        return np.asarray(told, dtype=np.float64)

    @cached_property
    def _booster(self) -> Booster:
        import lightgbm

        try:
            return lightgbm.Booster(model_str=self.text)
        except lightgbm.basic.LightGBMError as error:
            raise ModelError(
                "the trees", f"cannot be read: {error}", "Take the model from where it was made."
            ) from error


def _threads(values: NDArray[np.floating[Any]]) -> int:
    return _ONE if len(values) < _MANY else _ALL


def _joined(lessons: Sequence[Lesson]) -> Lesson:
    """Return the rows of known truth of all lessons, each of which counts the same."""
    known = [each.known() for each in lessons]
    found = [each for each in known if len(each.truth)]
    if not found:
        return Lesson.plain(np.empty((0, 0), dtype=np.float32), np.empty(0, dtype=np.float32))
    truth = np.concatenate([each.truth for each in found])
    scale = len(truth) / len(lessons)
    starts = [each.start for each in found if each.start is not None]
    return Lesson(
        np.concatenate([each.values for each in found]),
        truth,
        np.concatenate([each.weight * (scale / each.weight.sum()) for each in found]),
        np.concatenate(starts) if starts else None,
    )
