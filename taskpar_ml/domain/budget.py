"""What a bank holds, what was learned by it, and what comes next."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from taskpar_ml.domain.levels import Level
from taskpar_ml.domain.readiness import BankWords


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class LevelWords(_Part):
    """What is known of one level."""

    level: Level
    meaning: str
    is_open: bool
    """Whether its pairs are let run together."""
    clean: int
    """Outcomes of attempts at it without a hit, since it was last closed."""
    hits: int
    """The same, those that were hits."""
    clean_until_open: int
    """How many more outcomes without a hit open it; 0 where it is open."""
    share: float
    """Share of the attempts to which it is open: the more speaks for it, the more try it."""


class InFlight(_Part):
    """An attempt that has started and not ended."""

    task: str
    attempt: int
    started_at: datetime
    by: str | None
    """Who started it, as far as they said."""
    is_hit: bool


class GrowthPoint(_Part):
    """The bank when a task had landed, or was hit."""

    landed: int
    hits: int
    """Those of which the promise speaks."""
    width: int


class Budget(_Part):
    """What a bank holds, and how it grew."""

    bank: BankWords
    workers: int
    """How many run at once at most, whatever the bank allows."""
    allowed: float
    """Hits that are allowed so far."""
    is_kept: bool
    """Whether the promise holds."""
    is_overspent: bool
    """Whether more is used up than is allowed, by hits that lie outside of the promise or by
    landings that were taken back."""
    threshold: float
    """Probability of a hit from which a task does not start beside others."""
    landings_to_wider: int | None
    """How many more tasks have to land without a hit until one more attempt may run; null where
    none that lands earns anything."""
    explored: int
    """Attempts that chance let start beside others at a closed level, to try it."""
    levels: tuple[LevelWords, ...]
    in_flight: tuple[InFlight, ...]
    grown: tuple[GrowthPoint, ...]
    """How the bank grew, step by step."""
