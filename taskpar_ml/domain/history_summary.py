"""What a store of histories holds, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class HistorySummary:
    """One repository's part of a store. What was abandoned is not counted.

    Attributes
    ----------
    name
        Of the history.
    landings
        How many are known, automation included.
    tasks
        How many of them are work.
    mined
        How many tasks were held against the tasks before them.
    newest
        Id of the newest landing, ``None`` where there is none.
    written_at
        When something was last added or taken away, ``None`` where nothing ever was.
    """

    name: str
    landings: int
    tasks: int
    mined: int
    newest: str | None
    written_at: datetime | None
