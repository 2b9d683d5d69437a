"""Streams of attempts in worlds that decide what becomes of each: somewhere to keep promises.

A stream knows no repository and no time. In each step an attempt starts, is hit, lands or ends,
in whatever order the world likes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol

import numpy as np


class Gate(Protocol):
    """Decides who may start, and is told what becomes of whom."""

    @property
    def room(self) -> int:
        """How many attempts may start now; at least 1 while nothing is in flight."""
        ...

    def start(self, attempt: int) -> None:
        """Note that an attempt starts."""
        ...

    def strike(self, attempt: int) -> None:
        """Note that an attempt in flight was hit."""
        ...

    def land(self, attempt: int) -> None:
        """Note that an attempt has landed."""
        ...

    def end(self, attempt: int) -> None:
        """Note that an attempt has ended and nothing of it has landed."""
        ...


class Kind(StrEnum):
    """What a world is like."""

    STATIONARY = "stationary"
    """Attempts beside others are hit with the same probability all the time."""
    DRIFTING = "drifting"
    """They are hit ever more often, then ever more rarely."""
    ADVERSARIAL = "adversarial"
    """Calm until the gate is wide open; then all that can be hit is hit."""
    DELAYED = "delayed"
    """Nothing comes to light before fifty are in flight, or all that may start have."""
    DEPENDENT = "dependent"
    """Where one is hit, all that ran beside it are."""
    EARLY_PARKS = "early parks"
    """Everything is hit and parked before the first task lands."""
    PUSHED = "pushed"
    """Others push as well, and hit whoever runs, one that runs alone too."""


class What(StrEnum):
    """What happens to an attempt."""

    START = "start"
    HIT = "hit"
    LAND = "land"
    END = "end"


class Step(NamedTuple):
    """What happened, and to which attempt."""

    what: What
    attempt: int


@dataclass
class _Flight:
    """An attempt in flight."""

    has_company: bool
    is_hit: bool = False


MOST: Final = 50
"""Attempts that are in flight at most, whatever the gate allows."""
_LEVELS: Final = (0.02, 0.05, 0.1, 0.3, 0.7)
"""Probabilities of a hit of which a world has one."""


class Stream:
    """A stream of attempts in one world.

    Parameters
    ----------
    kind
        What the world is like.
    seed
        Another seed, other luck.
    attempts
        How many start in all.
    """

    def __init__(self, kind: Kind, *, seed: int, attempts: int) -> None:
        self.kind, self.attempts = kind, attempts
        self._chance = np.random.default_rng(seed)
        self._rate = float(self._chance.choice(_LEVELS))
        self._flying: dict[int, _Flight] = {}
        self._started = self._landed = 0
        self._steps: list[Step] = []

    def run(self, gate: Gate) -> Iterator[Step]:
        """Run it past a gate, and yield every step after the gate was told of it."""
        while self._flying or self._started < self.attempts:
            if self._begins(gate):
                self._start(gate)
            else:
                _COMES[self.kind](self, gate)
            yield from self._steps
            self._steps.clear()

    def _begins(self, gate: Gate) -> bool:
        """Whether the next step is a start."""
        can = self._started < self.attempts and len(self._flying) < MOST and gate.room > 0
        if not can or not self._flying:
            return can
        return self.kind in (Kind.DELAYED, Kind.ADVERSARIAL) or self._chance.random() < 0.6

    def _start(self, gate: Gate) -> None:
        self._note(gate.start, What.START, self._started)
        for flight in self._flying.values():
            flight.has_company = True
        self._flying[self._started] = _Flight(bool(self._flying))
        self._started += 1

    def _note(self, tell: Callable[[int], None], what: What, attempt: int) -> None:
        tell(attempt)
        self._steps.append(Step(what, attempt))

    def _any(self) -> int:
        return int(self._chance.choice(list(self._flying)))

    def _strike(self, gate: Gate, attempt: int, *, pushed: bool = False) -> None:
        flight = self._flying[attempt]
        if flight.is_hit or not (flight.has_company or pushed):
            return
        self._note(gate.strike, What.HIT, attempt)
        flight.is_hit = True

    def _leave(self, gate: Gate, attempt: int, *, lands: bool) -> None:
        if lands:
            self._note(gate.land, What.LAND, attempt)
        else:
            self._note(gate.end, What.END, attempt)
        del self._flying[attempt]
        self._landed += lands

    def _ends(self, gate: Gate, rate: float, *, pushed: bool = False) -> None:
        """Let one come to its end: hit or not, resolved and landed or parked."""
        attempt = self._any()
        if self._chance.random() < rate:
            self._strike(gate, attempt, pushed=pushed)
        parked = self._flying[attempt].is_hit and self._chance.random() < 0.5
        self._leave(gate, attempt, lands=not parked)

    def _as_ever(self, gate: Gate) -> None:
        self._ends(gate, self._rate)

    def _drifting(self, gate: Gate) -> None:
        far = self._started / self.attempts
        self._ends(gate, 2 * self._rate * (1 - abs(2 * far - 1)))

    def _adversarial(self, gate: Gate) -> None:
        if len(self._flying) * 4 < MOST and self._started < self.attempts / 2:
            self._ends(gate, 0.0)
            return
        for attempt in list(self._flying):
            self._strike(gate, attempt)
        self._leave(gate, self._any(), lands=bool(self._chance.random() < 0.3))

    def _delayed(self, gate: Gate) -> None:
        for _ in range(len(self._flying)):
            self._ends(gate, self._rate)

    def _dependent(self, gate: Gate) -> None:
        if self._chance.random() < self._rate:
            for attempt in list(self._flying):
                self._strike(gate, attempt)
        self._ends(gate, 0.0)

    def _early_parks(self, gate: Gate) -> None:
        attempt = self._any()
        if self._landed == 0 and self._started < self.attempts / 2 and len(self._flying) > 1:
            self._strike(gate, attempt)
            self._leave(gate, attempt, lands=not self._flying[attempt].is_hit)
        else:
            self._ends(gate, self._rate)

    def _pushed(self, gate: Gate) -> None:
        if self._chance.random() < 0.2:
            self._strike(gate, self._any(), pushed=True)
        self._ends(gate, self._rate, pushed=True)


_COMES: Final[Mapping[Kind, Callable[[Stream, Gate], None]]] = MappingProxyType(
    {
        Kind.STATIONARY: Stream._as_ever,
        Kind.DRIFTING: Stream._drifting,
        Kind.ADVERSARIAL: Stream._adversarial,
        Kind.DELAYED: Stream._delayed,
        Kind.DEPENDENT: Stream._dependent,
        Kind.EARLY_PARKS: Stream._early_parks,
        Kind.PUSHED: Stream._pushed,
    }
)
