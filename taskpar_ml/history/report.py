"""A mined history in numbers: how often tasks collide, where, when, and which to read."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from taskpar_ml.domain.history_report import (
    HistoryReport,
    KindCount,
    PairCounts,
    Period,
    WorstPair,
)
from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.landing import Landing
from taskpar_ml.domain.mined import DecidedBy, FileVerdict, PairFinding
from taskpar_ml.domain.moments import moment_of
from taskpar_ml.domain.position import Position
from taskpar_ml.history.conflict_rates import ConflictRates, NewestNames
from taskpar_ml.history.store.repo_history import RepoHistory
from taskpar_ml.policy.labels import LabelPolicy

MOST_SHOWN: Final = 10
"""Hot spots and pairs that are listed."""


def report_of(
    history: RepoHistory,
    policy: LabelPolicy,
    *,
    before: Position | None = None,
    most: int = MOST_SHOWN,
) -> HistoryReport:
    """Return what is known of a history before a position.

    Parameters
    ----------
    policy
        What counts as a conflict.
    before
        Where the question is asked; by default after everything.
    most
        How many hot spots and pairs are listed.

    Raises
    ------
    StoreError
        If the store cannot be read.
    """
    with history.at_one_moment() as reader:
        names = NewestNames(reader.landings(before=before))
        tasks = {}
        landings = 0
        for placed in reader.landings(before=before):
            landings += 1
            if placed.landing.is_task:
                tasks[placed.landing.id] = _task(placed.number, placed.landing)
        count = _Count(policy, names, tasks, most)
        for pair in reader.pairs(before=before):
            count.add(pair)
        mined = reader.mined() & tasks.keys()
        for task in mined:
            count.tasks_of[tasks[task].year] += 1
        worst = list(count.worst())
        named = {task for pair in worst for task in (pair.earlier, pair.later)}
        titles = {
            placed.landing.id: placed.landing.title
            for placed in reader.landings(before=before)
            if placed.landing.id in named
        }
        return HistoryReport(
            name=history.name,
            landings=landings,
            tasks=len(tasks),
            mined=len(mined),
            texts=len({text.task for text in reader.texts(before=before)}),
            outcomes=sum(1 for _ in reader.outcomes(before=before)),
            all_pairs=count.of("all"),
            kinds=tuple(
                KindCount(kind=kind, pairs=count.kinds[kind])
                for kind in ConflictKind
                if count.kinds[kind]
            ),
            sharing=count.of("sharing"),
            by_hunks=count.of("hunks"),
            same_author=count.of("same"),
            different_authors=count.of("different"),
            concurrent=count.of("concurrent"),
            tips=count.of("tips"),
            hot_spots=tuple(count.rates.hot_spots(most)),
            growth=tuple(count.growth()),
            worst=tuple(_named(pair, titles, policy) for pair in worst),
        )


class _Task(NamedTuple):
    """What is kept of a landing while pairs are counted."""

    number: int
    author: str
    year: int


def _task(number: int, landing: Landing) -> _Task:
    return _Task(number, landing.author, moment_of(landing.landed_at).year)


@dataclass
class _Count:
    """Counts of pairs under a policy."""

    policy: LabelPolicy
    names: NewestNames
    tasks: dict[str, _Task]
    most: int
    kinds: Counter[ConflictKind] = field(default_factory=Counter)
    rates: ConflictRates = field(default_factory=ConflictRates)
    tasks_of: Counter[int] = field(default_factory=Counter)
    _counts: dict[object, Counter[bool | None]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    _worst: list[tuple[int, int, int, PairFinding]] = field(default_factory=list)

    def add(self, pair: PairFinding) -> None:
        earlier, later = self.tasks[pair.earlier], self.tasks[pair.later]
        kinds = self.policy.kinds(pair)
        verdict = self.policy.is_positive(kinds)
        self.kinds.update(kinds)
        for group in self._groups(pair, earlier, later):
            self._counts[group][verdict] += 1
        tips = self.policy.kinds_of_tips(pair)
        if tips is not None:
            self._counts["tips"][self.policy.is_positive(tips)] += 1
        self.rates.add(pair, self.names, later.number)
        if verdict:
            self._keep(pair, later.number)

    def _groups(self, pair: PairFinding, earlier: _Task, later: _Task) -> Iterator[object]:
        yield "all"
        yield later.year
        yield "same" if earlier.author == later.author else "different"
        if pair.files:
            yield "sharing"
        if pair.concurrent:
            yield "concurrent"
        if any(
            each.decided_by == DecidedBy.HUNKS and not self.policy.is_trivial(each.path)
            for each in pair.files
        ):
            yield "hunks"

    def _keep(self, pair: PairFinding, number: int) -> None:
        entry = (len(_conflicts(pair, self.policy)), number, len(self._worst), pair)
        if len(self._worst) < self.most:
            heapq.heappush(self._worst, entry)
        elif self._worst and entry[:2] > self._worst[0][:2]:
            heapq.heapreplace(self._worst, (*entry[:2], self._worst[0][2], pair))

    def of(self, group: object) -> PairCounts:
        """Return the counts of one group of pairs."""
        counts = self._counts[group]
        return PairCounts(pairs=counts.total(), positive=counts[True], unknown=counts[None])

    def growth(self) -> Iterator[Period]:
        """Yield what landed year by year."""
        for year in sorted(self.tasks_of):
            yield Period(year=year, tasks=self.tasks_of[year], pairs=self.of(year))

    def worst(self) -> Iterator[PairFinding]:
        """Yield the pairs that conflict in the most files, newest first among equals."""
        for *_, pair in sorted(self._worst, key=lambda entry: entry[:3], reverse=True):
            yield pair


def _conflicts(pair: PairFinding, policy: LabelPolicy) -> list[str]:
    return [
        each.path
        for each in pair.files
        if each.verdict == FileVerdict.CONFLICT and not policy.is_trivial(each.path)
    ]


def _named(pair: PairFinding, titles: dict[str, str], policy: LabelPolicy) -> WorstPair:
    return WorstPair(
        earlier=pair.earlier,
        later=pair.later,
        earlier_title=titles[pair.earlier],
        later_title=titles[pair.later],
        files=tuple(_conflicts(pair, policy)),
        items=tuple(each.item for each in pair.items if each.kind in policy.counted),
    )
