"""Collisions that form while tasks run: what lies in their worktrees, merged on trial."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Final

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.landing_steps import CollisionSeen
from taskpar_ml.domain.runs import Role
from taskpar_ml.errors import RunError
from taskpar_ml.execution.attempts import Phase, RunAttempt
from taskpar_ml.execution.committing import MAX_FILE, size_of
from taskpar_ml.execution.git_runner import Git
from taskpar_ml.execution.run_state import RunState
from taskpar_ml.execution.scratch import index_apart, throw_away, written_apart
from taskpar_ml.execution.workshop import Workshop

_NO_TIME: Final = {"GIT_AUTHOR_DATE": "@0 +0000", "GIT_COMMITTER_DATE": "@0 +0000"}
"""The same files are the same commit."""
EVERY: Final = 10.0
"""Seconds between two looks."""
_SHARE: Final = 20.0
"""A look is not taken before so many times what the last one took has passed."""


class Watcher:
    """Looks, now and then, at what running tasks have changed so far, and merges it on trial.

    Nothing of a worktree is changed, and nothing is kept of what was written for it.

    Parameters
    ----------
    workshop
        Holds the worktrees.
    is_mended
        Whether a file is merged by other means where git cannot: no collision.
    every
        Seconds between two looks at least.
    now
        Tells seconds that only grow.
    """

    def __init__(
        self,
        workshop: Workshop,
        *,
        is_mended: Callable[[str], bool] = lambda path: False,
        every: float = EVERY,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._workshop, self._is_mended = workshop, is_mended
        self._every, self._now = every, now
        self._next = 0.0
        self._merged: dict[tuple[str, str], tuple[str, ...]] = {}

    def seen(self, state: RunState) -> Iterator[CollisionSeen]:
        """Yield collisions that nobody has seen before; none where it is not time to look.

        Of two that run the one with less work behind it is stopped: the later one. With what waits
        to land it is the one that still runs. What git cannot read or merge is looked at later.
        """
        began = self._now()
        if began < self._next:
            return
        running = [each for each in state.in_flight() if _works(each)]
        if not running:
            throw_away(self._workshop.own)  # it would grow as long as the run lasts
        done = [each for each in state.in_flight() if each.waits_to_land or each.is_handed_over]
        heads = {each.attempt: each.head for each in done}
        heads |= dict(self._snapshots(running))
        known = [each for each in (*done, *running) if each.attempt in heads]
        stopped: set[Attempt] = set()
        for first, second in combinations(known, 2):
            later = max(first, second, key=lambda each: (_works(each), each.begun_step))
            other = second if later is first else first
            is_over = stopped & {first.attempt, second.attempt}
            if not _works(later) or is_over or other.attempt.task in later.because_of:
                continue
            files = self._conflicts(heads[first.attempt], heads[second.attempt])
            if files:
                stopped.add(later.attempt)
                yield _collision(later, other, files)
        self._forget(heads.values())
        self._next = self._now() + max(self._every, _SHARE * (self._now() - began))

    def _snapshots(self, running: Iterable[RunAttempt]) -> Iterator[tuple[Attempt, str]]:
        """Yield commits of what lies in worktrees now, where it can be read."""
        for each in running:
            try:
                made = as_it_lies(self._workshop, each.attempt)
            except RunError:
                continue  # an agent is in the middle of something: next time
            if made is not None:
                yield each.attempt, made

    def _conflicts(self, first: str, second: str) -> tuple[str, ...]:
        """Return the files in which two commits conflict."""
        pair = (first, second)
        if pair not in self._merged:
            apart = written_apart(self._workshop.own)
            told: tuple[str, ...] = ()
            with contextlib.suppress(RunError):  # they are merged again when they are to land
                told = self._workshop.merged(first, second, environment=apart).conflicts
            self._merged[pair] = tuple(path for path in told if not self._is_mended(path))
        return self._merged[pair]

    def _forget(self, heads: Iterable[str]) -> None:
        """Forget what came of commits that are no more."""
        left = set(heads)
        self._merged = {pair: told for pair, told in self._merged.items() if left.issuperset(pair)}


def as_it_lies(workshop: Workshop, attempt: Attempt) -> str | None:
    """Return a commit of what lies in the worktree of an attempt; None where it is none any more.

    The index of the worktree is not touched: another one beside it remembers what was read before.

    Raises
    ------
    RunError
        If git cannot be run, or the files cannot be read.
    """
    tree = workshop.tree_of(attempt)
    if not workshop.owns(tree):
        return None
    git = Git(tree)
    # With what it names: one without the other is of no use.
    index = index_apart(workshop.own, tree.name)
    if not index.exists():
        place = Path(os.fsdecode(git("rev-parse", "--absolute-git-dir").out.rstrip(b"\n")))
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(place / "index", index)
    apart = {**written_apart(workshop.own), "GIT_INDEX_FILE": str(index)}
    listed = git(
        "ls-files", "--others", "--modified", "--exclude-standard", "-z", environment=apart
    )
    large = [
        f":(exclude,literal){path}" for path in listed.paths if size_of(tree / path) > MAX_FILE
    ]
    git("add", "--all", "--", ".", *large, environment=apart)
    files = git("write-tree", environment=apart).text
    made = git(
        *("commit-tree", files, "-p", "HEAD", "-m", "Files that lie there"),
        environment={**git.identity(), **_NO_TIME, **apart},
    )
    return made.text


def _works(known: RunAttempt) -> bool:
    """Whether an agent does a task, and was not stopped."""
    is_running = known.phase is Phase.RUNNING and known.held is None
    return is_running and known.rounds[-1].role is Role.WORK


def _collision(later: RunAttempt, other: RunAttempt, files: tuple[str, ...]) -> CollisionSeen:
    task, number = later.attempt
    return CollisionSeen(task=task, number=number, files=files, because_of=(other.attempt.task,))
