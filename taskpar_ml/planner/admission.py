"""Who may start: the bank says how many, levels and a threshold that learns say who."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple, Self

from taskpar_ml.domain.levels import Level
from taskpar_ml.planner.adaptive_threshold import AdaptiveThreshold
from taskpar_ml.planner.bank import Bank, Promise
from taskpar_ml.planner.levels import Levels

B0: Final = 2.0
"""Hits that are allowed up front unless somebody says otherwise."""
ALPHA: Final = 0.1
"""Hits that each landed task allows unless somebody says otherwise."""
_AIMED: Final = 0.7
"""Share of ``alpha`` that the threshold aims at, so that some of it is left to grow by."""
_STEP: Final = 0.25
"""How far the logarithm of the threshold falls by a hit, next to its aim."""
_FIRST: Final = 0.05
_RATES: Final = (0.01, 0.5)
"""Least and greatest rate of hits that a level is held against."""


class Meeting(NamedTuple):
    """Two attempts that ran at the same time.

    Attributes
    ----------
    attempt
        One that is in flight.
    other
        Another, which may have ended.
    level
        The level of their pair; None where somebody declared that they may run together.
    """

    attempt: str
    other: str
    level: Level | None


@dataclass(frozen=True)
class Admission:
    """The state of growth. Every step returns another one.

    Attributes
    ----------
    bank
        What may be lost. It is the promise; all else only spends it well.
    threshold
        Probability of a hit from which an attempt does not start beside others.
    levels
        Which kinds of pairs are let run together.
    met
        Who ran beside attempts in flight.
    """

    bank: Bank
    threshold: AdaptiveThreshold
    levels: Levels
    met: frozenset[Meeting] = field(default_factory=frozenset)

    @classmethod
    def cold(cls, *, b0: float = B0, alpha: float = ALPHA, threshold: float = _FIRST) -> Self:
        """Return the state in which nothing has started.

        Raises
        ------
        SettingsError
            If the promise is out of range.
        """
        promise = Promise.of(b0, alpha)
        return cls(Bank(promise), _threshold(threshold, promise), Levels.cold(_rate(promise)))

    @property
    def in_flight(self) -> frozenset[str]:
        """Attempts that have started and not ended."""
        return self.bank.in_flight

    def promising(self, b0: float, alpha: float) -> Self:
        """Return the state with another promise.

        With another ``alpha`` what was learned of levels begins anew; those that evidence has
        closed stay closed until evidence opens them.

        Raises
        ------
        SettingsError
            If the promise is out of range.
        AdmissionError
            If what is spent and reserved is more than it allows.
        """
        promise = Promise.of(b0, alpha)
        return replace(
            self,
            bank=self.bank.promising(promise),
            threshold=_threshold(self.threshold.value, promise),
            levels=self.levels if promise.alpha == self.bank.promise.alpha
            else self.levels.anew(_rate(promise)),
        )  # fmt: skip

    def start(self, attempt: str, beside: Mapping[str, Level | None] | None = None) -> Self:
        """Start an attempt.

        Parameters
        ----------
        beside
            The level of its pair with each attempt in flight, None where somebody declared that
            the two may run together. Of those that are not named nothing is learned by level.

        Raises
        ------
        AdmissionError
            If there is no room, or it is in flight.
        """
        bank = self.bank.start(attempt)
        levels = {} if beside is None else beside
        met = {
            Meeting(*pair, levels.get(other))
            for other in self.in_flight
            for pair in ((attempt, other), (other, attempt))
        }
        return replace(self, bank=bank, met=self.met | met)

    def strike(self, attempt: str) -> Self:
        """Note that an attempt was hit, while it goes on.

        Raises
        ------
        AdmissionError
            If it is not in flight.
        """
        return replace(self, bank=self.bank.strike(attempt))

    def land(self, attempt: str, *, hit_by: Collection[str] = ()) -> Self:
        """Note that an attempt has landed.

        Parameters
        ----------
        hit_by
            Who hit it, if it was hit and that is known.

        Raises
        ------
        AdmissionError
            If it is not in flight.
        """
        return self._ended(attempt, self.bank.land(attempt), hit_by)

    def end(self, attempt: str, *, hit_by: Collection[str] = ()) -> Self:
        """Note that an attempt has ended and nothing of it has landed.

        Unless it was hit, nothing is learned of it: what never met the line was never tried.

        Raises
        ------
        AdmissionError
            If it is not in flight.
        """
        return self._ended(attempt, self.bank.end(attempt), hit_by)

    def debit(self, levels: Collection[Level] = ()) -> Self:
        """Note a hit that came to light after its attempt had ended.

        Parameters
        ----------
        levels
            The levels of its pairs with all that it met: it may have been hit at any of them.
        """
        changed = replace(self, bank=self.bank.debit())
        if not levels:
            return changed
        threshold = self.threshold.after(was_hit=True)
        outcomes = [(level, True) for level in Level if level in levels]
        return replace(changed, threshold=threshold).learned(outcomes)

    def credit(self) -> Self:
        """Note that an attempt which had ended has landed after all."""
        return replace(self, bank=self.bank.credit())

    def restore(self) -> Self:
        """Note that what was taken back has landed again."""
        return replace(self, bank=self.bank.restore())

    def revoke(self) -> Self:
        """Note that what had landed was taken back."""
        return replace(self, bank=self.bank.revoke())

    def learned(self, outcomes: Iterable[tuple[Level, bool]]) -> Self:
        """Return the state after outcomes that no attempt of ours had, by level.

        They are those of a replay: they open and close levels, and never credit the bank.
        """
        levels = self.levels
        for level, was_hit in outcomes:
            levels = levels.after(level, was_hit=was_hit)
        return replace(self, levels=levels)

    def _ended(self, attempt: str, bank: Bank, hit_by: Collection[str]) -> Self:
        beside = [each for each in self.met if each.attempt == attempt]
        changed = replace(self, bank=bank, met=self.met.difference(beside))
        was_hit = attempt in self.bank.hit
        if not beside or not (was_hit or bank.landed > self.bank.landed):
            return changed
        threshold = self.threshold.after(was_hit=was_hit, is_bound=not self.bank.room)
        return replace(changed, threshold=threshold).learned(_by_level(beside, was_hit, hit_by))


def _by_level(
    beside: Collection[Meeting], was_hit: bool, hit_by: Collection[str]
) -> list[tuple[Level, bool]]:
    """Return of every level that an attempt met whether it was hit at that level.

    Where it is not known who hit it, it was hit at all of them.
    """
    known = {each.other for each in beside} & set(hit_by)
    hit_at = {each.level for each in beside if not known or each.other in known}
    met = {each.level for each in beside}
    return [(level, was_hit and level in hit_at) for level in Level if level in met]


def _threshold(value: float, promise: Promise) -> AdaptiveThreshold:
    return AdaptiveThreshold(value, _AIMED * float(promise.alpha), _STEP)


def _rate(promise: Promise) -> float:
    """Return the rate of hits that levels are held against."""
    least, most = _RATES
    return min(max(float(promise.alpha), least), most)
