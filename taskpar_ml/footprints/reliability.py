"""How far a footprint provider is to be believed, as its answers about past tasks tell.

What a provider names is held against what was predicted without it. A file that it names gains
some log odds, a predicted one that it does not name loses some: a logistic regression of two
coefficients in which what was predicted is given, with a prior that both are zero. Of a file only
one of the two speaks, so that each is found on its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit

from taskpar_ml.domain.provided import Trial
from taskpar_ml.footprints.pooling import CHANCE

ENOUGH_TASKS: Final = 10
"""Past tasks on which a provider must have been tried, before its answers count."""
ENOUGH_FOR_LOSS: Final = 30
"""The same before what it does not name becomes less likely: that lets tasks run together."""
MOST_GAIN: Final = 6.0
"""Log odds that a named file may gain, by all providers together."""
MOST_LOSS: Final = 2.0
"""Log odds that a file may lose by not being named."""

_PRIOR: Final = 4.0
"""Inverse variance of the prior: gains of more than one are surprising."""
_ERRORS: Final = 2.0
"""Standard errors by which a loss is believed less."""
_UNMADE: Final = 10.0
"""New files, never made, that a provider is imagined to have named before."""
_MOST_CREATED: Final = 0.5
_FIRST: Final = 10


class Ranking(NamedTuple):
    """How well files of past tasks are ranked: means over tasks that changed an existing file.

    ``recall`` is the share of the changed files among the first ten, ``gain`` the normalised
    discounted cumulative gain of these. NaN where there are no such tasks.
    """

    recall: float
    gain: float


@dataclass(frozen=True)
class Reliability:
    """What was learned of one provider.

    Attributes
    ----------
    provider
        Who.
    model
        Who ranks without it: for another ranker other numbers hold.
    tasks
        Past tasks with an answer and a known outcome.
    named
        Log odds that a named file gains, at least 0.
    unnamed
        Log odds that a predicted file loses by not being named, at least 0.
    created
        P(a new file that it names is made), doubted where it seldom named any.
    files, right
        Files that it named, and how many of them the tasks changed.
    precision, recall
        Of the files named, and of the files changed: means over tasks that have any; NaN without.
    """

    provider: str
    model: str
    tasks: int = 0
    named: float = 0.0
    unnamed: float = 0.0
    created: float = 0.0
    files: int = 0
    right: int = 0
    precision: float = float("nan")
    recall: float = float("nan")

    @property
    def counts(self) -> bool:
        """Whether it was tried often enough for its answers to count."""
        return self.tasks >= ENOUGH_TASKS

    @classmethod
    def learned(cls, provider: str, model: str, trials: Sequence[Trial]) -> Self:
        """Learn from past tasks, all of which count alike.

        Parameters
        ----------
        provider, model
            Of whom the trials are; others are left out.
        trials
            One per landing, in any order: the answer is the same to the bit.
        """
        own = _own(provider, model, trials)
        if not own:
            return cls(provider, model)
        rows = _Rows.of(own)
        named, unnamed = _gain(rows), _loss(rows) if len(own) >= ENOUGH_FOR_LOSS else 0.0
        right = [len(set(each.named) & set(each.touched)) for each in own]
        new, made = (sum(getattr(each, name) for each in own) for name in ("new", "made"))
        return cls(
            provider=provider,
            model=model,
            tasks=len(own),
            named=named,
            unnamed=unnamed,
            created=min(made / (new + _UNMADE), _MOST_CREATED),
            files=sum(len(each.named) for each in own),
            right=sum(right),
            precision=_mean(right, [len(each.named) for each in own]),
            recall=_mean(right, [each.changed for each in own]),
        )


def rankings(
    trials: Sequence[Trial], reliability: Reliability | None = None
) -> NDArray[np.float64]:
    """Return how well files are ranked without a provider and with it, task by task.

    Parameters
    ----------
    trials
        Of one provider and model.
    reliability
        What is believed of it. Without, it is learned from one half of the trials to be judged on
        the other, and the other way round.

    Returns
    -------
    NDArray
        Of the tasks that changed a file which existed, in the order of their landings' ids: recall
        and gain of :class:`Ranking` without the provider, and the same with it, ``(n_tasks, 4)``.
    """
    ordered = sorted(trials, key=lambda each: each.landing)
    known = [reliability, reliability]
    if reliability is None and ordered:
        one, model = ordered[0].provider, ordered[0].model
        known = [Reliability.learned(one, model, ordered[half::2]) for half in (1, 0)]
    rows = [
        (*_ranked(trial, np.array(trial.gained)), *_ranked(trial, corrected(trial, judge)))
        for place, trial in enumerate(ordered)
        if trial.changed and (judge := known[place % 2]) is not None
    ]
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def ranking(
    trials: Sequence[Trial], reliability: Reliability | None = None
) -> tuple[Ranking, Ranking]:
    """Return means of :func:`rankings` without a provider and with it."""
    rows = rankings(trials, reliability)
    found = rows.mean(axis=0).tolist() if len(rows) else [float("nan")] * 4
    return Ranking(*found[:2]), Ranking(*found[2:])


def corrected(trial: Trial, reliability: Reliability) -> NDArray[np.float64]:
    """Return the log odds that the rows of a trial have gained with the answer counted."""
    gained = np.array(trial.gained, dtype=np.float64)
    named = np.zeros(len(gained), dtype=bool)
    named[list(trial.named)] = True
    if not reliability.counts:
        return gained
    return np.maximum(gained + np.where(named, reliability.named, -reliability.unnamed), 0.0)


def _own(provider: str, model: str, trials: Sequence[Trial]) -> list[Trial]:
    own = [each for each in trials if (each.provider, each.model) == (provider, model)]
    return sorted(own, key=lambda each: (each.landing, each.asked_at))


def _mean(right: Sequence[int], of: Sequence[int]) -> float:
    shares = [part / whole for part, whole in zip(right, of, strict=True) if whole]
    return float(np.mean(shares)) if shares else float("nan")


def _ranked(trial: Trial, gained: NDArray[np.float64]) -> tuple[float, float]:
    """Return recall and gain of the first ten; of rows alike the one predicted first is first."""
    hit = np.zeros(len(gained))
    hit[list(trial.touched)] = 1.0
    first = hit[np.argsort(-gained, kind="stable")][:_FIRST]
    discount = 1 / np.log2(np.arange(2, _FIRST + 2))
    best = discount[: trial.changed].sum()
    return float(first.sum() / trial.changed), float(first @ discount[: len(first)] / best)


class _Rows(NamedTuple):
    """Rows of all trials: log odds by what was predicted, what happened, and the weight of each."""

    odds: NDArray[np.float64]
    touched: NDArray[np.float64]
    named: NDArray[np.bool_]
    weight: NDArray[np.float64]

    @classmethod
    def of(cls, trials: Sequence[Trial]) -> Self:
        """Return the rows, those of each task with the same weight together.

        What the ranker is off by in these tasks anyway is no merit of the provider: it is taken
        out, so that whoever names files at random is found to say nothing.
        """
        sizes = np.array([len(each.gained) for each in trials], dtype=np.int64)
        number = np.repeat(np.arange(len(trials)), sizes)
        touched, named, predicted = (np.zeros(sizes.sum(), dtype=bool) for _ in range(3))
        begins = np.cumsum(sizes) - sizes
        for begin, each in zip(begins.tolist(), trials, strict=True):
            touched[begin + np.array(each.touched, dtype=np.int64)] = True
            named[begin + np.array(each.named, dtype=np.int64)] = True
            predicted[begin : begin + each.predicted] = True
        odds = logit(CHANCE) + np.concatenate([np.array(each.gained) for each in trials])
        weight = sizes.mean() / np.maximum(sizes, 1)[number]
        off = _shift(odds[predicted], touched[predicted], weight[predicted])
        return cls(odds + off, touched.astype(np.float64), named, weight)

    def only(self, chosen: NDArray[np.bool_]) -> tuple[NDArray[np.float64], ...]:
        """Return log odds, outcomes and weights of some rows."""
        return self.odds[chosen], self.touched[chosen], self.weight[chosen]


def _gain(rows: _Rows) -> float:
    """Return what a named file gains. Naming never makes a file less likely."""
    return min(max(_shift(*rows.only(rows.named)), 0.0), MOST_GAIN)


def _loss(rows: _Rows) -> float:
    """Return what a file loses that is not named, as far as that is beyond doubt."""
    odds, touched, weight = rows.only(~rows.named)
    shift = _shift(odds, touched, weight)
    likely = expit(odds + shift)
    error = (_PRIOR + float(weight @ (likely * (1 - likely)))) ** -0.5
    return float(min(max(-shift - _ERRORS * error, 0.0), MOST_LOSS))


def _shift(
    odds: NDArray[np.float64], touched: NDArray[np.float64], weight: NDArray[np.float64]
) -> float:
    """Return by how much log odds are shifted best, given that they hardly are."""

    def slope(shift: float) -> float:
        return float(weight @ (expit(odds + shift) - touched)) + _PRIOR * shift

    # The slope rises with the shift, by the prior at least: its root lies between these.
    bound = 1.0 + abs(slope(0.0)) / _PRIOR
    return float(brentq(slope, -bound, bound, xtol=1e-9))
