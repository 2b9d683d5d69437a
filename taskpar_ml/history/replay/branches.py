"""Which landings a merged branch contained when it was merged: what it was really concurrent to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pygit2

from taskpar_ml.history.line import CommitLine, cut_of
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
        Places of later merges whose own commits it contained all the same.
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
    came_with: dict[pygit2.Oid, int] = {parents[0]: first - 1} if parents else {}
    """Commit to the place with which it came in, newest last; older ones are forgotten."""
    for at, (commit, brought) in enumerate(own_commits(reader, line, cut=cut)):
        place = first + at
        if len(commit.parents) == 2 and brought:
            yield _branch(reader, commit.parents[1], brought, came_with, line, first)
        else:
            yield None
        came_with[commit.id] = place
        came_with.update(dict.fromkeys(brought, place))
        for oid in [oid for oid, old in _oldest(came_with) if old < place - REACH]:
            del came_with[oid]


def _oldest(came_with: dict[pygit2.Oid, int]) -> Iterator[tuple[pygit2.Oid, int]]:
    """Yield the entries that were added first, as many as one step should forget."""
    for _, entry in zip(range(100), came_with.items(), strict=False):
        yield entry


def _branch(
    reader: ObjectReader,
    tip: pygit2.Oid,
    brought: list[pygit2.Oid],
    came_with: dict[pygit2.Oid, int],
    line: CommitLine,
    first: int,
) -> Branch:
    own = set(brought)
    contains = first - REACH
    stacked = set()
    for oid in brought:
        commit = reader.commit(oid)
        for parent in commit.parent_ids if commit is not None else ():
            place = came_with.get(parent)
            if parent in own or place is None:
                continue
            if place < first or line.ids[place - first] == parent.raw:
                contains = max(contains, place)
            else:
                stacked.add(place)
    return Branch(str(tip), contains, frozenset(each for each in stacked if each > contains))
