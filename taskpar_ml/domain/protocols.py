"""The small contracts between rooms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from taskpar_ml.domain.estimates import Estimates
from taskpar_ml.domain.pairs import PairTable


class Clock(Protocol):
    """Tells the time. Handed in, so that a replay can run its own."""

    def now(self) -> datetime:
        """Return the present moment, with a time zone."""
        ...


class Rescorer(Protocol):
    """Scores pairs again from what running tasks have touched so far.

    Law: with nothing touched, the answer is that of the first scoring.
    """

    def rescore(self, pairs: PairTable, touched: Mapping[str, frozenset[str]]) -> Estimates:
        """Return estimates for ``pairs``, given the files each running task has changed."""
        ...
