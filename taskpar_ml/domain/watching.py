"""How running tasks are watched, so that collisions come to light before the work is done."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from taskpar_ml.errors import SettingsError

CHECKPOINTS: Final = (0.25, 0.5, 0.75)
"""Shares of a task's work after which it can be brought up to date: a turn or a commit of its
agent, for nobody can do that in the middle of an edit."""


class Watching(StrEnum):
    """What is done about collisions while tasks run."""

    NEVER = "never"
    """Nothing: a collision shows when the later task is to land, and all of its run is lost."""
    TRIAL_MERGES = "trial-merges"
    """Running tasks are merged on trial with each other and with what has landed. As soon as two
    collide the one with less work behind it is parked until the other has landed."""
    CHECKPOINTS = "checkpoints"
    """Trial merges, and at its next checkpoint a running task takes over what has landed."""
    AT_ONCE = "at-once"
    """Trial merges, and whatever lands is taken over by all that run in the same moment: a bound,
    for no agent can be interrupted at any moment."""


@dataclass(frozen=True, slots=True)
class Watch:
    """How running tasks are watched, and what that costs.

    Attributes
    ----------
    mode
        What is done.
    sync_cost
        Minutes that taking over what has landed costs, as a share of the minutes of the task, in
        [0, 1].
    lost_share
        Share of a parked task's work that is lost, in [0, 1]; a run that is only found to be hit
        when it is to land is lost as a whole.

    Raises
    ------
    SettingsError
        If a share lies outside [0, 1].
    """

    mode: Watching = Watching.NEVER
    sync_cost: float = 0.0
    lost_share: float = 1.0

    def __post_init__(self) -> None:
        for name in ("sync_cost", "lost_share"):
            share = getattr(self, name)
            if not 0 <= share <= 1:
                raise SettingsError(name, f"must lie in [0, 1]. Got {share}.", "Pass a share.")

    @property
    def is_live(self) -> bool:
        """Whether collisions come to light while tasks run."""
        return self.mode is not Watching.NEVER

    @property
    def syncs(self) -> bool:
        """Whether running tasks take over what has landed."""
        return self.mode in (Watching.CHECKPOINTS, Watching.AT_ONCE)


UNWATCHED: Final = Watch()
"""Nobody watches."""
