"""A stretch of history that is replayed at once: some tasks, and what landed just before them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taskpar_ml.domain.landing import Landing
from taskpar_ml.domain.mined import FileFinding, MinedTask, PairFinding
from taskpar_ml.errors import RepositoryError
from taskpar_ml.history.items.fact_detectors import FACT_DETECTORS
from taskpar_ml.history.replay.branches import Branch
from taskpar_ml.history.replay.detectors import PairDetector
from taskpar_ml.history.replay.done import DoneTask, done_task
from taskpar_ml.history.replay.items import ItemFinder
from taskpar_ml.history.replay.pair_replay import UNREADABLE, Between, PairReplayer, undecided
from taskpar_ml.history.replay.read_task import ContentFacts
from taskpar_ml.history.replay.tips import TipReplayer
from taskpar_ml.repo.attributes import carry_attributes
from taskpar_ml.repo.git import open_repository
from taskpar_ml.repo.line_spans import LineComparer
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.scratch import ScratchRepository, scratch_repository


@dataclass(frozen=True, slots=True)
class Work:
    """A landing, as far as replaying needs it.

    Attributes
    ----------
    id, base
        Of the landing, and the commit before it.
    place
        Of its newest commit on the line.
    is_paired
        Whether pairs are made of it: automation, and what serves as memory only, stays alone.
    branch
        The branch that it merged, if it is a merge.
    commits
        How many commits of the line it consists of.
    """

    id: str
    base: str | None
    place: int
    is_paired: bool
    branch: Branch | None = None
    commits: int = 1

    @classmethod
    def of(cls, landing: Landing, place: int, branch: Branch | None, *, is_paired: bool) -> Work:
        """Return a landing without its texts."""
        return cls(landing.id, landing.base, place, is_paired, branch, len(landing.commits))

    @property
    def oldest(self) -> int:
        """Place of its oldest commit on the line."""
        return self.place - self.commits + 1


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive landings, of which the last ones are replayed against what is before them.

    Attributes
    ----------
    works
        Oldest first. Every earlier task of the window of every task that is replayed is among
        them.
    chosen
        Ids of the tasks that are replayed.
    window
        Against how many earlier tasks each.
    """

    works: tuple[Work, ...]
    chosen: frozenset[str]
    window: int

    def is_gap(self, at: int) -> bool:
        """Whether something landed right after a landing of which it is not known what it was."""
        return at + 1 < len(self.works) and self.works[at + 1].base != self.works[at].id


@contextmanager
def stretch_replayer(
    repo: str | Path,
    place: str,
    detectors: Sequence[PairDetector[Any]] = (),
    *,
    within: str | None = None,
) -> Iterator[StretchReplayer]:
    """Lend what replays stretches of a repository, in which nothing changes.

    Parameters
    ----------
    repo
        The repository.
    place
        How messages name it.
    detectors
        Look for what no merge shows.
    within
        Directory for the scratch repository; by default that for temporary files.

    Raises
    ------
    RepositoryError
        If the repository or, within the block, what a task changed cannot be read.
    OutputError
        If the temporary directory cannot be written.
    """
    with scratch_repository(open_repository(repo), place=place, within=within) as scratch:
        yield StretchReplayer(scratch, place, detectors)


class StretchReplayer:
    """Replays stretches, one after the other, in one scratch repository."""

    def __init__(
        self, scratch: ScratchRepository, place: str, detectors: Sequence[PairDetector[Any]]
    ) -> None:
        self._scratch = scratch
        self._place = place
        # What is known of a task holds in the next stretch, too, which begins with its window.
        self._items = ItemFinder(detectors)

    def replay(self, stretch: Stretch) -> Iterator[MinedTask]:
        """Yield the chosen tasks of a stretch, oldest first."""
        yield from _Replay(self._scratch, self._place, self._items).tasks(stretch)


class _Replay:
    """One stretch."""

    def __init__(self, scratch: ScratchRepository, place: str, items: ItemFinder) -> None:
        self._scratch = scratch
        self._place = place
        self._items = items
        self._reader = ObjectReader(scratch, place=place, database=scratch.objects)
        self._facts = ContentFacts(self._reader, place=place, detectors=FACT_DETECTORS)
        self._lines = LineComparer(self._reader)
        self._attributes_at: int | None = None

    def tasks(self, stretch: Stretch) -> Iterator[MinedTask]:
        done = [self._done(work) for work in stretch.works]
        for at, work in enumerate(stretch.works):
            task = done[at]
            if work.id in stretch.chosen and task is not None:
                is_readable = self._follow_attributes(stretch, done, at, task)
                pairs = self._window(stretch, done, at, task, is_readable=is_readable)
                yield MinedTask(work.id, tuple(pairs))
                self._scratch.forget()

    def _done(self, work: Work) -> DoneTask | None:
        if work.base is None:
            return None
        try:
            return done_task(self._reader, work.id, work.base, place=self._place)
        except RepositoryError:
            if work.is_paired:
                raise
            return None

    def _follow_attributes(
        self, stretch: Stretch, done: Sequence[DoneTask | None], at: int, task: DoneTask
    ) -> bool:
        """Let merges follow the attributes just before a task, read again only if they changed.

        Return whether they can be read.
        """
        since = self._attributes_at
        if since is not None and not any(
            each is None or each.changes_attributes or stretch.is_gap(place)
            for place, each in enumerate(done[since:at], start=since)
        ):
            self._attributes_at = at
            return True
        self._attributes_at = None
        self._scratch.index.clear()
        try:
            carry_attributes(self._scratch, self._reader, task.base, place=self._place)
        except UNREADABLE:
            return False
        self._attributes_at = at
        return True

    def _window(
        self,
        stretch: Stretch,
        done: Sequence[DoneTask | None],
        at: int,
        task: DoneTask,
        *,
        is_readable: bool,
    ) -> Iterator[PairFinding]:
        # Anew for every task, for they remember what the scratch repository forgets.
        pairs = PairReplayer(self._scratch, self._reader, place=self._place, lines=self._lines)
        tips = TipReplayer(self._scratch, self._reader, place=self._place)
        between = Between()
        paired = 0
        for before in range(at - 1, -1, -1):
            work, earlier = stretch.works[before], done[before]
            if stretch.is_gap(before):
                between.add(None)
            if work.is_paired and earlier is not None:
                files = (
                    pairs.replay(earlier, task, between)
                    if is_readable
                    else undecided(earlier, task)
                )
                concurrent = _is_concurrent(work, stretch.works[at])
                # Tasks that share no file need no merge of their tips.
                merged: tuple[FileFinding, ...] | None = None if files else ()
                if files and is_readable:
                    merged = _tips(tips, (work, earlier), (stretch.works[at], task))
                yield PairFinding(
                    earlier=work.id,
                    later=task.id,
                    files=files,
                    items=tuple(self._items.find(earlier, task, self._facts)),
                    concurrent=concurrent,
                    tips=merged if concurrent else None,
                )
                paired += 1
                if paired == stretch.window:
                    return
            between.add(None if earlier is None else earlier.forward.changes)


def _is_concurrent(earlier: Work, later: Work) -> bool:
    """Whether the later task was begun before the earlier one landed, as far as git tells.

    Of joined pushes none may have been there.
    """
    return later.branch is not None and later.branch.lacks(earlier.oldest)


def _tips(
    replayer: TipReplayer, earlier: tuple[Work, DoneTask], later: tuple[Work, DoneTask]
) -> tuple[FileFinding, ...] | None:
    (before, first), (after, second) = earlier, later
    if after.branch is None or not _is_concurrent(before, after):
        return None
    tip = before.id if before.branch is None else before.branch.tip
    try:
        return replayer.replay(first, second, (tip, after.branch.tip))
    except UNREADABLE:
        return None
