"""How often tasks conflicted in files, as it was known when a batch could begin."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from taskpar_ml.domain.mined import PairFinding
from taskpar_ml.domain.position import PlacedLanding
from taskpar_ml.history.batches import TaskBatch
from taskpar_ml.history.conflict_rates import ConflictRates
from taskpar_ml.history.replay.recipe import WINDOW, window_of
from taskpar_ml.history.store.repo_history import RepoHistory


@dataclass(frozen=True)
class PastRates:
    """A replayed history, of which rates are counted up to any moment.

    Attributes
    ----------
    landings
        Oldest first.
    pairs
        What replaying found of pairs that share files, in the order of their later landings.
    mined
        Ids of the tasks that were replayed.
    window
        Tasks before it that each of them was replayed against.
    """

    landings: Sequence[PlacedLanding]
    pairs: Sequence[PairFinding]
    mined: frozenset[str] = frozenset()
    window: int = WINDOW

    @classmethod
    def read(cls, history: RepoHistory) -> Self:
        """Read all of a history.

        Raises
        ------
        StoreError
            If the store cannot be read.
        """
        with history.at_one_moment() as reader:
            pairs = tuple(reader.pairs(shared_only=True))
            window = window_of(reader.recipe())
            return cls(tuple(reader.landings()), pairs, reader.mined(), window)

    def before(self, batch: TaskBatch) -> ConflictRates:
        """Return the rates of what had landed before the first task of a batch.

        The verdict on a pair is known when its later task has landed.

        Raises
        ------
        KeyError
            If the batch is not of this history.
        """
        first = self._numbers[batch.tasks[0].id]
        landed = bisect_left(self.landings, first, key=lambda placed: placed.number)
        known = bisect_left(self.pairs, first, key=lambda pair: self._numbers[pair.later])
        return ConflictRates.counted(
            self.landings[:landed], self.pairs[:known], mined=self.mined, window=self.window
        )

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {placed.landing.id: placed.number for placed in self.landings}
