"""Width by a window that widens by one and halves: the rule of merge queues, as a rival.

References
----------
Zuul, "Pipeline", https://zuul-ci.org/docs/zuul/latest/config/pipeline.html: ``window``,
``window-floor``, ``window-ceiling``, ``window-increase-factor`` and ``window-decrease-factor`` with
their defaults.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Final

from taskpar_ml.simulation.policies import DispatchPolicy, Moment

USUAL: Final = 20
"""Width at first unless somebody says otherwise."""
FLOOR: Final = 3
"""Least width unless somebody says otherwise."""


class Window:
    """How many may run at once: one more after every landing, half as many after every hit.

    Parameters
    ----------
    width
        The window at first.
    floor, ceiling
        The least and the most it comes to; a ceiling below the floor wins.

    Attributes
    ----------
    width
        The window.
    running
        Tasks that run.
    """

    def __init__(
        self, width: int = USUAL, *, floor: int = FLOOR, ceiling: int | None = None
    ) -> None:
        self._ceiling = sys.maxsize if ceiling is None else ceiling
        self._floor = min(floor, self._ceiling)
        self.width = min(width, self._ceiling)
        self.running: set[int] = set()

    def land(self) -> None:
        """Note a landing."""
        self.width = min(self.width + 1, self._ceiling)

    def hit(self) -> None:
        """Note a hit."""
        self.width = max(self.width // 2, self._floor)


class Windowed:
    """Another policy, as far as a window goes.

    Parameters
    ----------
    name
        How tables call it.
    policy
        Who chooses the tasks.
    window
        How many may run at once; shared by the policies of batches that follow each other, each of
        which is done with before the next one is asked.
    """

    def __init__(self, name: str, policy: DispatchPolicy, window: Window) -> None:
        self.name, self.kept_apart = name, policy.kept_apart
        self._policy, self._window = policy, window
        self._has_begun = False

    def admit(self, moment: Moment) -> Sequence[int]:
        """Return the first tasks of the policy's, as many as the window lets run."""
        if not self._has_begun:
            self._settle((), ())  # what was left of the batch before has landed
            self._has_begun = True
        self._settle(moment.running, [*moment.waiting, *moment.parked])
        most = max(self._window.width - len(moment.running), 0)
        free = len(moment.waiting) if moment.free is None else moment.free
        chosen = list(self._policy.admit(moment))[: min(most, free)]
        self._window.running |= set(chosen)
        return chosen

    def _settle(self, running: Iterable[int], waiting: Iterable[int]) -> None:
        """Note what became of tasks since somebody last asked."""
        again, window = set(waiting), self._window
        for task in sorted(window.running - set(running)):
            if task in again:
                window.hit()
            else:
                window.land()
        window.running &= set(running)
