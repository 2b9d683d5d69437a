"""Who may start: the bank says how many, a threshold that learns says who."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final, Self

from taskpar_ml.planner.adaptive_threshold import AdaptiveThreshold
from taskpar_ml.planner.bank import Bank, Promise

B0: Final = 2.0
"""Hits that are allowed up front unless somebody says otherwise."""
ALPHA: Final = 0.1
"""Hits that each landed task allows unless somebody says otherwise."""
_AIMED: Final = 0.7
"""Share of ``alpha`` that the threshold aims at, so that some of it is left to grow by."""
_STEP: Final = 0.02
_FIRST: Final = 0.05


@dataclass(frozen=True)
class Admission:
    """The state of growth. Every step returns another one.

    Attributes
    ----------
    bank
        What may be lost. It is the promise; the threshold only spends it well.
    threshold
        Probability of a hit from which an attempt does not start beside others.
    together
        Attempts in flight that ran beside others at some time.
    """

    bank: Bank
    threshold: AdaptiveThreshold
    together: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def cold(cls, *, b0: float = B0, alpha: float = ALPHA, threshold: float = _FIRST) -> Self:
        """Return the state in which nothing has started.

        Raises
        ------
        SettingsError
            If the promise is out of range.
        """
        aim = _AIMED * alpha
        return cls(Bank(Promise.of(b0, alpha)), AdaptiveThreshold(threshold, aim, _STEP))

    @property
    def in_flight(self) -> frozenset[str]:
        """Attempts that have started and not ended."""
        return self.bank.unhit | self.bank.hit

    def start(self, attempt: str) -> Self:
        """Start an attempt.

        Raises
        ------
        AdmissionError
            If there is no room, or it is in flight.
        """
        bank = self.bank.start(attempt)
        beside = self.in_flight
        together = self.together | beside | {attempt} if beside else self.together
        return replace(self, bank=bank, together=together)

    def land(self, attempt: str) -> Self:
        """Note that an attempt has landed.

        Raises
        ------
        AdmissionError
            If it is not in flight.
        """
        return self._ended(attempt, self.bank.land(attempt))

    def redo(self, attempt: str) -> Self:
        """Note that an attempt was hit and ended for it.

        Raises
        ------
        AdmissionError
            If it is not in flight.
        """
        return self._ended(attempt, self.bank.strike(attempt).end(attempt))

    def _ended(self, attempt: str, bank: Bank) -> Self:
        threshold = self.threshold
        if attempt in self.together:
            was_hit = bank.hits > self.bank.hits or attempt in self.bank.hit
            threshold = threshold.after(was_hit=was_hit, is_bound=not self.bank.room)
        return replace(self, bank=bank, threshold=threshold, together=self.together - {attempt})
