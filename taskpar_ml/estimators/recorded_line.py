"""Durations that texts foretell, corrected by what earlier tasks really took."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from taskpar_ml.errors import ModelError

MIND_AFTER: Final = 20
"""Recorded tasks that weigh as much as what was known before."""

_USUAL_VARIANCE: Final = 0.12
"""Of foretold logarithms of durations, within a usual repository: a slope is known the better the
wider they lie."""


@dataclass(frozen=True)
class RecordedLine:
    """A line from logarithms of foretold durations to those of recorded ones.

    Attributes
    ----------
    intercept
        The logarithm of what a task takes that is foretold to take 1, in the unit of what was
        recorded.
    slope
        How much of what is foretold is so; at least 0, and 1 where nothing is known.
    spread
        Deviation of recorded logarithms from the line.
    rows
        How many tasks it was learned from.
    """

    intercept: float
    slope: float
    spread: float
    rows: int

    def duration(self, log_foretold: float) -> float:
        """Return how long a task takes that is foretold to take as long."""
        return math.exp(self.intercept + self.slope * log_foretold)


def recorded_line(
    log_foretold: Sequence[float], recorded: Sequence[float], *, spread: float
) -> RecordedLine | None:
    """Return the line that corrects what is foretold; None if nothing was recorded.

    Parameters
    ----------
    log_foretold
        Logarithms of what was foretold of tasks, in any unit.
    recorded
        How long the same tasks took, in any other unit; positive.
    spread
        Deviation of logarithms that is taken for granted while little was recorded; at least 0.

    Raises
    ------
    ModelError
        If there are not as many of both, or one is out of range.

    Notes
    -----
    The slope is that of least squares, drawn towards 1, and the squared spread the mean of those of
    the rows and the one taken for granted, each as if :data:`MIND_AFTER` rows had told so before.
    The line goes through the middle of what was recorded: it holds the unit, of which nothing is
    known before.

    Examples
    --------
    >>> line = recorded_line([0.0, 1.0], [60.0, 120.0], spread=0.9)
    >>> round(line.slope, 2), line.rows
    (0.95, 2)
    """
    if len(log_foretold) != len(recorded):
        said = f"there must be one for each task. Got {len(recorded)} for {len(log_foretold)}."
        raise ModelError("recorded durations", said, "Pass both of the same tasks.")
    told, took = (np.asarray(each, dtype=float) for each in (log_foretold, recorded))
    if not (np.isfinite(told).all() and np.isfinite(took).all() and (took > 0).all()):
        said = "one is not finite, or not above 0."
        raise ModelError("recorded durations", said, "Leave such tasks out.")
    if not len(took):
        return None
    logs = np.log(took)
    away, high = told - told.mean(), logs - logs.mean()
    prior = MIND_AFTER * _USUAL_VARIANCE
    slope = max((float(away @ high) + prior) / (float(away @ away) + prior), 0.0)
    wrong = high - slope * away
    # The middle of the rows takes one of them.
    squares = MIND_AFTER * spread**2 + float(wrong @ wrong)
    return RecordedLine(
        intercept=float(logs.mean() - slope * told.mean()),
        slope=slope,
        spread=math.sqrt(squares / (MIND_AFTER + len(took) - 1)),
        rows=len(took),
    )
