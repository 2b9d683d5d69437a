"""The learned estimator: trees over the features of pairs, calibrated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.estimates import KIND_CODES, Estimates
from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.scored import PairFeatures
from taskpar_ml.errors import ModelError
from taskpar_ml.estimators.boosting import BoostedTrees
from taskpar_ml.estimators.calibration import LogitLine
from taskpar_ml.estimators.contract import ConflictEstimator
from taskpar_ml.estimators.fixed_weights import ITEM_COMPONENTS

_TEXTUAL: Final = KIND_CODES.index(ConflictKind.TEXTUAL)


@dataclass(frozen=True)
class PairModel:
    """Says P(two tasks conflict) of pairs; a :class:`ConflictEstimator`.

    A pair of which files, endpoints and tables are all unknown cannot be scored, whatever else is
    known: similar words alone say too little to let two tasks run together.

    Attributes
    ----------
    name
        Who speaks, with a version.
    trees
        Grown on some columns of a vectorizer, asked for by their names.
    line
        Calibration of what the trees say.
    """

    name: str
    trees: BoostedTrees
    line: LogitLine = field(default_factory=LogitLine)

    def estimate(self, features: PairFeatures) -> Estimates:
        """Return probabilities; the score of a pair is its probability.

        Parameters
        ----------
        features
            Must hold the columns of the trees, and ``file``, ``api`` and ``database``.

        Raises
        ------
        ModelError
            If a column is missing.
        """
        probability = self.line.of(self.trees.probability(self._seen(features)))
        items = np.stack([features[name] for name in ITEM_COMPONENTS], axis=1)
        scorable = ~np.isnan(items).all(axis=1)
        told = np.where(scorable, probability, np.nan)
        kind = np.where(scorable, _TEXTUAL, 0).astype(np.int8)
        return Estimates(told, told.copy(), kind)

    def contributions(self, features: PairFeatures) -> NDArray[np.float64]:
        """Return what each column of the trees adds to the log odds before calibration.

        See :meth:`BoostedTrees.contributions`.
        """
        return self.trees.contributions(self._seen(features))

    def _seen(self, features: PairFeatures) -> NDArray[np.float64]:
        missing = sorted(set(self.trees.columns) - set(features.names))
        if missing:
            raise ModelError(
                self.name,
                f"asks for features that are not there: {', '.join(missing)}.",
                "Use the vectorizer that it was trained with.",
            )
        places = [features.names.index(name) for name in self.trees.columns]
        return np.ascontiguousarray(features.values[:, places])


if TYPE_CHECKING:  # Nothing else would notice before one is handed over.
    _kept: type[ConflictEstimator] = PairModel
