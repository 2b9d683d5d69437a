"""Which landings a merged branch contained when it was merged: what it was really concurrent to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import pygit2

from taskpar_ml.history.line import CommitLine, LineCommit, cut_of
from taskpar_ml.history.own_commits import own_commits
from taskpar_ml.repo.objects import ObjectReader

REACH: Final = 2_000
"""How many commits of the line are remembered: far more than any window of tasks spans."""


@dataclass(frozen=True, slots=True)
class Branch:
    """The branch that one merge commit brought onto the line.

    Attributes
    ----------
    tip
        Id of its newest commit.
    contains
        Place on the line of the newest commit of the line that it was up to date with.
    stacked
        Places of later merges whose own commits it contained all the same: it was begun upon their
        branches, and counts as containing all that these did.
    """

    tip: str
    contains: int
    stacked: frozenset[int] = frozenset()

    def lacks(self, place: int) -> bool:
        """Whether it was begun without what landed at a place of the line."""
        return place > self.contains and place not in self.stacked


def branches(reader: ObjectReader, line: CommitLine, *, first: int) -> Iterator[Branch | None]:
    """Yield the branch of every commit of a stretch of the line, ``None`` where it is no merge.

    A merge of several branches at once, and one that brought nothing new, give ``None`` too.

    Parameters
    ----------
    line
        The stretch, oldest first.
    first
        Place of its first commit.
    """
    if not line:
        return
    parents = line[0].parents
    cut = cut_of(reader, parents[0]) if parents else None
    past = _Past(reader, line, first)
    for at, (commit, brought) in enumerate(own_commits(reader, line, cut=cut)):
        branch = past.branch(commit, brought) if brought else None
        past.remember(commit, brought, branch, place=first + at)
        yield branch if len(commit.parents) == 2 else None


class _Past:
    """What came in with which commit of the line; what is older than :data:`REACH` is forgotten."""

    def __init__(self, reader: ObjectReader, line: CommitLine, first: int) -> None:
        self._reader = reader
        self._line = line
        self._first = first
        self._came_with: dict[pygit2.Oid, int] = {}
        """Commit to the place with which it came in, newest last."""
        self._came_with.update((parent, first - 1) for parent in line[0].parents[:1])
        self._merged: dict[int, Branch] = {}
        self._oldest = first - REACH

    def branch(self, merge: LineCommit, brought: Sequence[pygit2.Oid]) -> Branch:
        """Return the branch that a merge brought in with its own commits."""
        own = set(brought)
        contains = self._oldest
        stacked: set[int] = set()
        for oid in brought:
            commit = self._reader.commit(oid)
            for parent in commit.parent_ids if commit is not None else ():
                place = self._came_with.get(parent)
                if parent in own or place is None:
                    continue
                if place < self._first or self._line.ids[place - self._first] == parent.raw:
                    contains = max(contains, place)
                else:
                    stacked.add(place)
        below = [self._merged[place] for place in stacked if place in self._merged]
        contains = max([contains, *(each.contains for each in below)])
        stacked.update(*(each.stacked for each in below))
        return Branch(
            str(merge.parents[1]), contains, frozenset(each for each in stacked if each > contains)
        )

    def remember(
        self,
        commit: LineCommit,
        brought: Sequence[pygit2.Oid],
        branch: Branch | None,
        *,
        place: int,
    ) -> None:
        """Take in a commit of the line, and forget what came in long before."""
        self._came_with[commit.id] = place
        self._came_with.update(dict.fromkeys(brought, place))
        if branch is not None:
            self._merged[place] = branch
        self._merged.pop(self._oldest, None)
        self._oldest = place - REACH
        # As many as one step should forget; the oldest come first.
        for oid, old in list(islice(self._came_with.items(), 100)):
            if old < self._oldest:
                del self._came_with[oid]
