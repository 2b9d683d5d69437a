"""What would have happened, or did happen, had two tasks been done at the same time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class ConflictKind(StrEnum):
    """A way in which two tasks collide. One pair may collide in several."""

    TEXTUAL = "textual"
    """Overlapping hunks in files that matter."""
    RESOURCE = "resource"
    """The same migration number or parent, port, service name or lock entry."""
    LOGICAL = "logical"
    """One removes, renames or re-signs a definition that the other starts to use."""
    ARCHITECTURAL = "architectural"
    """Both introduce, independently, what should have been decided once."""
    DEPENDENCY = "dependency"
    """The later one edits what the earlier one created. Has a direction."""
    TRIVIAL = "trivial"
    """Only changelogs, lock files, version files. Recorded, not counted by default."""
    UNKNOWN = "unknown"
    """Could not be decided. Never trained on."""


COUNTED_BY_DEFAULT: Final = frozenset(
    {ConflictKind.TEXTUAL, ConflictKind.RESOURCE, ConflictKind.LOGICAL}
)
"""The kinds that make a pair's label positive unless the policy says otherwise."""


class LabelSource(StrEnum):
    """Who says so."""

    OBSERVED = "observed"
    REPLAY = "replay"
    DECLARED = "declared"


class Direction(StrEnum):
    """Which side of a pair comes first, where that is known."""

    A_FIRST = "a_first"
    B_FIRST = "b_first"


@dataclass(frozen=True, slots=True)
class PairLabel:
    """The label of one pair, with ``task_a < task_b`` by code point.

    ``base`` is the commit from which both are imagined to start; ``known_at`` the moment at
    which the later one landed and that was recorded: nothing that decides before it may read the
    label.
    """

    task_a: str
    task_b: str
    direction: Direction
    kinds: frozenset[ConflictKind]
    source: LabelSource
    base: str
    known_at: datetime
    concurrent: bool = False

    def is_positive(self, counted: frozenset[ConflictKind] = COUNTED_BY_DEFAULT) -> bool | None:
        """Whether the pair conflicts under a policy; None where that is unknown."""
        return is_positive(self.kinds, counted)


def is_positive(
    kinds: frozenset[ConflictKind], counted: frozenset[ConflictKind] = COUNTED_BY_DEFAULT
) -> bool | None:
    """Whether a pair that collides in some ways conflicts under a policy.

    One way that counts is enough; without one, None where something is unknown.
    """
    if kinds & counted:
        return True
    return None if ConflictKind.UNKNOWN in kinds else False
