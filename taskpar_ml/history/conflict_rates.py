"""How often tasks that change the same file really conflict in it."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from taskpar_ml.domain.history_report import HotSpot
from taskpar_ml.domain.mined import FileVerdict, PairFinding
from taskpar_ml.domain.position import PlacedLanding
from taskpar_ml.errors import SettingsError
from taskpar_ml.history.replay.recipe import WINDOW
from taskpar_ml.history.replayed_pairs import ReplayedPairs

PRIOR_PAIRS: Final = 5.0
"""Pairs that every file is credited with, at the rate of all files. Judged until it is learned."""


class NewestNames:
    """Present names of files that had others in the past."""

    def __init__(self, landings: Iterable[PlacedLanding]) -> None:
        self._moves: dict[str, tuple[list[int], list[str]]] = defaultdict(lambda: ([], []))
        for placed in landings:
            for change in placed.landing.changes:
                if change.old_path is not None:
                    numbers, names = self._moves[change.old_path]
                    numbers.append(placed.number)
                    names.append(change.path)

    def of(self, path: str, number: int) -> str:
        """Return the newest name of a file.

        Parameters
        ----------
        path
            Its name just before a landing.
        number
            Position of that landing.
        """
        at = number - 1
        while path in self._moves:
            numbers, names = self._moves[path]
            place = bisect_right(numbers, at)
            if place == len(numbers):
                break
            at, path = numbers[place], names[place]
        return path


@dataclass(frozen=True)
class ConflictRates:
    """Conflicts per file, given that two tasks both changed it.

    It knows the pairs that were added and no others: add what was known before a moment.

    Attributes
    ----------
    together, conflicts
        Pairs of tasks that both changed a file, and those of them that conflict in it, by the
        file's newest name. Pairs whose verdict on the file is unknown are left out.
    prior
        Pairs that every file is credited with.
    replayed
        Which tasks they were and which of those conflict, where that was asked for.

    Examples
    --------
    >>> rates = ConflictRates(Counter({"a": 5, "b": 5}), Counter({"a": 4}))
    >>> rates.overall, rates.of("a"), rates.of("never seen")
    (0.4, 0.6, 0.4)
    """

    together: Counter[str] = field(default_factory=Counter)
    conflicts: Counter[str] = field(default_factory=Counter)
    prior: float = PRIOR_PAIRS
    replayed: ReplayedPairs | None = None

    def __post_init__(self) -> None:
        if not self.prior > 0:
            raise SettingsError("prior", f"must be above 0. Got {self.prior}.", "Pass 5.")

    @classmethod
    def counted(
        cls,
        landings: Sequence[PlacedLanding],
        pairs: Iterable[PairFinding],
        *,
        mined: Collection[str] | None = None,
        window: int = WINDOW,
    ) -> Self:
        """Count pairs under the names that files have after some landings.

        Parameters
        ----------
        landings
            What had landed.
        pairs
            What replaying found; pairs of which the later one is not among them are left out.
        mined
            Ids of the tasks that were replayed; None where nobody wants to know which tasks
            conflict.
        window
            Tasks before it that each of these was replayed against.
        """
        names = NewestNames(landings)
        numbers = {placed.landing.id: placed.number for placed in landings}
        chosen = [pair for pair in pairs if pair.later in numbers]
        replayed = None
        if mined is not None:
            tasks = [placed.landing for placed in landings]
            replayed = ReplayedPairs.counted(tasks, chosen, mined=mined, window=window)
        rates = cls(replayed=replayed)
        for pair in chosen:
            rates.add(pair, names, numbers[pair.later])
        return rates

    def add(self, pair: PairFinding, names: NewestNames, number: int) -> None:
        """Count one pair more; ``number`` is the position of its later task."""
        for each in pair.files:
            if each.verdict != FileVerdict.UNKNOWN:
                path = names.of(each.path, number)
                self.together[path] += 1
                self.conflicts[path] += each.verdict == FileVerdict.CONFLICT

    @property
    def overall(self) -> float:
        """P(conflict in a file | both change it), over all files; 0 where nothing is known."""
        pairs = self.together.total()
        return self.conflicts.total() / pairs if pairs else 0.0

    def of(self, path: str) -> float:
        """Return P(conflict in a file | both change it), smoothed towards the overall rate."""
        conflicts = self.conflicts[path] + self.prior * self.overall
        return conflicts / (self.together[path] + self.prior)

    def hot_spots(self, most: int) -> list[HotSpot]:
        """Return the files with the most conflicts, most first."""
        ordered = sorted(
            self.together, key=lambda path: (-self.conflicts[path], self.together[path], path)
        )
        return [
            HotSpot(
                path=path,
                together=self.together[path],
                conflicts=self.conflicts[path],
                rate=self.of(path),
            )
            for path in ordered[: max(most, 0)]
            if self.conflicts[path]
        ]
