"""What a collision costs: whom it hits, and how many minutes of work are lost."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from taskpar_ml.domain.watching import CHECKPOINTS, Watch, Watching

Minutes = NDArray[np.float64]

_SHARES: Final = (np.arange(4) + 0.5) / 4
"""Shares of its run after which a task writes what it collides over: uniform chance, in steps."""
_HARDLY: Final = 1e-9
"""Least chance that a task runs on which is told from none."""
_SURE: Final = 1e-6
"""Deviation up to which tasks take exactly what is expected."""
_OVERDUE: Final = 0.5
"""Share of the time it has run that a task is given which should have ended long ago."""


class Prices(NamedTuple):
    """What happens if two tasks conflict, given that one starts beside the other.

    Rows are those that may start, columns those that run.

    Attributes
    ----------
    hit
        Probability that one of the two is hit, in [0, 1].
    lost
        Minutes of work that are lost on average, at least 0.
    """

    hit: NDArray[np.float64]
    lost: NDArray[np.float64]


def remaining_minutes(expected: Minutes, elapsed: Minutes, *, spread: float) -> Minutes:
    """Return how long running tasks are expected to go on.

    Parameters
    ----------
    expected
        How long they were expected to take when they began, in minutes, above 0.
    elapsed
        How long they have run, in minutes.
    spread
        Standard deviation of the logarithm of what they take, at least 0.

    Returns
    -------
    array
        Means of the time left, above 0. A task that is overdue is given half of the time that it
        has run, at least.

    Notes
    -----
    Durations are log-normal with the expected ones as their means; the mean of what is left is
    that of the distribution cut off at the time that has passed.
    """
    left = expected - elapsed
    if spread > _SURE:
        cut = (np.log(np.maximum(elapsed, _HARDLY)) - np.log(expected) + spread**2 / 2) / spread
        alive = ndtr(-cut)
        beyond = expected * ndtr(spread - cut) / np.maximum(alive, _HARDLY) - elapsed
        left = np.where(alive > _HARDLY, beyond, left)
    return np.where(left > 0, left, np.maximum(_OVERDUE * elapsed, _HARDLY))


def collision_prices(
    starting: Minutes, elapsed: Minutes, remaining: Minutes, *, watch: Watch, spread: float
) -> Prices:
    """Return what it costs if tasks that start conflict with tasks that run.

    Parameters
    ----------
    starting
        How long the first are expected to take, in minutes, shape ``(k,)``.
    elapsed, remaining
        How long the second have run, and are expected to go on, in minutes, shape ``(m,)``.
    watch
        How running tasks are watched.
    spread
        Standard deviation of the logarithm of what tasks take.

    Returns
    -------
    Prices
        Shapes ``(k, m)``.

    Notes
    -----
    Unwatched, whichever ends later loses its whole run. Watched, each side writes what they
    collide over at a uniformly random moment of its run; what comes of it is that of
    :func:`~taskpar_ml.simulation.simulator.simulate`, averaged over moments.
    """
    mine, ran, left = starting[:, None], elapsed[None, :], remaining[None, :]
    if not watch.is_live:
        # Both durations are uncertain: the difference of their logarithms has this deviation.
        unsure = max(spread, _SURE) * np.sqrt(2)
        ends_later = ndtr((np.log(mine) - np.log(left)) / unsure)
        lost = ends_later * mine + (1 - ends_later) * (ran + left)
        return Prices(np.ones_like(lost), lost)
    mine, ran, left = mine[..., None, None], ran[..., None, None], left[..., None, None]
    written = _SHARES[:, None] * mine
    other_written = _SHARES[None, :] * (ran + left) - ran
    met = np.maximum(written, other_written)
    both_run = met <= np.minimum(mine, left)
    after_other = (left < mine) & (written <= _taken_over(mine, 0.0, left, watch))
    after_mine = (left >= mine) & (other_written <= _taken_over(left, ran, mine, watch))
    # Beside each other, who starts now has run for less time.
    work = np.where(both_run, np.maximum(met, 0), np.where(left < mine, written, ran + met))
    hit = both_run | after_other | after_mine
    return Prices(hit.mean(axis=(2, 3)), (hit * work).mean(axis=(2, 3)) * watch.lost_share)


def _taken_over(
    left: NDArray[np.float64], ran: NDArray[np.float64] | float, landed: NDArray[np.float64],
    watch: Watch,
) -> NDArray[np.float64]:  # fmt: skip
    """Return when a task that has run takes over what lands at a moment; infinite for never."""
    if watch.mode is Watching.AT_ONCE:
        return landed
    taken = np.full(np.broadcast_shapes(left.shape, landed.shape), np.inf)
    if watch.mode is Watching.CHECKPOINTS:
        for share in reversed(CHECKPOINTS):
            moment = share * (ran + left) - ran
            taken = np.where(moment >= landed, moment, taken)
    return taken
