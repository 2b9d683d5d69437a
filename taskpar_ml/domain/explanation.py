"""Everything that is known of one pair of tasks, for a person who asks."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict

from taskpar_ml.domain.footprint import TouchedItem
from taskpar_ml.domain.levels import Level
from taskpar_ml.domain.plan import PairReason


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EvidenceRow(_Part):
    """One item that one task touches, all evidence for it taken together."""

    surface: str
    item: str
    access: str
    probability: float
    sources: tuple[str, ...]
    quotes: tuple[str, ...]

    @classmethod
    def of(cls, touched: TouchedItem) -> Self:
        """Return an item in words alone."""
        return cls(
            surface=touched.surface.value,
            item=touched.item,
            access=touched.access.value,
            probability=touched.probability,
            sources=tuple(source.value for source in touched.sources),
            quotes=touched.quotes,
        )


class Side(_Part):
    """One task of the pair."""

    id: str
    title: str
    categories: tuple[str, ...]
    contexts: tuple[str, ...]
    evidence: tuple[EvidenceRow, ...]


class Component(_Part):
    """One feature of the pair."""

    name: str
    value: float | None
    """Null where it is not known."""
    meaning: str
    adds: float | None = None
    """What it adds to the log odds of a conflict; null where the estimator cannot tell."""


class RuleWord(_Part):
    """A rule that speaks of the pair, whether or not it decided."""

    rule: str
    meaning: str
    forbids: bool


class Explanation(_Part):
    """Why two tasks may or may not run together, with all that was looked at."""

    decision: PairReason
    model: str
    threshold: float
    components: tuple[Component, ...]
    sides: tuple[Side, Side]
    rules: tuple[RuleWord, ...]
    order: tuple[str, ...]
    """Chain of dependencies from one to the other, empty where there is none."""
    level: Level
    """How well it is known that pairs of their kind are safe together."""
