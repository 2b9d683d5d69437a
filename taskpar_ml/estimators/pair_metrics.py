"""How well scores rank pairs and how honest probabilities are, with or without weights of pairs.

Weights make a bootstrap cheap: a resample counts each block of pairs as often as it was drawn, and
nothing has to be sorted again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray


class Bin(NamedTuple):
    """One bin of a reliability curve: pairs, mean probability told, share that conflicted."""

    pairs: int
    told: float
    observed: float


@dataclass(frozen=True)
class RankedPairs:
    """Pairs in the order of their scores, the riskiest first.

    Attributes
    ----------
    truth
        Whether each conflicts, shape ``(n_pairs,)``.
    place
        Where each stood before it was ordered.
    starts
        Where each run of equal scores begins: pairs that a score cannot tell apart count as one
        step.

    Examples
    --------
    >>> truth = np.array([True, False, True, False])
    >>> ranked = RankedPairs.of(truth, np.array([3.0, 2.0, 1.0, 0.0]))
    >>> ranked.auc(), round(ranked.average_precision(), 3), ranked.caught(0.25)
    (0.75, 0.833, 0.5)
    """

    truth: NDArray[np.bool_]
    place: NDArray[np.int64]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, truth: NDArray[np.bool_], score: NDArray[np.float64]) -> Self:
        """Order pairs; at least one.

        Parameters
        ----------
        truth
            Whether each conflicts.
        score
            Higher is riskier; no NaN.
        """
        order = np.argsort(-score, kind="stable")
        ordered = score[order]
        steps = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
        return cls(truth[order], order, steps)

    def auc(self, weights: NDArray[np.float64] | None = None) -> float:
        """Return P(a conflict is ranked above a pair without one), ties counting half.

        NaN where there is only one kind of pairs. Weights are of the pairs as they were given.
        """
        hits, others = self._steps(weights)
        above = np.cumsum(hits) - hits
        total = hits.sum() * others.sum()
        if total == 0:
            return float("nan")
        return float((others * (above + hits / 2)).sum() / total)

    def average_precision(self, weights: NDArray[np.float64] | None = None) -> float:
        """Return the mean precision at which conflicts are found; NaN where there are none."""
        hits, others = self._steps(weights)
        found, seen = np.cumsum(hits), np.cumsum(hits + others)
        if found[-1] == 0:
            return float("nan")
        precision = np.divide(found, seen, out=np.zeros_like(seen), where=seen > 0)
        return float((hits * precision).sum() / found[-1])

    def caught(self, share: float, weights: NDArray[np.float64] | None = None) -> float:
        """Return the share of conflicts among the riskiest ``share`` of all pairs, in [0, 1].

        Of pairs with one score a part is taken; NaN where there are no conflicts.
        """
        hits, others = self._steps(weights)
        found, seen = np.cumsum(hits), np.cumsum(hits + others)
        if found[-1] == 0:
            return float("nan")
        most = share * seen[-1]
        return float(np.interp(most, np.r_[0.0, seen], np.r_[0.0, found]) / found[-1])

    def _steps(
        self, weights: NDArray[np.float64] | None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the weight of conflicts and of other pairs at every step of the score."""
        if weights is None:
            return self._plain
        ordered = weights[self.place]
        hits = np.add.reduceat(np.where(self.truth, ordered, 0.0), self.starts)
        return hits, np.add.reduceat(ordered, self.starts) - hits

    @cached_property
    def _plain(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return self._steps(np.ones(len(self.truth)))


def brier_score(truth: NDArray[np.bool_], probability: NDArray[np.float64]) -> float:
    """Return the mean squared distance of probabilities from what happened, in [0, 1].

    Source: Brier, "Verification of Forecasts Expressed in Terms of Probability" (1950).
    """
    return float(np.mean((probability - truth) ** 2))


def reliability_curve(
    truth: NDArray[np.bool_], probability: NDArray[np.float64], *, bins: int = 10
) -> tuple[Bin, ...]:
    """Return what was told beside what happened, in bins of equally many pairs.

    Parameters
    ----------
    truth, probability
        Shape ``(n_pairs,)``.
    bins
        Fewer where there are fewer pairs.
    """
    order = np.argsort(probability, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return tuple(
        Bin(len(part), float(probability[part].mean()), float(truth[part].mean())) for part in parts
    )


def calibration_error(
    truth: NDArray[np.bool_], probability: NDArray[np.float64], *, bins: int = 10
) -> float:
    """Return the expected calibration error: the mean distance of told from observed, in [0, 1].

    Source: Naeini et al., "Obtaining Well Calibrated Probabilities Using Bayesian Binning" (2015),
    with bins of equally many pairs.
    """
    curve = reliability_curve(truth, probability, bins=bins)
    return sum(each.pairs * abs(each.told - each.observed) for each in curve) / len(truth)
