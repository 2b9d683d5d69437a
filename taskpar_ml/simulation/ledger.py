"""A promise about hits, checked step by step by arithmetic that shares nothing with a bank."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from taskpar_ml.simulation.streams import Step, What


@dataclass
class Ledger:
    """Who is hit, who lands, who ran on nothing, and how often the promise was broken.

    An attempt that started alone when not one hit was left is hit outside of the promise, and
    counts against what is left, until somebody joins it.

    Attributes
    ----------
    b0, alpha
        Hits that are allowed up front, and for each task that has landed.
    hits, outside
        Hits of which the promise speaks, and the others.
    landed
        Tasks that have landed.
    unhit, hit
        Attempts in flight.
    alone
        The attempt in flight that is hit outside of the promise, if there is one.
    overdrawn
        Steps after which more was hit than allowed.
    unreserved
        Starts beside others when nothing was left to reserve.
    """

    b0: Fraction
    alpha: Fraction
    hits: int = 0
    outside: int = 0
    landed: int = 0
    unhit: set[int] = field(default_factory=set)
    hit: set[int] = field(default_factory=set)
    alone: int | None = None
    overdrawn: int = 0
    unreserved: int = 0

    def add(self, step: Step) -> None:
        """Note a step, and whether the promise still holds."""
        what, attempt = step
        allowed = self.b0 + self.alpha * self.landed
        if what is What.START:
            reserved = len(self.unhit) + 1
            if self.hits + self.outside + reserved <= allowed:
                self.alone = None
            elif self.unhit or self.hit:
                self.unreserved += 1
            else:
                self.alone = attempt
            self.unhit.add(attempt)
        elif what is What.HIT:
            self.unhit.discard(attempt)
            self.hit.add(attempt)
            self.hits += attempt != self.alone
            self.outside += attempt == self.alone
        else:
            self.unhit.discard(attempt)
            self.hit.discard(attempt)
            self.alone = None if self.alone == attempt else self.alone
            self.landed += what is What.LAND
        self.overdrawn += self.hits > self.b0 + self.alpha * self.landed
