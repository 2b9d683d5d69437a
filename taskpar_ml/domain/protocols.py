"""The small contracts between rooms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

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


class FactCache(Protocol):
    """Remembers what was computed from content that never changes.

    A fact is what some extractor found under a key; ``kind`` carries the extractor's name and
    version, so that the answer of an older one is never taken for that of a newer.

    Laws: what is got is what was put under that kind and key, or nothing. Neither method raises
    because of what lies on the disk. A cache that forgets makes no answer wrong, only slower.
    """

    def get(self, kind: str, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the facts known, by key; unknown keys are absent."""
        ...

    def put(self, kind: str, facts: Mapping[bytes, bytes]) -> None:
        """Remember facts; losing them is no error."""
        ...


class TextEncoder(Protocol):
    """Turns texts into directions: the smaller the angle between two, the more alike their meaning.

    Laws: the answer for a text depends on that text alone, to the bit; texts of any length and
    the empty text have a direction.
    """

    @property
    def name(self) -> str:
        """Who encodes, with a version: other names give other directions."""
        ...

    def encode(self, text: str) -> NDArray[np.int8]:
        """Return the direction of a text in small whole steps, shape ``(n_dimensions,)``."""
        ...
