"""A general model made one repository's own: by what happened there, as much as that supports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from taskpar_ml.estimators.boosting import BoostedTrees, Lesson, TreeSettings
from taskpar_ml.estimators.calibration import LogitLine
from taskpar_ml.estimators.learned_model import LearnedModel
from taskpar_ml.estimators.pair_model import PairModel
from taskpar_ml.training.lessons import RISING
from taskpar_ml.training.pair_rows import PairRows

STRENGTH: Final = 30.0
"""How hard the general calibration holds against that of one repository."""
OWN_TREES: Final = TreeSettings(
    trees=60, learning_rate=0.02, leaves=3, least_rows=250, shrinkage=20
)
"""How trees of a repository's own are grown: few, small and slow, on top of what a general model
says, so that a handful of batches moves it a little and many move it more."""
LEAST_SEARCHED: Final = 10
"""Batches from which on it is tried which way of adapting would have served a repository so far."""
LEAST_JUDGED: Final = 5
"""Batches that have to say something about each way, or else none is held against another."""
FOLDS: Final = ((0.4, 0.6), (0.6, 0.8), (0.8, 1.0))
"""Parts of a history that are judged by what was learned from all before them, as shares of it."""
SURE: Final = 2.0
"""Standard errors by which another way has to be better than the usual one."""


class Way(StrEnum):
    """How much of a model is made a repository's own."""

    AS_IT_IS = "as it is"
    """Nothing: there is nothing to learn from, or what was learned would have done harm."""
    OWN_TREES = "own trees"
    """A few trees of its own are added to those of the general model."""
    CALIBRATED = "own calibration and trees"
    """Its own rate of conflicts, too, moves probabilities up or down."""


class TriedWay(NamedTuple):
    """How a way would have served a repository so far.

    Attributes
    ----------
    way
        Which.
    difference
        Its log loss less that of the model as it is, mean over batches; negative is better.
    error
        Standard error of the difference.
    """

    way: Way
    difference: float
    error: float


@dataclass(frozen=True)
class Adaptation:
    """A model as it knows one repository.

    Attributes
    ----------
    model
        The model; the one that was handed in where nothing is to be learned.
    way
        How it was adapted.
    batches, pairs, conflicts
        What it learned from: batches, their pairs of known outcome, and how many of them conflict.
    tried
        What each way would have come to, if there were enough batches to try.
    """

    model: LearnedModel
    way: Way
    batches: int
    pairs: int
    conflicts: int
    tried: tuple[TriedWay, ...] = ()


def adapted(
    model: LearnedModel,
    pairs: PairRows,
    counted: NDArray[np.float32],
    *,
    weight: NDArray[np.float32] | None = None,
    until: float = 1.0,
) -> Adaptation:
    """Return the model as it knows one repository that it has not learned from.

    Parameters
    ----------
    pairs
        Features made with the ranker of the model, which must have no own trees yet.
    counted
        Whether each pair conflicts, shape ``(n_batches, n_pairs)``; NaN where it is not known.
    weight
        How much each pair counts, same shape; all the same if None.
    until
        Share of the batches that are learned from, oldest first.

    Notes
    -----
    Trees of its own are the usual way. Which way it is is decided on the repository itself: parts
    of its history are told by what could be learned before them, and another way is taken where it
    would have been better than the usual one by :data:`SURE` standard errors of the difference.
    """
    end = int(len(counted) * until)
    past = _Past.of(model.pairs, pairs, counted, weight).part(0, end)
    told, conflicts = int((~np.isnan(past.truth)).sum()), int(np.nansum(past.truth))
    found = Adaptation(model, Way.AS_IT_IS, end, told, conflicts)
    if not 0 < conflicts < told:
        return found
    changes = _tried(model.pairs, past) if end >= LEAST_SEARCHED else {}
    way = _chosen(changes)
    found = replace(
        found, tried=tuple(TriedWay(way, *_mean(each)) for way, each in changes.items())
    )
    if way is Way.AS_IT_IS:
        return found
    learned = _WAYS[way](model.pairs, past)
    if way is Way.OWN_TREES and learned.own is not None and not _says(learned.own, past):
        return found
    return replace(found, model=replace(model, pairs=learned), way=way)


@dataclass(frozen=True)
class _Past:
    """Batches of one repository, as the members of a model see them.

    Attributes
    ----------
    values
        Shape ``(n_batches, n_tellings, n_pairs, n_columns)``.
    truth, weight
        Shape ``(n_batches, n_pairs)``; NaN where the truth is not known.
    margin
        Mean log odds of the members, shape ``(n_batches, n_tellings, n_pairs)``.
    """

    values: NDArray[np.float32]
    truth: NDArray[np.float32]
    weight: NDArray[np.float32]
    margin: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        model: PairModel,
        pairs: PairRows,
        truth: NDArray[np.float32],
        weight: NDArray[np.float32] | None,
    ) -> _Past:
        values = pairs.columns_of(model.columns)
        flat = model.margins(values.reshape(-1, values.shape[-1])).mean(axis=0)
        counts = np.ones_like(truth) if weight is None else weight
        return cls(values, truth, counts, flat.reshape(values.shape[:-1]))

    def part(self, begin: int, end: int) -> _Past:
        inside = slice(begin, end)
        return _Past(
            self.values[inside], self.truth[inside], self.weight[inside], self.margin[inside]
        )

    @property
    def told(self) -> NDArray[np.float32]:
        """The truth of every row of ``margin``."""
        return self._in_every_telling(self.truth)

    @property
    def counts(self) -> NDArray[np.float32]:
        """How much every row of ``margin`` counts."""
        return self._in_every_telling(self.weight)

    def _in_every_telling(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.repeat(values[:, None], self.margin.shape[1], axis=1)

    def lesson(self, line: LogitLine) -> Lesson:
        """Return everything, to be added to what a calibrated model says."""
        return Lesson(
            self.values.reshape(-1, self.values.shape[-1]),
            self.told.reshape(-1),
            self.counts.reshape(-1),
            logit(line.of(expit(self.margin.reshape(-1)))),
        )


def _with_trees(model: PairModel, past: _Past) -> PairModel:
    """Return a model to which trees of the repository's own are added."""
    rising = [int(column in RISING) for column in model.columns]
    lesson = past.lesson(model.line)
    grown = BoostedTrees.grown(model.columns, [lesson], OWN_TREES, rising=rising)
    return replace(model, own=grown)


def _calibrated(model: PairModel, past: _Past) -> PairModel:
    """Return a model that is calibrated by the repository, with trees of its own."""
    known = ~np.isnan(past.told)
    line = LogitLine.fitted(
        np.asarray(expit(past.margin[known])),
        past.told[known] > 0,
        prior=model.line,
        strength=STRENGTH,
        # Every pair is told in several ways, which are no evidence of their own.
        weight=past.counts[known].astype(np.float64) / past.margin.shape[1],
    )
    return _with_trees(replace(model, line=line), past)


def _says(trees: BoostedTrees, past: _Past) -> bool:
    """Whether trees tell anything apart: of too few rows none grows."""
    return bool(trees.margin(past.values.reshape(-1, past.values.shape[-1])).any())


_WAYS: Final[dict[Way, Callable[[PairModel, _Past], PairModel]]] = {
    Way.AS_IT_IS: lambda model, past: model,
    Way.OWN_TREES: _with_trees,
    Way.CALIBRATED: _calibrated,
}


def _chosen(tried: Mapping[Way, NDArray[np.float64]]) -> Way:
    """Return the usual way, or one that would have been better for sure.

    Parameters
    ----------
    tried
        By way: how the log loss of each batch changes; empty where nothing could be tried.
    """
    if not tried:
        return Way.OWN_TREES
    usual = tried[Way.OWN_TREES]
    best = min(
        (way for way in tried if way is not Way.OWN_TREES), key=lambda way: tried[way].mean()
    )
    difference, error = _mean(tried[best] - usual)
    return best if difference + SURE * error < 0 else Way.OWN_TREES


def _tried(model: PairModel, past: _Past) -> dict[Way, NDArray[np.float64]]:
    """Return by way how the log loss of later batches changes, learned from all before them.

    Batches of which nothing is known, or before which there is nothing to learn from, say nothing.
    Where there are too few others, the answer is empty.
    """
    size, changes = len(past.truth), defaultdict[Way, list[NDArray[np.float64]]](list)
    for begin, end in ((int(size * share), int(size * until)) for share, until in FOLDS):
        before, after = past.part(0, begin), past.part(begin, end)
        if not 0 < np.nansum(before.truth) < (~np.isnan(before.truth)).sum():
            continue
        plain = _losses(model, after)
        for way, make in _WAYS.items():
            told = plain if way is Way.AS_IT_IS else _losses(make(model, before), after)
            changes[way].append((told - plain)[~np.isnan(plain)])
    found = {way: np.concatenate(each) for way, each in changes.items()}
    return found if found and len(found[Way.AS_IT_IS]) >= LEAST_JUDGED else {}


def _mean(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return a mean with its standard error."""
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))


def _losses(model: PairModel, past: _Past) -> NDArray[np.float64]:
    """Return the mean log loss of each batch, NaN where no outcome is known."""
    flat = past.values.reshape(-1, past.values.shape[-1])
    own = np.zeros(len(flat)) if model.own is None else model.own.margin(flat)
    odds = logit(model.line.of(expit(past.margin))) + own.reshape(past.margin.shape)
    loss = np.logaddexp(0.0, odds) - past.told * odds
    known = (~np.isnan(loss)).sum(axis=(1, 2))
    nothing = np.full(len(known), np.nan)
    return np.asarray(np.divide(np.nansum(loss, axis=(1, 2)), known, out=nothing, where=known > 0))
