"""Levels of growth: kinds of pairs that are let run together one after the other."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Level(StrEnum):
    """A kind of pairs, the ones known to be safe first; a pair is of the first that it fits."""

    DOCUMENTATION_AND_TESTS = "documentation-and-tests"
    SERVICES = "services"
    LAYERS = "layers"
    CONTEXTS = "contexts"
    LOW_RISK = "low-risk"
    AFFORDED = "afforded"

    @property
    def meaning(self) -> str:
        """What its pairs have in common, in words."""
        return _MEANINGS[self]


LEVELS: Final = tuple(Level)
"""Levels in the order of the numbers that stand for them in arrays."""

_MEANINGS: Final = {
    Level.DOCUMENTATION_AND_TESTS: "one of the two only documents or only writes tests",
    Level.SERVICES: "they stay in different services",
    Level.LAYERS: "they stay in different layers, as frontend and backend",
    Level.CONTEXTS: "they stay in different contexts",
    Level.LOW_RISK: "their risk is low",
    Level.AFFORDED: "whatever else the bank affords",
}
