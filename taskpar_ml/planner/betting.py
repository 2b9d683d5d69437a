"""Bets on what happens: how sure one may be, at any time, that hits are rare or are not.

Whoever begins with 1 and bets on each outcome at odds that are fair if hits are as frequent as is
claimed owns, by Ville's inequality, ``c`` times that at any time ever with a probability of at
most ``1 / c``. A large wealth speaks against the claim, whenever one looks.

References
----------
I. Waudby-Smith and A. Ramdas, "Estimating means of bounded random variables by betting", Journal
of the Royal Statistical Society B 86 (2024). J. Shin, A. Ramdas and A. Rinaldo, "E-detectors: a
nonparametric framework for sequential change detection", New England Journal of Statistics in
Data Science 2 (2023).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, log, log1p
from typing import Final, Self

_RARER: Final = ((0.0, 0.5), (0.25, 1 / 6), (0.5, 1 / 6), (0.75, 1 / 6))
"""Shares of the claimed rate that are betted on, and of the wealth that is put on each."""
_MORE: Final = (1.5, 2.0, 4.0)
"""Multiples of the claimed rate that are betted on, with equal wealth."""
_NEVER: Final = float("-inf")
_MOST: Final = 700.0
"""Largest logarithm whose number is told."""


@dataclass(frozen=True)
class RarerThan:
    """Wealth of whoever bets that hits are rarer than a rate.

    A part of the wealth is put on each of a few rates below, and left there: that is one bet, which
    before each outcome is a mean of theirs by what they have won so far. It depends on how
    many outcomes were hits, and not on their order.

    Attributes
    ----------
    rate
        What is claimed: that each outcome is a hit with at least this probability, given all that
        came to light before. In (0, 1).
    clean, hits
        Outcomes so far.
    """

    rate: float
    clean: int = 0
    hits: int = 0

    def after(self, *, was_hit: bool) -> Self:
        """Return the wealth after an outcome."""
        if was_hit:
            return replace(self, hits=self.hits + 1)
        return replace(self, clean=self.clean + 1)

    @property
    def wealth(self) -> float:
        """What 1 has become, at least 0."""
        logs = [log(part) + self._won(share * self.rate) for share, part in _RARER]
        most = max(logs)
        if most > _MOST:
            return exp(_MOST)
        return sum(exp(each) for each in logs)

    def clean_until(self, wealth: float) -> int:
        """Return how many more outcomes without a hit in between bring the wealth to a value."""
        more, then = 0, self
        while then.wealth < wealth:
            more += 1
            then = replace(then, clean=then.clean + 1)
        return more

    def _won(self, rate: float) -> float:
        """Return the logarithm of what the part that was put on one rate has become."""
        won = self.clean * (log1p(-rate) - log1p(-self.rate))
        if not self.hits:
            return won
        return won + self.hits * (log(rate) - log(self.rate)) if rate else _NEVER


@dataclass(frozen=True)
class MoreThan:
    """Wealth of whoever has bet from every moment on that hits have become more frequent.

    Each outcome adds 1 to each part of the wealth, and bets it. As long as hits are at most as
    frequent as is claimed it takes on average at least ``c`` outcomes until the wealth is ``c``.

    Attributes
    ----------
    rate
        What is claimed: that each outcome is a hit with at most this probability, given all that
        came to light before. In (0, 1).
    parts
        What was put on each of a few rates above; empty before the first outcome.
    """

    rate: float
    parts: tuple[float, ...] = ()

    def after(self, *, was_hit: bool) -> Self:
        """Return the wealth after an outcome."""
        parts = self.parts or (0.0,) * len(_MORE)
        won = (
            min(exp(_MOST), (1 + part) * self._odds(times, was_hit=was_hit))
            for times, part in zip(_MORE, parts, strict=True)
        )
        return replace(self, parts=tuple(won))

    @property
    def wealth(self) -> float:
        """What it is now, at least 0."""
        return sum(self.parts) / len(_MORE)

    def _odds(self, times: float, *, was_hit: bool) -> float:
        """Return what a bet on one rate is multiplied by."""
        rate = min(times * self.rate, (1 + self.rate) / 2)
        return rate / self.rate if was_hit else (1 - rate) / (1 - self.rate)
