"""The learned estimator: trees over the features of pairs, calibrated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from taskpar_ml.domain.estimates import KIND_CODES, Estimates
from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.scored import PairFeatures
from taskpar_ml.errors import ModelError
from taskpar_ml.estimators.boosting import BoostedTrees
from taskpar_ml.estimators.calibration import LogitLine
from taskpar_ml.estimators.contract import ConflictEstimator
from taskpar_ml.estimators.fixed_weights import ITEM_COMPONENTS

_APART: Final = 0.2
"""Past tasks replayed at this risk took no longer than with everything in parallel at four workers,
and less than half as many of them were redone."""
_TEXTUAL: Final = KIND_CODES.index(ConflictKind.TEXTUAL)


@dataclass(frozen=True)
class PairModel:
    """Says P(two tasks conflict) of pairs; a :class:`ConflictEstimator`.

    Several members speak, each of which has not learned from some of the repositories: their mean
    ranks better than any of them, and where they disagree none of them knows.

    Where footprints are unknown, what is left decides, the texts above all: the model has learned
    from such pairs, too, how often they conflict. That is told, and it is no score to plan by: a
    pair of which files, endpoints and tables are all unknown has none.

    Attributes
    ----------
    name
        Who speaks, with a version.
    members
        At least one, all grown on the same columns of a vectorizer, asked for by their names.
    line
        Calibration of their log odds.
    own
        Trees of the repository that is served, on the same columns: what they say is added to the
        calibrated log odds. None where nothing was learned from it.
    threshold
        P(conflict) from which on tasks stay apart, unless somebody set another.
    """

    name: str
    members: tuple[BoostedTrees, ...]
    line: LogitLine = field(default_factory=LogitLine)
    own: BoostedTrees | None = None
    threshold: float = _APART

    def __post_init__(self) -> None:
        heard = self.members if self.own is None else (*self.members, self.own)
        if len({member.columns for member in heard}) != 1:
            raise ModelError(
                self.name, "its members see different features.", "Train them together."
            )

    @property
    def columns(self) -> tuple[str, ...]:
        """Features that it asks for."""
        return self.members[0].columns

    def estimate(self, features: PairFeatures) -> Estimates:
        """Return probabilities; the score of a pair is its probability, where it has one.

        Parameters
        ----------
        features
            Must hold the columns of the members, and ``file``, ``api`` and ``database``.

        Raises
        ------
        ModelError
            If a column is missing.
        """
        seen = self._seen(features)
        margins = self.margins(seen)
        scorable = ~np.isnan(seen).all(axis=1)
        own = None if self.own is None else self.own.margin(seen)
        told = np.where(scorable, self._calibrated(margins.mean(axis=0), own), np.nan)
        spread = np.full(len(told), np.nan)
        if len(self.members) > 1:
            spread = np.where(scorable, self._calibrated(margins, own).std(axis=0), np.nan)
        kind = np.where(scorable, _TEXTUAL, 0).astype(np.int8)
        items = np.stack([features[name] for name in ITEM_COMPONENTS], axis=1)
        score = np.where(np.isnan(items).all(axis=1), np.nan, told)
        return Estimates(told, score, kind, spread)

    def margins(self, seen: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Return the log odds by each member before calibration, ``(n_members, n_rows)``.

        Parameters
        ----------
        seen
            Features in the order of the columns.
        """
        return np.stack([member.margin(seen) for member in self.members])

    def _calibrated(
        self, margins: NDArray[np.float64], own: NDArray[np.float64] | None
    ) -> NDArray[np.float64]:
        """Return probabilities, what the repository's own trees say added."""
        told = self.line.of(expit(margins))
        return told if own is None else np.asarray(expit(logit(told) + own))

    def contributions(self, features: PairFeatures) -> NDArray[np.float64]:
        """Return what each feature adds to the log odds, mean of the members.

        Without own trees they are those before calibration, with them those after it, but for its
        intercept. See :meth:`BoostedTrees.contributions`.
        """
        seen = self._seen(features)
        told = np.mean([member.contributions(seen) for member in self.members], axis=0)
        if self.own is not None:
            told = self.line.slope * told + self.own.contributions(seen)
        return np.asarray(told)

    def _seen(self, features: PairFeatures) -> NDArray[np.float64]:
        missing = sorted(set(self.columns) - set(features.names))
        if missing:
            raise ModelError(
                self.name,
                f"asks for features that are not there: {', '.join(missing)}.",
                "Use the vectorizer that it was trained with.",
            )
        places = [features.names.index(name) for name in self.columns]
        return np.ascontiguousarray(features.values[:, places])


if TYPE_CHECKING:  # Nothing else would notice before one is handed over.
    _kept: type[ConflictEstimator] = PairModel
