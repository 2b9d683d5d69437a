"""The bank: hits that are allowed, earned by what lands, reserved by what runs.

The promise is that at every moment hits are at most ``b0`` and ``alpha`` for each task that has
landed, whatever happens. An attempt reserves one hit when it starts. A hit turns what was reserved
into what is spent, and a landing earns ``alpha``, so that the promise, once kept, stays kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import floor, isfinite
from typing import Self

from taskpar_ml.errors import AdmissionError, SettingsError


@dataclass(frozen=True)
class Promise:
    """How many hits there may be.

    Attributes
    ----------
    b0
        Hits that are allowed before anything has landed, at least 0.
    alpha
        Hits that each landed task allows, in [0, 1].
    """

    b0: Fraction
    alpha: Fraction

    @classmethod
    def of(cls, b0: float, alpha: float) -> Self:
        """Return the promise of two numbers as they are written: 0.1 is a tenth.

        Raises
        ------
        SettingsError
            If one of them is out of range.
        """
        if not (isfinite(b0) and b0 >= 0):
            raise SettingsError("b0", f"must be at least 0. Got {b0}.", "Pass 0 or more.")
        if not 0 <= alpha <= 1:
            raise SettingsError("alpha", f"must lie in [0, 1]. Got {alpha}.", "Pass 0.1, say.")
        return cls(Fraction(repr(b0)), Fraction(repr(alpha)))

    def allowed(self, landed: int) -> Fraction:
        """Return how many hits there may be when so many tasks have landed."""
        return self.b0 + self.alpha * landed


@dataclass(frozen=True)
class Bank:
    """What was spent, earned and reserved. Every step returns another bank.

    Laws, each a test:

    - whoever starts attempts only where there is room keeps the promise, in whatever order
      attempts are hit, land or end;
    - while nothing is in flight there is room for one: none of ours can hit it.

    Attributes
    ----------
    promise
        How many hits there may be.
    hits
        Attempts that were hit.
    landed
        Tasks that have landed.
    unhit
        Attempts in flight that were not hit: each reserves one hit.
    hit
        Attempts in flight that were, once each, and are about to be resolved.
    """

    promise: Promise
    hits: int = 0
    landed: int = 0
    unhit: frozenset[str] = field(default_factory=frozenset)
    hit: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_kept(self) -> bool:
        """Whether the promise holds."""
        return self.hits <= self.promise.allowed(self.landed)

    @property
    def width(self) -> int:
        """How many attempts may run at the same time, at least 1."""
        return max(1, floor(self.promise.allowed(self.landed) - self.hits))

    @property
    def room(self) -> int:
        """How many attempts may start now, 0 or more."""
        left = floor(self.promise.allowed(self.landed) - self.hits) - len(self.unhit)
        return max(left, 0 if self.unhit or self.hit else 1)

    def start(self, attempt: str) -> Self:
        """Reserve for an attempt.

        Raises
        ------
        AdmissionError
            If there is no room, or the attempt is in flight.
        """
        if attempt in self.unhit | self.hit:
            raise AdmissionError(attempt, "it is in flight.", "Name each attempt otherwise.")
        if not self.room:
            said = f"{len(self.unhit)} attempts in flight reserve all that is allowed."
            raise AdmissionError(attempt, said, "Wait until one of them has landed.")
        return replace(self, unhit=self.unhit | {attempt})

    def strike(self, attempt: str) -> Self:
        """Note that an attempt was hit; that an attempt is hit twice changes nothing.

        Raises
        ------
        AdmissionError
            If the attempt is not in flight.
        """
        if attempt in self.hit:
            return self
        self._check(attempt)
        return replace(
            self, hits=self.hits + 1, unhit=self.unhit - {attempt}, hit=self.hit | {attempt}
        )

    def land(self, attempt: str) -> Self:
        """Note that an attempt has landed.

        Raises
        ------
        AdmissionError
            If the attempt is not in flight.
        """
        return replace(self.end(attempt), landed=self.landed + 1)

    def end(self, attempt: str) -> Self:
        """Note that an attempt has ended and nothing of it has landed.

        Raises
        ------
        AdmissionError
            If the attempt is not in flight.
        """
        self._check(attempt)
        return replace(self, unhit=self.unhit - {attempt}, hit=self.hit - {attempt})

    def _check(self, attempt: str) -> None:
        if attempt not in self.unhit | self.hit:
            raise AdmissionError(attempt, "it is not in flight.", "Name one that has started.")
