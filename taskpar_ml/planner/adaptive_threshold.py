"""A threshold that follows what happens: lower after every hit, a little higher after all else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp
from typing import Final, Self

LOWEST: Final = 0.005
"""Where nothing is let run together nothing is learned, so that it never falls below that."""


@dataclass(frozen=True)
class AdaptiveThreshold:
    """The probability of a hit from which an attempt does not start beside others.

    In the long run as many of the attempts are hit as is aimed at, whatever the model says and
    however the work changes, as long as the threshold stays off its bounds: what moves by equal
    steps is its logarithm, so that a low threshold moves as little as it is low.

    Attributes
    ----------
    value
        The threshold now, in [:data:`LOWEST`, 1].
    aim
        Share of the attempts beside others that may be hit, in [0, 1].
    step
        How far its logarithm moves by an outcome of which nothing was aimed at, above 0.

    References
    ----------
    I. Gibbs and E. Candès, "Adaptive conformal inference under distribution shift", NeurIPS 2021.
    """

    value: float
    aim: float
    step: float

    def after(self, *, was_hit: bool, is_bound: bool = False) -> Self:
        """Return the threshold after an attempt beside others has ended.

        Parameters
        ----------
        was_hit
            Whether it was hit.
        is_bound
            Whether something else kept attempts from starting: what went well then says nothing
            of a higher threshold, which stays as it is.
        """
        if is_bound and not was_hit:
            return self
        moved = self.value * exp(self.step * (self.aim - was_hit))
        return replace(self, value=min(max(moved, LOWEST), 1.0))
