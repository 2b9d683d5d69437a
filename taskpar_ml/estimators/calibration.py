"""Probabilities that mean what they say: a line through log odds, drawn towards a known one.

A repository has few conflicts to be calibrated by, eighteen to some ninety in a tenth of its past.
So its own line starts from the one of all repositories and moves only as far as its conflicts
insist.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

_MOST_STEPS: Final = 100
_CLOSE: Final = 1e-10
_EXTREME: Final = 1e-9
"""Probabilities nearer to 0 or 1 count as this near: their log odds must be numbers."""


@dataclass(frozen=True)
class LogitLine:
    """Calibrated log odds are ``intercept + slope * log odds``.

    Source: Platt, "Probabilistic Outputs for Support Vector Machines" (1999), on log odds; drawn
    towards a given line as by a normal prior.

    Examples
    --------
    >>> LogitLine().of(np.array([0.2, 0.5])).round(3).tolist()
    [0.2, 0.5]
    >>> told, truth = np.full(1000, 0.5), np.arange(1000) < 100
    >>> LogitLine.fitted(told, truth).of(np.array([0.5])).round(2).tolist()
    [0.1]
    """

    intercept: float = 0.0
    slope: float = 1.0

    def of(self, probability: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return calibrated probabilities; NaN stays NaN."""
        return np.asarray(expit(self.intercept + self.slope * _log_odds(probability)))

    @classmethod
    def fitted(
        cls,
        probability: NDArray[np.float64],
        truth: NDArray[np.bool_],
        *,
        prior: LogitLine | None = None,
        strength: float = 1.0,
        weight: NDArray[np.float64] | None = None,
    ) -> Self:
        """Return the line under which what happened is most probable.

        Parameters
        ----------
        probability
            What was told, shape ``(n_rows,)``, no NaN.
        truth
            What happened.
        prior
            The line that is moved away from; the diagonal by default.
        strength
            How hard it holds: as if intercept and slope were known to ``1 / sqrt(strength)``.
            Without rows the answer is the prior.
        weight
            How much each row counts, shape ``(n_rows,)``; 1 by default.
        """
        start = prior or LogitLine()
        centre = np.array([start.intercept, start.slope])
        design = np.stack([np.ones(len(probability)), _log_odds(probability)], axis=1)
        counts = np.ones(len(probability)) if weight is None else weight
        target = truth.astype(np.float64)
        line = centre.copy()
        for _ in range(_MOST_STEPS):
            told = expit(design @ line)
            slope = design.T @ (counts * (told - target)) + strength * (line - centre)
            curvature = (design * (counts * told * (1 - told))[:, None]).T @ design
            step = np.linalg.solve(curvature + strength * np.eye(2), slope)
            # Half as far until it helps: a whole step may overshoot where few rows are certain.
            size = 1.0
            while size > _CLOSE and _loss(
                design, target, counts, line - size * step, centre, strength
            ) > _loss(design, target, counts, line, centre, strength):
                size /= 2
            line = line - size * step
            if np.abs(size * step).max() < _CLOSE:
                break
        return cls(float(line[0]), float(line[1]))


def _log_odds(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(logit(np.clip(probability, _EXTREME, 1 - _EXTREME)), dtype=np.float64)


def _loss(
    design: NDArray[np.float64],
    target: NDArray[np.float64],
    counts: NDArray[np.float64],
    line: NDArray[np.float64],
    centre: NDArray[np.float64],
    strength: float,
) -> float:
    margin = design @ line
    surprise = np.logaddexp(0.0, margin) - target * margin
    return float(counts @ surprise + strength / 2 * ((line - centre) ** 2).sum())
