"""What an estimator says of pairs, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.labels import ConflictKind

KIND_CODES: Final = (None, *ConflictKind)
"""Meaning of :attr:`Estimates.kind`: position 0 is "no counted kind"."""


@dataclass(frozen=True)
class Estimates:
    """Estimates for the rows of a pair table, each of shape ``(n_pairs,)``.

    Attributes
    ----------
    p_conflict
        Probability in [0, 1] that doing both tasks from the same base yields a conflict of any
        kind the policy counts. NaN where the estimator was never calibrated, or cannot say.
    score
        The estimator's own number, higher is riskier; it may exceed 1. NaN where too little is
        known of what the two will touch to plan by it, even if ``p_conflict`` tells how often such
        pairs conflict.
    kind
        Most probable counted kind, as a position in :data:`KIND_CODES`.
    spread
        How far those disagree who learned from different repositories: standard deviation of
        their probabilities, in [0, 0.5]. NaN where only one speaks, or none can say.
    """

    p_conflict: NDArray[np.float64]
    score: NDArray[np.float64]
    kind: NDArray[np.int8]
    spread: NDArray[np.float64]

    @property
    def risk(self) -> NDArray[np.float64]:
        """What a threshold is held against: the probability where there is one, else the score.

        NaN means that the pair cannot be scored; such a pair is never run together.
        """
        told = np.where(np.isnan(self.p_conflict), self.score, self.p_conflict)
        return np.where(np.isnan(self.score), np.nan, told)
