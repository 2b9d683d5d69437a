"""The planner's own dispatch, as a policy that a batch can be run under."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.watching import Watch
from taskpar_ml.planner.starts import StartRules
from taskpar_ml.simulation.policies import Moment

SEEN_SHARES: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares of a task's work that may have been seen when its risk is estimated."""


@dataclass(frozen=True)
class Forecast:
    """What a planner may know of a batch.

    Attributes
    ----------
    risk
        Risk that two tasks conflict, shape ``(n, n)``, symmetric, NaN where that cannot be told.
    is_probability
        Whether the risk is a probability. What is none is held against the threshold pair by
        pair, and nothing is weighed by it.
    minutes
        How long each task is expected to take, on the clock of the replay, shape ``(n,)``.
    spread
        Standard deviation of the logarithm of what tasks take, as far as the planner can tell.
    seen
        The same where some of both tasks has been seen, shape
        ``(n_shares, n, n_shares, n)``, shares those of :data:`SEEN_SHARES`; None where nobody
        asked.
    levels
        Level of growth of every two tasks as its place in
        :data:`~taskpar_ml.domain.levels.LEVELS`, shape ``(n, n)``, symmetric; None where nobody
        asked.
    """

    risk: NDArray[np.float64]
    is_probability: bool
    minutes: NDArray[np.float64]
    spread: float
    seen: NDArray[np.float32] | None = None
    levels: NDArray[np.int8] | None = None

    def risk_now(self, seen: Mapping[int, float]) -> NDArray[np.float64]:
        """Return the risks given which share of which task has been seen."""
        if self.seen is None or not seen:
            return self.risk
        tasks = np.arange(len(self.risk))
        level = np.zeros(len(tasks), dtype=np.intp)
        for task, share in seen.items():
            level[task] = np.searchsorted(SEEN_SHARES, share, side="right") - 1
        return self.seen[level[:, None], tasks[:, None], level, tasks].astype(np.float64)


class Weighed:
    """Starts what is worth most, as :class:`~taskpar_ml.planner.starts.StartRules` weighs it.

    Two tasks whose risk reaches the threshold, or cannot be told, never start beside each other.

    Parameters
    ----------
    name
        How tables call it.
    forecast
        What is known of the batch.
    threshold
        Probability of a hit from which a task does not start beside those that run.
    watch
        How running tasks are watched.
    closed
        Which two stay apart whatever their risk, shape ``(n, n)``, symmetric; None for nobody.
    """

    def __init__(
        self,
        name: str,
        forecast: Forecast,
        *,
        threshold: float,
        watch: Watch,
        closed: NDArray[np.bool_] | None = None,
    ) -> None:
        self.name = name
        self._forecast, self._threshold, self._watch = forecast, threshold, watch
        self._closed = np.zeros(forecast.risk.shape, dtype=bool) if closed is None else closed
        apart = self._rules(forecast.risk).apart[np.triu_indices(len(forecast.risk), k=1)]
        self.kept_apart = float(apart.mean()) if len(apart) else 0.0

    def admit(self, moment: Moment) -> list[int]:
        """Return the tasks that start now, the one that is worth most first."""
        return self._rules(self._forecast.risk_now(moment.seen)).choose(
            moment.waiting,
            moment.running,
            [moment.elapsed[task] for task in moment.running],
            most=moment.free,
        )

    def _rules(self, risk: NDArray[np.float64]) -> StartRules:
        # Not `risk >= threshold`: what is NaN stays apart.
        return StartRules(
            apart=~(risk < self._threshold) | self._closed,
            risk=np.nan_to_num(risk) if self._forecast.is_probability else np.zeros_like(risk),
            minutes=self._forecast.minutes,
            chain=self._forecast.minutes,
            threshold=self._threshold,
            watch=self._watch,
            spread=self._forecast.spread,
        )
