"""Which tasks start beside those that run: the most work for the least that may be lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.watching import UNWATCHED, Watch
from taskpar_ml.planner.prices import collision_prices, remaining_minutes

_SURE: Final = 1 - 1e-12
"""Highest probability whose logarithm is taken."""


@dataclass(frozen=True)
class StartRules:
    """What decides which tasks may start, and which of them do.

    Tasks are known by their position, from 0 to ``n - 1``.

    Attributes
    ----------
    apart
        Tasks that never run together, shape ``(n, n)``, symmetric.
    risk
        Probability that two tasks conflict, shape ``(n, n)``, symmetric, in [0, 1]; 0 where it
        is not to count. Of two that stay apart it tells how surely they have to take turns. The
        diagonal means nothing.
    minutes
        How long each task is expected to take, above 0, shape ``(n,)``.
    chain
        The same with the longest chain of tasks that wait for it, shape ``(n,)``.
    threshold
        Probability of a hit from which a task does not start beside those that run.
    watch
        How running tasks are watched.
    spread
        Standard deviation of the logarithm of what tasks take.
    """

    apart: NDArray[np.bool_]
    risk: NDArray[np.float64]
    minutes: NDArray[np.float64]
    chain: NDArray[np.float64]
    threshold: float
    watch: Watch = UNWATCHED
    spread: float = 1.0

    def at(self, positions: NDArray[np.intp]) -> Self:
        """Return the rules of the tasks at some positions, in that order."""
        pairs = np.ix_(positions, positions)
        return replace(
            self,
            apart=self.apart[pairs],
            risk=self.risk[pairs],
            minutes=self.minutes[positions],
            chain=self.chain[positions],
        )

    def beside(
        self, waiting: Sequence[int], running: Sequence[int], elapsed: Sequence[float]
    ) -> Company:
        """Return what starting each waiting task beside those that run would mean.

        Parameters
        ----------
        elapsed
            Minutes since each running task began.
        """
        company = Company(self, np.asarray(waiting, dtype=np.intp))
        company.join(np.asarray(running, dtype=np.intp), np.asarray(elapsed, dtype=np.float64))
        return company

    def choose(
        self,
        waiting: Sequence[int],
        running: Sequence[int] = (),
        elapsed: Sequence[float] = (),
        *,
        most: int | None = None,
    ) -> list[int]:
        """Return the tasks that start now, the first to start first.

        One after the other, of those that may start beside all that run and all chosen so far the
        one that is worth most: the minutes of its chain, and of the other waiting tasks that will
        not run beside it, each as likely as the two conflict, less the minutes that are expected to
        be lost. A task that would lose more than it does stays where it is. While nothing runs one
        always starts.

        Parameters
        ----------
        waiting
            In order of preference: the earlier goes first where two are worth the same.
        running
            Tasks that run.
        elapsed
            Minutes since each of them began.
        most
            How many start at most; None for no limit.

        Notes
        -----
        Tasks that are in the way of many go early, so that at the end there are no few left that
        must take turns: as colouring a graph begins with the vertices of most neighbours.

        References
        ----------
        D. J. A. Welsh and M. B. Powell, "An upper bound for the chromatic number of a graph and its
        application to timetabling problems", The Computer Journal 10 (1967).
        """
        company = self.beside(waiting, running, elapsed)
        chosen: list[int] = []
        place = None
        while most is None or len(chosen) < most:
            if place is not None:
                company.take(place)
            place = company.best()
            if place is None:
                break
            chosen.append(int(company.waiting[place]))
        return chosen


class Company:
    """Waiting tasks, and what each would meet if it started now.

    Attributes
    ----------
    waiting
        The tasks, shape ``(k,)``.
    blocked
        Which may not run beside somebody there, or have started, shape ``(k,)``.
    lost
        Minutes of work that are expected to be lost if each starts, shape ``(k,)``.
    turns
        Minutes of the others that wait, as far as they will not run beside each, shape ``(k,)``.
    """

    def __init__(self, rules: StartRules, waiting: NDArray[np.intp]) -> None:
        self.waiting = waiting
        self.blocked = np.zeros(len(waiting), dtype=bool)
        self.lost = np.zeros(len(waiting))
        among = rules.risk[np.ix_(waiting, waiting)]
        self._ways = np.where(np.eye(len(waiting), dtype=bool), 0, among) * rules.minutes[waiting]
        self.turns = self._ways.sum(axis=1)
        self._rules = rules
        self._spared = np.zeros(len(waiting))
        """Logarithm of the probability that nobody is hit."""
        self._alone = True

    @property
    def hit(self) -> NDArray[np.float64]:
        """Probability that each, or somebody because of it, is hit if it starts, in [0, 1]."""
        return -np.expm1(self._spared)

    @property
    def crowded(self) -> NDArray[np.bool_]:
        """Which may run beside each of the others there, but not beside all of them."""
        if self._alone:
            return np.zeros_like(self.blocked)
        return ~self.blocked & (self.hit >= self._rules.threshold)

    def best(self) -> int | None:
        """Return the place of the task that is worth most; None where none may start."""
        rules = self._rules
        free = ~self.blocked & ~self.crowded
        if not self._alone:
            free &= self.lost < rules.minutes[self.waiting]
        if not free.any():
            return None
        worth = np.where(free, rules.chain[self.waiting] + self.turns - self.lost, -np.inf)
        return int(worth.argmax())

    def take(self, place: int) -> None:
        """Start one of them."""
        self.blocked[place] = True
        self.turns = self.turns - self._ways[:, place]
        self.join(self.waiting[place : place + 1], np.zeros(1))

    def join(self, running: NDArray[np.intp], elapsed: NDArray[np.float64]) -> None:
        """Let tasks run beside all that wait."""
        if not len(running):
            return
        rules = self._rules
        self._alone = False
        block = np.ix_(self.waiting, running)
        self.blocked |= rules.apart[block].any(axis=1)
        left = remaining_minutes(rules.minutes[running], elapsed, spread=rules.spread)
        prices = collision_prices(
            rules.minutes[self.waiting], elapsed, left, watch=rules.watch, spread=rules.spread
        )
        risk = rules.risk[block]
        self.lost += (risk * prices.lost).sum(axis=1)
        self._spared += np.log1p(-np.minimum(risk * prices.hit, _SURE)).sum(axis=1)
