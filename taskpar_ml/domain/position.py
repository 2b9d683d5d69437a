"""Places on a first-parent line: what "before" means."""

from __future__ import annotations

from dataclasses import dataclass

from taskpar_ml.domain.landing import Landing


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A commit's place on the first-parent line of a history.

    Positions of one history are ordered as its commits are; what is known *before* a position is
    what landed at a smaller number. Clocks are wrong at times, so commits are never ordered by
    them.

    Attributes
    ----------
    number
        Grows by one from a commit to the next. Where counting starts has no meaning, and numbers
        may be negative.
    time
        Commit time there, seconds since 1970: what was observed outside git and carries only a
        time is known before the position if it is older.
    """

    number: int
    time: int


@dataclass(frozen=True, slots=True)
class PlacedLanding:
    """A landing and where it stands.

    Attributes
    ----------
    number
        Position of its newest commit.
    landing
        The landing.
    """

    number: int
    landing: Landing
