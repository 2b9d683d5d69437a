"""Where a clone's first-parent line lies among what a store knows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from taskpar_ml.errors import MiningError
from taskpar_ml.history.line import CommitLine


@dataclass(frozen=True)
class LinePlace:
    """A line and the numbers of its commits.

    Attributes
    ----------
    line
        Oldest first.
    first
        Number of its oldest commit.
    """

    line: CommitLine
    first: int

    @classmethod
    def among(cls, line: CommitLine, stored: Mapping[str, int], *, name: str) -> Self:
        """Return a line, numbered so that commits keep the numbers that a store has for them.

        Parameters
        ----------
        stored
            Landing id to number.
        name
            How messages name the history.

        Raises
        ------
        MiningError
            If the store has landings of this name and none is on the line.
        """
        if not stored:
            return cls(line, 0)
        for at in range(len(line) - 1, -1, -1):
            number = stored.get(line.ids[at].hex())
            if number is not None:
                return cls(line, number - at)
        raise MiningError(
            name,
            f"none of the {len(stored):,} landings stored under this name is part of the history "
            "that was named.",
            "Pass --name to keep the histories of several repositories apart, or --again if this "
            "one was rewritten.",
        )

    def number(self, at: int) -> int:
        """Return the number of a commit by its index on the line."""
        return self.first + at

    def gone(self, stored: Mapping[str, int]) -> list[str]:
        """Return stored landings that are no longer on the line, if it was rewritten.

        A line that ends earlier than what is stored is no reason: it may have been asked for.
        Neither is one that begins later: a clone may be cut.
        """
        here = {identity.hex() for identity in self.line.ids}
        newest = self.number(len(self.line) - 1)
        elsewhere = {
            each: at for each, at in stored.items() if at >= self.first and each not in here
        }
        is_rewritten = any(at <= newest for at in elsewhere.values())
        return sorted(elsewhere) if is_rewritten else []
