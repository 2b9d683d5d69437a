"""What a journal holds: steps, numbered in the order in which they were written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

Step = TypeVar("Step", covariant=True)


@dataclass(frozen=True)
class JournalEntry(Generic[Step]):
    """A step as it stands in a journal.

    Attributes
    ----------
    number
        Its place, from 1 without gaps.
    recorded_at
        When it was written, by the clock of whoever wrote it.
    step
        What happened.
    """

    number: int
    recorded_at: datetime
    step: Step
