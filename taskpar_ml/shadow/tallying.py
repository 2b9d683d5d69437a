"""Predictions held against what happened, in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.backtest import Measured
from taskpar_ml.domain.landing import Landing
from taskpar_ml.domain.shadow import ShadowPair, Tally
from taskpar_ml.estimators.comparison import RESAMPLES, drawn_batches, interval_of
from taskpar_ml.estimators.pair_metrics import RankedPairs, brier_score
from taskpar_ml.shadow.expected import expected_conflicts

_SHOWN: Final = 5
"""Misses that are shown, and false alarms."""
_SEED: Final = 0


class JudgedPair(NamedTuple):
    """What was said of two tasks, and what happened.

    Attributes
    ----------
    first, second
        Their landings, in the order in which they landed.
    risk
        What was said, NaN where it could not be told.
    is_probability
        Whether that is a probability.
    together
        Whether they would have been let run at the same time.
    truth
        Whether they conflict, ``None`` where that could not be decided.
    group
        Number of the prediction, counted from 0: pairs of one are drawn together.
    minutes
        For how long the two could have run side by side at most.
    """

    first: Landing
    second: Landing
    risk: float
    is_probability: bool
    together: bool
    truth: bool | None
    group: int
    minutes: int


def tally_of(pairs: Sequence[JudgedPair]) -> Tally:
    """Return what predictions came to.

    The interval of the AUC is that of drawing whole predictions with replacement; of a single one
    there is none. A pair whose risk could not be told counts as the riskiest there, for it is kept
    apart; it has no part in Brier score and expectation.
    """
    known = [each for each in pairs if each.truth is not None]
    truth = np.array([each.truth for each in known], dtype=bool)
    risk = np.array([each.risk for each in known], dtype=np.float64)
    together = np.array([each.together for each in known], dtype=bool)
    told = np.array([each.is_probability for each in known], dtype=bool) & ~np.isnan(risk)
    wrong = [each for each in known if each.truth == each.together]
    misses = sorted((each for each in wrong if each.truth), key=_safest)
    alarms = sorted((each for each in wrong if not each.truth), key=_dearest)
    return Tally(
        sets=len({each.group for each in pairs}),
        tasks=len({landing.id for each in pairs for landing in (each.first, each.second)}),
        pairs=len(known),
        unknown=len(pairs) - len(known),
        conflicts=int(truth.sum()),
        kept_apart=int((truth & ~together).sum()),
        let_through=len(misses),
        for_nothing=len(alarms),
        unscored=int(np.isnan(risk).sum()),
        expected=expected_conflicts(risk[told], truth[told]) if told.any() else None,
        brier=brier_score(truth[told], risk[told]) if told.any() else None,
        auc=_auc(truth, risk, np.array([each.group for each in known], dtype=np.int64)),
        misses=tuple(map(_shown, misses[:_SHOWN])),
        false_alarms=tuple(map(_shown, alarms[:_SHOWN])),
    )


def _auc(
    truth: NDArray[np.bool_], risk: NDArray[np.float64], group: NDArray[np.int64]
) -> Measured | None:
    if not truth.any() or truth.all():
        return None
    ranked = RankedPairs.of(truth, np.nan_to_num(risk, nan=np.inf))
    _, group = np.unique(group, return_inverse=True)
    groups = int(group.max()) + 1
    value = ranked.auc()
    if groups < 2:
        return Measured(mean=value, low=None, high=None)
    drawn = drawn_batches(groups, RESAMPLES, np.random.default_rng(_SEED))
    again = [ranked.auc(weights[group].astype(np.float64)) for weights in drawn]
    interval = interval_of(np.array([value, *again]))
    if np.isnan(interval.low):
        return Measured(mean=value, low=None, high=None)
    return Measured(mean=value, low=interval.low, high=interval.high)


def _safest(pair: JudgedPair) -> tuple[float, str, str]:
    return pair.risk, pair.first.id, pair.second.id


def _dearest(pair: JudgedPair) -> tuple[float, str, str]:
    return -pair.minutes, pair.first.id, pair.second.id


def _shown(pair: JudgedPair) -> ShadowPair:
    return ShadowPair(
        first=pair.first.id,
        first_title=pair.first.title,
        second=pair.second.id,
        second_title=pair.second.title,
        risk=None if np.isnan(pair.risk) else pair.risk,
        minutes=pair.minutes,
    )
