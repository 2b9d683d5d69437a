"""The bank: hits that are allowed, earned by what lands, reserved by what runs.

The promise is that at every moment hits are at most ``b0`` and ``alpha`` for each task that has
landed, whatever happens. An attempt reserves one hit when it starts. A hit turns what was reserved
into what is spent, and a landing earns ``alpha``, so that the promise, once kept, stays kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import floor, isfinite
from typing import Final, Self

from taskpar_ml.errors import AdmissionError, SettingsError

MOST: Final = 1_000_000
"""Most hits that anybody may allow before anything has landed."""


@dataclass(frozen=True)
class Promise:
    """How many hits there may be.

    Attributes
    ----------
    b0
        Hits that are allowed before anything has landed, in [0, :data:`MOST`].
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
        if not (isfinite(b0) and 0 <= b0 <= MOST):
            raise SettingsError("b0", f"must lie in [0, {MOST:,}]. Got {b0}.", "Pass 2, say.")
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

    What is promised is of hits among our own attempts, until they have ended. Two kinds of hits
    lie outside of it, and cost width like all others: those that come to light after an attempt has
    ended, and those of an attempt that was alone when nothing was left to reserve. Only somebody
    else who pushes to the same branch can hit such a one. What has landed and is taken back later
    is a landing of which the promise spoke then; it earns nothing any more.

    Attributes
    ----------
    promise
        How many hits there may be.
    hits
        Attempts that were hit, as far as the promise speaks of them.
    debits
        Hits that lie outside of the promise.
    landed
        Attempts that have ever landed.
    revoked
        Those of them that are taken back: they earn nothing any more.
    unhit
        Attempts in flight that were not hit: each reserves one hit.
    hit
        Attempts in flight that were, once each, and are about to be resolved.
    uncovered
        The attempt of those that started alone when nothing was left to reserve, if there is one.
    """

    promise: Promise
    hits: int = 0
    debits: int = 0
    landed: int = 0
    revoked: int = 0
    unhit: frozenset[str] = field(default_factory=frozenset)
    hit: frozenset[str] = field(default_factory=frozenset)
    uncovered: str | None = None

    @property
    def in_flight(self) -> frozenset[str]:
        """Attempts that have started and not ended."""
        return self.unhit | self.hit

    @property
    def standing(self) -> int:
        """Attempts that have landed and are not taken back."""
        return self.landed - self.revoked

    @property
    def is_kept(self) -> bool:
        """Whether the promise holds."""
        return self.hits <= self.promise.allowed(self.landed)

    @property
    def left(self) -> Fraction:
        """Hits that are allowed and not spent; below 0 where what came to light has overspent."""
        return self.promise.allowed(self.standing) - self.hits - self.debits

    @property
    def width(self) -> int:
        """How many attempts may run at the same time, at least 1."""
        return max(1, floor(self.left))

    @property
    def room(self) -> int:
        """How many attempts may start now, 0 or more."""
        return max(self.covered, 0 if self.in_flight else 1)

    @property
    def covered(self) -> int:
        """How many attempts more can be reserved for; below 0 where too many are."""
        return floor(self.left) - len(self.unhit)

    def start(self, attempt: str) -> Self:
        """Reserve for an attempt.

        Raises
        ------
        AdmissionError
            If there is no room, or the attempt is in flight.
        """
        if attempt in self.in_flight:
            raise AdmissionError(attempt, "it is in flight.", "Name each attempt otherwise.")
        if not self.room:
            said = f"{len(self.unhit)} attempts in flight reserve all that is allowed."
            raise AdmissionError(attempt, said, "Wait until one of them has landed.")
        # Whoever joins one that was alone finds room for both, so that both are reserved for.
        uncovered = None if self.covered > 0 else attempt
        return replace(self, unhit=self.unhit | {attempt}, uncovered=uncovered)

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
        struck = replace(self, unhit=self.unhit - {attempt}, hit=self.hit | {attempt})
        if attempt == self.uncovered:
            return struck.debit()
        return replace(struck, hits=self.hits + 1)

    def debit(self) -> Self:
        """Note a hit that lies outside of the promise: it costs width all the same."""
        return replace(self, debits=self.debits + 1)

    def credit(self) -> Self:
        """Note that an attempt which had ended has landed after all."""
        return replace(self, landed=self.landed + 1)

    def revoke(self) -> Self:
        """Note that what had landed was taken back: what it earned is gone."""
        return replace(self, revoked=self.revoked + 1)

    def restore(self) -> Self:
        """Note that what was taken back has landed again."""
        return replace(self, revoked=self.revoked - 1)

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
        uncovered = None if attempt == self.uncovered else self.uncovered
        return replace(
            self, unhit=self.unhit - {attempt}, hit=self.hit - {attempt}, uncovered=uncovered
        )

    def promising(self, promise: Promise) -> Self:
        """Return the bank with another promise.

        Raises
        ------
        AdmissionError
            If what is spent and reserved is more than that allows.
        """
        spent = self.hits + len(self.unhit - {self.uncovered})
        if spent > promise.allowed(self.standing):
            raise AdmissionError(
                "the promise",
                f"it allows {float(promise.allowed(self.standing)):g} hits, and {spent} are spent "
                "or reserved.",
                "Allow more, or wait until attempts have landed.",
            )
        return replace(self, promise=promise)

    def _check(self, attempt: str) -> None:
        if attempt not in self.in_flight:
            raise AdmissionError(attempt, "it is not in flight.", "Name one that has started.")
