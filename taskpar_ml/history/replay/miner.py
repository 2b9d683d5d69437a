"""Mining a history: every pair of tasks that landed near each other, replayed and stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.domain.landing import Landing, LandingShape
from taskpar_ml.domain.mined import MinedTask
from taskpar_ml.domain.mining import MiningProgress, MiningReport
from taskpar_ml.domain.position import PlacedLanding
from taskpar_ml.domain.protocols import FactCache
from taskpar_ml.errors import MiningError
from taskpar_ml.history.items.shipped import ITEM_DETECTORS
from taskpar_ml.history.landings import landings_of
from taskpar_ml.history.line import CommitLine, whole_line
from taskpar_ml.history.replay.branches import branches
from taskpar_ml.history.replay.detectors import PairDetector
from taskpar_ml.history.replay.line_place import LinePlace
from taskpar_ml.history.replay.recipe import MiningRecipe, digest_of
from taskpar_ml.history.replay.stretches import Stretch, Work
from taskpar_ml.history.replay.workers import Tick, replay_stretches
from taskpar_ml.history.store.repo_history import RepoHistory
from taskpar_ml.history.view import HistoryView
from taskpar_ml.policy.automation import AutomationRules

STRETCH: Final = 50
"""Tasks that are replayed and stored at once: about a second of work."""

_LANDINGS_AT_ONCE: Final = 500
"""Landings that are stored at once where there is nothing to replay."""


def mine(
    repo: str | Path,
    history: RepoHistory,
    *,
    until: str = "HEAD",
    recipe: MiningRecipe | None = None,
    rules: AutomationRules | None = None,
    cache: FactCache = NO_CACHE,
    workers: int = 1,
    detectors: Sequence[PairDetector[Any]] = ITEM_DETECTORS,
    report_progress: Callable[[MiningProgress], None] = lambda progress: None,
) -> MiningReport:
    """Replay every pair of tasks within a window, and store what came of it.

    Laws, each a test:

    - Nothing in the repository changes.
    - Wherever a run ends, the next one goes on there: the store then holds what one undisturbed
      run would have put there, each pair once.
    - Mining in steps, commit by commit or all at once, comes to the same.
    - A finding depends on nothing that landed after the later task of its pair.

    Parameters
    ----------
    repo
        Any directory of a repository.
    history
        Where it is stored.
    until
        A revision; the first-parent line that leads to it is mined, it included.
    recipe
        Window and tasks kept for memory.
    rules
        What counts as automation.
    cache
        Remembers facts of commits between runs.
    workers
        Processes that replay at the same time.
    detectors
        Look for what no merge shows.
    report_progress
        Called after each task that was replayed, and at the end. What was found of it is stored
        with its stretch.

    Raises
    ------
    RepositoryError
        If the repository, the revision or what a task changed cannot be read.
    MiningError
        If the history in the store is another one or was mined by another recipe, the clone is
        cut too late to go on, or a worker is gone.
    StoreError
        If the store cannot be read or written.
    """
    rules = rules or AutomationRules()
    recipe = replace(
        recipe or MiningRecipe(automation=digest_of(rules)),
        detectors=sorted(detector.name for detector in detectors),
    )
    view = HistoryView.at(repo, until)
    line, is_cut = whole_line(view.reader, view.commit)
    run = _Run(view, line, history, recipe, rules, cache)
    run.settle()
    replayed = replay_stretches(
        repo,
        view.place,
        run.stretches(),
        workers=workers,
        detectors=detectors,
        report=lambda tick: report_progress(run.advanced(tick)),
    )
    for _, tasks in replayed:
        history.append_mined(tasks)
        run.count(tasks)
    report_progress(run.all_done())
    return run.report(is_cut=is_cut)


@dataclass
class _Run:
    """One run over one line."""

    view: HistoryView
    line: CommitLine
    history: RepoHistory
    recipe: MiningRecipe
    rules: AutomationRules
    cache: FactCache
    landings: int = 0
    tasks: int = 0
    pairs: int = 0
    abandoned: int = 0
    postponed: bool = False
    place: LinePlace = field(init=False)
    stored: Mapping[str, int] = field(init=False)
    mined: frozenset[str] = field(init=False)
    start: int = field(init=False, default=0)
    """Index on the line from which landings are read."""
    remembered: int = field(init=False, default=0)
    """Tasks before that, as far as it matters to what serves as memory only."""
    spans: dict[str, int] = field(init=False, default_factory=dict)
    """New task to how many commits it comes with: its own, and those since the new task before."""
    done: int = field(init=False, default=0)
    """Commits with which replayed tasks came."""
    found: int = field(init=False, default=0)
    """Pairs of replayed tasks, stored or not."""

    def settle(self) -> None:
        """Find out what is stored already, and let go of what is no longer on the line."""
        reached = self.recipe.first_of(self.history.recipe, place=self.history.place)
        self.stored = self.history.placed_ids()
        self.place = LinePlace.among(self.line, self.stored, name=self.history.place)
        if reached is not None and self.place.first < reached:
            # Deepened since: pushes may be joined otherwise, tips may have a base, and other tasks
            # serve as memory only. Nothing of what was found is sure to stand.
            self.history.forget_mined()
            self.stored = {}
        gone = self.place.gone(self.stored)
        if gone:
            self.history.abandon(gone)
            self.stored = self.history.placed_ids()
            self.abandoned = len(gone)
        self.mined = self.history.mined()
        if reached is None or not self.stored:
            self.history.set_recipe(self.recipe.as_text(first=self.place.first))
        else:
            self._go_on(reached)

    def _go_on(self, reached: int) -> None:
        """Start where everything new lies behind, with a whole window before it."""
        numbers = sorted(self.stored[each] for each in self.mined)
        if len(numbers) > self.recipe.window:
            reached = numbers[-self.recipe.window - 1] + 1
            # What lies before that was more than is kept for memory.
            self.remembered = self.recipe.memory_only
        self.start = reached - self.place.first
        if self.start < 0:
            raise MiningError(
                self.history.place,
                "the clone begins too late to go on where the last run ended.",
                "Run `git fetch --unshallow` in it, or mine a clone that reaches further back.",
            )

    def count(self, tasks: Sequence[MinedTask]) -> None:
        """Count what was stored."""
        self.tasks += len(tasks)
        self.pairs += sum(len(task.pairs) for task in tasks)

    def report(self, *, is_cut: bool) -> MiningReport:
        """Return what the run did."""
        return MiningReport(
            name=self.history.name,
            newest=str(self.view.commit),
            commits=len(self.line),
            landings=self.landings,
            tasks=self.tasks,
            pairs=self.pairs,
            abandoned=self.abandoned,
            postponed=self.postponed,
            is_short=not self.mined and not self.tasks,
            notices=tuple(map(str, self.view.lacks)),
            is_cut=is_cut,
        )

    def advanced(self, tick: Tick) -> MiningProgress:
        """Return how far the run has come with one more task."""
        self.done += self.spans.pop(tick.task)
        self.found += tick.pairs
        return MiningProgress(self.done, len(self.line) - self.start, self.found)

    def all_done(self) -> MiningProgress:
        """Return how far the run has come when nothing is left."""
        total = len(self.line) - self.start
        return MiningProgress(total, total, self.found)

    def stretches(self) -> Iterator[Stretch]:
        """Store landings, and yield what of them must be replayed."""
        works: list[Work] = []
        chosen: set[str] = set()
        fresh: list[PlacedLanding] = []
        for landing, work, is_new in self._works():
            works.append(work)
            if landing.id not in self.stored:
                fresh.append(PlacedLanding(self.place.number(work.place), landing))
            if is_new:
                chosen.add(work.id)
            if len(chosen) == STRETCH or len(fresh) == _LANDINGS_AT_ONCE:
                yield from self._stretch(works, chosen, fresh)
                works = self._tail(works)
                chosen, fresh = set(), []
        yield from self._stretch(works, chosen, fresh)

    def _stretch(
        self, works: list[Work], chosen: set[str], fresh: list[PlacedLanding]
    ) -> Iterator[Stretch]:
        if fresh:
            self.history.append_landings(fresh)
            self.landings += len(fresh)
        if chosen:
            yield Stretch(tuple(works), frozenset(chosen), self.recipe.window)

    def _tail(self, works: list[Work]) -> list[Work]:
        """Return the newest landings, from the oldest that a later task may meet."""
        paired = [at for at, work in enumerate(works) if work.is_paired]
        return works[paired[-self.recipe.window :][0] :] if paired else []

    def _works(self) -> Iterator[tuple[Landing, Work, bool]]:
        """Yield every landing, and whether its window is to be replayed."""
        line = self.line[self.start :]
        found = branches(self.view.reader, line, first=self.start)
        at = self.start - 1
        tasks = self.remembered
        before = self.start - 1
        for landing in self._settled(line):
            branch = None
            while at < self.start or self.line.ids[at].hex() != landing.id:
                at, branch = at + 1, next(found)
            is_paired = False
            if landing.is_task:
                is_paired = tasks >= self.recipe.memory_only and landing.base is not None
                tasks += 1
            is_new = is_paired and landing.id not in self.mined
            if is_new:
                self.spans[landing.id] = at - before
                before = at
            yield landing, Work.of(landing, at, branch, is_paired=is_paired), is_new

    def _settled(self, line: CommitLine) -> Iterator[Landing]:
        """Yield landings, but the newest of all where later pushes may still be joined to it."""
        held: Landing | None = None
        for landing in landings_of(self.view, line, cache=self.cache, rules=self.rules):
            if held is not None:
                yield held
            held = landing
        if held is None:
            return
        # Pushes that together come to nothing are no task until the next one.
        may_grow = held.shape == LandingShape.DIRECT and (held.is_task or len(held.commits) > 1)
        self.postponed = may_grow and held.id == str(self.view.commit)
        if not self.postponed:
            yield held
