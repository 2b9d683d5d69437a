"""Which tasks may start now."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class ReadyTask(_Part):
    """A task that may start now, beside all that run and all that are named before it."""

    id: str
    title: str
    attempt: int | None = None
    """The how-manieth attempt at it has just started; null where nobody started it."""


class WaitingTask(_Part):
    """A task that may not start now."""

    id: str
    title: str
    why: str
    """What keeps it waiting: a task that must land first, one that it stays apart from, or the
    number of workers."""


class BankWords(_Part):
    """What the bank allows."""

    name: str
    b0: float
    """Hits that are allowed before anything has landed."""
    alpha: float
    """Hits that each landed task allows."""
    hits: int
    debits: int
    """Hits that lie outside of the promise: they came to light after their task had landed, or
    somebody else's push caused them."""
    landed: int
    """Attempts that have landed and were not taken back."""
    revoked: int
    """Those that were."""
    in_flight: int
    width: int
    """How many attempts may run at the same time."""
    room: int
    """How many more may start now."""


class Readiness(_Part):
    """What may start now, given what is running."""

    running: tuple[str, ...]
    ready: tuple[ReadyTask, ...]
    """Most urgent first; all of them may start together."""
    waiting: tuple[WaitingTask, ...]
    workers: int
    model: str
    threshold: float
    repository: str
    commit: str | None
    bank: BankWords | None = None
    """What the bank allows once those named have started, if they have; null without one."""
    notices: tuple[str, ...] = ()

    @property
    def is_blocked(self) -> bool:
        """Whether tasks are waiting and not one of them may start."""
        return bool(self.waiting) and not self.ready
