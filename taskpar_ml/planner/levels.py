"""Which kinds of pairs are let run together: a level opens on evidence, and closes on evidence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, Self

from taskpar_ml.domain.levels import Level
from taskpar_ml.planner.betting import MoreThan, RarerThan

OPENS_AT: Final = 20.0
"""Wealth that opens a level: of levels that are not safe one in twenty ever opens."""
CLOSES_AT: Final = 200.0
"""Wealth that closes one: a level that is just safe closes once in 200 outcomes at most."""
OPEN_AT_FIRST: Final = frozenset(set(Level) - {Level.AFFORDED})
"""Levels that are open before anything is known: of their pairs one in a hundred conflicts."""


@dataclass(frozen=True)
class Evidence:
    """What is known of one level. Every outcome returns another one.

    An outcome is that of an attempt beside tasks with which its pairs are of the level: whether
    one of those hit it.

    Attributes
    ----------
    is_open
        Whether its pairs are let run together.
    safe
        Bets that it is safe, since it was last closed.
    unsafe
        Bets that it is not, since it was last opened.
    """

    is_open: bool
    safe: RarerThan
    unsafe: MoreThan

    @classmethod
    def none(cls, rate: float, *, is_open: bool = False) -> Self:
        """Return what is known before the first outcome."""
        return cls(is_open, RarerThan(rate), MoreThan(rate))

    def after(self, *, was_hit: bool) -> Self:
        """Return what is known after an outcome: it may open or close the level."""
        safe = self.safe.after(was_hit=was_hit)
        if not self.is_open:
            return replace(self, safe=safe, is_open=safe.wealth >= OPENS_AT)
        unsafe = self.unsafe.after(was_hit=was_hit)
        if unsafe.wealth >= CLOSES_AT:
            return self.none(safe.rate)
        return replace(self, safe=safe, unsafe=unsafe)

    @property
    def share(self) -> float:
        """Share of the attempts to which the level is open, in [0, 1].

        All of them once it is open; before, as much as the bets have won of what opens it, so that
        it opens step by step as evidence comes in, and hardly at all where hits have ruined them.
        """
        return 1.0 if self.is_open else min(self.safe.wealth / OPENS_AT, 1.0)

    @property
    def clean_until_open(self) -> int:
        """How many more outcomes without a hit open it, 0 where it is open."""
        return 0 if self.is_open else self.safe.clean_until(OPENS_AT)


@dataclass(frozen=True)
class Levels:
    """What is known of every level.

    Attributes
    ----------
    of
        By level, all of them.
    """

    of: Mapping[Level, Evidence] = field(default_factory=dict)

    @classmethod
    def cold(cls, rate: float) -> Self:
        """Return the state before the first outcome.

        Parameters
        ----------
        rate
            Share of the attempts beside others that may be hit, in (0, 1).
        """
        return cls(
            MappingProxyType(
                {level: Evidence.none(rate, is_open=level in OPEN_AT_FIRST) for level in Level}
            )
        )

    def anew(self, rate: float) -> Self:
        """Return the state before the first outcome, but for what has been closed: that stays."""
        cold = self.cold(rate)
        closed = {level: Evidence.none(rate) for level in self.closed}
        return replace(cold, of=MappingProxyType({**cold.of, **closed}))

    def after(self, level: Level, *, was_hit: bool) -> Self:
        """Return what is known after an outcome at one level."""
        known = {**self.of, level: self.of[level].after(was_hit=was_hit)}
        return replace(self, of=MappingProxyType(known))

    @property
    def closed(self) -> Collection[Level]:
        """Levels whose pairs are not let run together."""
        return [level for level, known in self.of.items() if not known.is_open]
