"""A random forest over features of pairs, as others predict conflicts from git alone.

Source: Owhadi-Kareshk, Nadi and Rubin, "Predicting Merge Conflicts in Collaborative Software
Development" (2019); Breiman, "Random Forests" (2001).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.errors import ModelError

if TYPE_CHECKING:
    from sklearn.ensemble import RandomForestClassifier

_TREES: Final = 300
_LEAST_ROWS: Final = 5
"""Rows in a leaf at least: one of the values among which the authors search."""


@dataclass(frozen=True)
class GitForest:
    """A forest that was grown on pairs of known outcome.

    Attributes
    ----------
    forest
        The trees.

    Examples
    --------
    >>> values = np.arange(40.0).reshape(40, 1)
    >>> forest = GitForest.grown([values], [(values[:, 0] >= 20) * 1.0], balanced=False)
    >>> forest.probability(np.array([[3.0], [36.0]])).round().tolist()
    [0.0, 1.0]
    """

    forest: RandomForestClassifier

    @classmethod
    def grown(
        cls,
        values: Sequence[NDArray[np.floating[Any]]],
        labels: Sequence[NDArray[np.floating[Any]]],
        *,
        balanced: bool,
        seed: int = 0,
    ) -> Self:
        """Grow a forest on the pairs of several batches or repositories together.

        Parameters
        ----------
        values
            Features, shape ``(n_pairs, n_columns)`` each.
        labels
            1 or 0, shape ``(n_pairs,)`` each; pairs of unknown label, NaN, are not learned from.
        balanced
            Whether the few pairs that conflict weigh as much together as all others. That finds
            more conflicts at a threshold of one half, and ranks pairs worse.
        seed
            Which rows and columns are drawn.

        Raises
        ------
        ModelError
            If there is no pair of one of the two outcomes.
        """
        from sklearn.ensemble import RandomForestClassifier

        truth = np.concatenate([np.empty(0), *labels])
        known = ~np.isnan(truth)
        conflicts = int(truth[known].sum())
        if not 0 < conflicts < known.sum():
            raise ModelError(
                f"{known.sum():,} pairs to learn from",
                "hold no pair of one of the two outcomes.",
                "Learn from more batches, or from more repositories.",
            )
        rows = np.concatenate(values)[known]
        forest = RandomForestClassifier(
            n_estimators=_TREES,
            min_samples_leaf=_LEAST_ROWS,
            class_weight="balanced" if balanced else None,
            random_state=seed,
            n_jobs=1,
        )
        return cls(forest.fit(rows, truth[known] > 0))

    def probability(self, values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Return the probability of a conflict of each pair, in [0, 1], shape ``(n_pairs,)``.

        Parameters
        ----------
        values
            Shape ``(n_pairs, n_columns)``, in the order of the columns that were learned from.

        Notes
        -----
        Of a balanced forest it is what would hold if half of all pairs conflicted: it ranks pairs
        and is no more than that.
        """
        if not len(values):
            return np.empty(0)
        return np.asarray(self.forest.predict_proba(values)[:, 1], dtype=np.float64)
