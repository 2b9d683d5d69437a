"""Models held against each other on the same pairs of several repositories, with intervals.

Everything is a mean over repositories, never pooled: a repository with many conflicts counts no
more than another. Intervals are those of a bootstrap in which whole batches are drawn, the same
ones for all models, so that differences are paired.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.estimators.pair_metrics import RankedPairs

RESAMPLES: Final = 500
"""How often batches are drawn."""

MEASURES: Final = ("AUC", "AP", "lift", "caught at 5 %", "caught at 10 %", "caught at 20 %")
"""What is measured: area under the ROC curve, average precision and that over the base rate, and
the share of conflicts among the riskiest pairs."""

_SHARES: Final = (0.05, 0.1, 0.2)


class Interval(NamedTuple):
    """A value with its 95 % interval.

    Examples
    --------
    >>> print(Interval(0.5, 0.25, 0.75))
    0.500 (0.250 to 0.750)
    """

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"

    @property
    def is_above_zero(self) -> bool:
        """Whether the whole interval lies above zero."""
        return self.low > 0


@dataclass(frozen=True)
class JudgedPairs:
    """What models say of the pairs of one repository.

    Attributes
    ----------
    truth
        Whether each pair conflicts, shape ``(n_pairs,)``.
    batch
        The batch of each pair, counted from 0, same shape.
    scores
        By model, same shape; higher is riskier. NaN, where a model cannot say, counts as the
        riskiest: such a pair is kept apart.
    """

    truth: NDArray[np.bool_]
    batch: NDArray[np.int64]
    scores: Mapping[str, NDArray[np.float64]]


class Comparison:
    """Measures of several models on the same pairs.

    Parameters
    ----------
    judged
        One per repository, at least one, each with a conflict.
    resamples
        How often batches are drawn.

    Examples
    --------
    >>> pairs = JudgedPairs(
    ...     np.array([True, False] * 10),
    ...     np.arange(20) // 4,
    ...     {"good": np.array([1.0, 0.0] * 10), "blind": np.zeros(20)},
    ... )
    >>> Comparison([pairs]).difference("good", "blind", "AUC")
    Interval(value=0.5, low=0.5, high=0.5)
    """

    def __init__(
        self, judged: Sequence[JudgedPairs], *, resamples: int = RESAMPLES, seed: int = 0
    ) -> None:
        self.judged = tuple(judged)
        random = np.random.default_rng(seed)
        self._weights = []
        for each in self.judged:
            batches = int(each.batch.max(initial=-1)) + 1
            self._weights.append(drawn_batches(batches, resamples, random))
        self._measured: dict[str, NDArray[np.float64]] = {}

    @cached_property
    def models(self) -> tuple[str, ...]:
        """Names of the models."""
        return tuple(self.judged[0].scores)

    def value(self, model: str, measure: str) -> Interval:
        """Return the mean of a measure over repositories."""
        return interval_of(self._means(model)[:, MEASURES.index(measure)])

    def difference(self, model: str, other: str, measure: str) -> Interval:
        """Return by how much a model is better than another."""
        column = MEASURES.index(measure)
        return interval_of(self._means(model)[:, column] - self._means(other)[:, column])

    def ratio(self, model: str, other: str, measure: str) -> Interval:
        """Return how many times another's value a model reaches."""
        column = MEASURES.index(measure)
        return interval_of(self._means(model)[:, column] / self._means(other)[:, column])

    def single(self, model: str, measure: str) -> tuple[Interval, ...]:
        """Return a measure repository by repository."""
        column = MEASURES.index(measure)
        return tuple(interval_of(each[:, column]) for each in self._all(model))

    def single_difference(self, model: str, other: str, measure: str) -> tuple[Interval, ...]:
        """Return by how much a model is better than another, repository by repository."""
        column = MEASURES.index(measure)
        both = zip(self._all(model), self._all(other), strict=True)
        return tuple(interval_of(one[:, column] - two[:, column]) for one, two in both)

    def single_ratio(self, model: str, other: str, measure: str) -> tuple[Interval, ...]:
        """Return how many times another's value a model reaches, repository by repository."""
        column = MEASURES.index(measure)
        both = zip(self._all(model), self._all(other), strict=True)
        return tuple(interval_of(one[:, column] / two[:, column]) for one, two in both)

    def _means(self, model: str) -> NDArray[np.float64]:
        # A resample of one repository may hold no conflict; the others speak for it then.
        found = self._all(model)
        told = (~np.isnan(found)).sum(axis=0)
        nothing = np.full(told.shape, np.nan)
        return np.asarray(np.divide(np.nansum(found, axis=0), told, out=nothing, where=told > 0))

    def _all(self, model: str) -> NDArray[np.float64]:
        """Return all measures, shape ``(n_repositories, 1 + resamples, n_measures)``."""
        if model not in self._measured:
            self._measured[model] = np.array(
                [
                    _measures(each, model, weights)
                    for each, weights in zip(self.judged, self._weights, strict=True)
                ]
            )
        return self._measured[model]


def drawn_batches(
    batches: int, resamples: int, random: np.random.Generator
) -> list[NDArray[np.int64]]:
    """Return how often each batch was drawn, resample by resample, shape ``(batches,)`` each."""
    drawn = random.integers(0, max(batches, 1), size=(resamples, batches))
    return [np.bincount(row, minlength=batches) for row in drawn]


def interval_of(values: NDArray[np.float64]) -> Interval:
    """Return the first value with the 95 % interval of the others, those left out that are NaN."""
    known = values[1:][~np.isnan(values[1:])]
    low, high = np.quantile(known, [0.025, 0.975]) if len(known) else (np.nan, np.nan)
    return Interval(float(values[0]), float(low), float(high))


def _measures(
    judged: JudgedPairs, model: str, weights: Sequence[NDArray[np.int64]]
) -> list[list[float]]:
    ranked = RankedPairs.of(judged.truth, np.nan_to_num(judged.scores[model], nan=np.inf))
    rows = []
    for drawn in (None, *weights):
        of_pair = None if drawn is None else drawn[judged.batch].astype(np.float64)
        # A resample may hold no pair at all: of few batches alone pairs were concurrent.
        size = float(len(judged.truth) if of_pair is None else of_pair.sum())
        hits = float(judged.truth.sum() if of_pair is None else of_pair[judged.truth].sum())
        precision = ranked.average_precision(of_pair)
        rows.append(
            [
                ranked.auc(of_pair),
                precision,
                precision * size / hits if hits else np.nan,
                *(ranked.caught(share, of_pair) for share in _SHARES),
            ]
        )
    return rows
