"""Where histories meet: the merge bases of every two of many commits, in one walk."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations
from typing import TypeAlias

import pygit2

from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.scratch import missing_object

Bases: TypeAlias = Mapping[tuple[int, int], tuple[pygit2.Oid, ...]]
"""Two positions, the smaller first, to their merge bases, newest first. None in common: absent."""


def merge_bases(
    reader: ObjectReader, groups: Sequence[Collection[pygit2.Oid]], *, place: str
) -> Bases:
    """Return the merge bases of every two groups of commits.

    A merge base is a commit from which both groups can be reached and that no other such commit
    descends from. Parents are those of the reader: grafts, replacements and the cut of a shallow
    clone count.

    Parameters
    ----------
    groups
        Each stands for a merge of its commits, mostly of one; an empty one meets nothing.

    Raises
    ------
    MissingObjectError
        If a commit on the way cannot be read.

    Notes
    -----
    Every commit carries a set of bits, one for each group that reaches it. Commits are taken
    newest first and hand their bits on to their parents, until all that wait carry every bit:
    what lies below is in common to all, and not the best. A commit is a base of two groups if it
    carries both bits and no child of it does. Dates that run backwards can make the walk stop
    before it has seen that one candidate descends from another; where there are several, they
    are walked again, each a group of its own, which such dates cannot mislead: a commit that does
    not carry every bit is always walked on from.
    """
    walk = _Walk(reader, groups, place)
    found: dict[tuple[int, int], list[pygit2.Oid]] = {}
    for commit, pairs in walk.meetings():
        for pair in pairs:
            found.setdefault(pair, []).append(commit)
    independent: dict[frozenset[pygit2.Oid], tuple[pygit2.Oid, ...]] = {}
    bases = {}
    for pair, candidates in found.items():
        key = frozenset(candidates)
        if key not in independent:
            independent[key] = _independent(walk, key)
        bases[pair] = independent[key]
    return bases


class _Walk:
    """Every commit that some group reaches, with the groups that reach it."""

    def __init__(
        self, reader: ObjectReader, groups: Sequence[Collection[pygit2.Oid]], place: str
    ) -> None:
        self._reader = reader
        self._place = place
        self._known: dict[pygit2.Oid, tuple[int, tuple[pygit2.Oid, ...]]] = {}
        self.reached: dict[pygit2.Oid, int] = {}
        self._start(groups)

    def again(self, groups: Sequence[Collection[pygit2.Oid]]) -> dict[pygit2.Oid, int]:
        """Return which groups reach which commits, for other groups over the same history."""
        self.reached = {}
        self._start(groups)
        return self.reached

    def meetings(self) -> Iterable[tuple[pygit2.Oid, list[tuple[int, int]]]]:
        """Yield each commit in which pairs of groups meet that meet in none of its children."""
        below: dict[pygit2.Oid, list[int]] = {}
        for commit, bits in self.reached.items():
            if commit in self._known:
                for parent in self._known[commit][1]:
                    below.setdefault(parent, []).append(bits)
        for commit, bits in self.reached.items():
            children = below.get(commit, ())
            if bits & (bits - 1) == 0 or bits in children:
                continue
            pairs = [
                pair
                for pair in combinations(_positions(bits), 2)
                if not any(child >> pair[0] & child >> pair[1] & 1 for child in children)
            ]
            if pairs:
                yield commit, pairs

    def date(self, commit: pygit2.Oid) -> int:
        """Return when a commit was made, in seconds."""
        return self._read(commit)[0]

    def _start(self, groups: Sequence[Collection[pygit2.Oid]]) -> None:
        every = (1 << len(groups)) - 1
        queue: list[tuple[int, int, pygit2.Oid]] = []
        # Commits that wait, and those of them that not every group reaches yet.
        waiting: set[pygit2.Oid] = set()
        partial: set[pygit2.Oid] = set()

        def hand_on(commit: pygit2.Oid, bits: int) -> None:
            old = self.reached.get(commit, 0)
            new = old | bits
            if new == old:
                return
            self.reached[commit] = new
            if new == every:
                partial.discard(commit)
            else:
                partial.add(commit)
            if commit not in waiting:
                waiting.add(commit)
                heapq.heappush(queue, (-self.date(commit), len(self.reached), commit))

        for position, group in enumerate(groups):
            for commit in group:
                hand_on(commit, 1 << position)
        while partial:
            commit = heapq.heappop(queue)[2]
            waiting.discard(commit)
            partial.discard(commit)
            for parent in self._read(commit)[1]:
                hand_on(parent, self.reached[commit])

    def _read(self, commit: pygit2.Oid) -> tuple[int, tuple[pygit2.Oid, ...]]:
        """Return date and parents of a commit."""
        known = self._known.get(commit)
        if known is None:
            found = self._reader.commit(commit)
            if found is None:
                raise missing_object(str(commit), "is missing or damaged", place=self._place)
            known = self._known[commit] = (found.commit_time, tuple(found.parent_ids))
        return known


def _independent(walk: _Walk, candidates: frozenset[pygit2.Oid]) -> tuple[pygit2.Oid, ...]:
    """Return the candidates that no other one descends from, newest first."""
    ordered = sorted(candidates, key=lambda commit: (-walk.date(commit), str(commit)))
    if len(ordered) > 1:
        reached = walk.again([(commit,) for commit in ordered])
        ordered = [commit for place, commit in enumerate(ordered) if reached[commit] == 1 << place]
    return tuple(ordered)


def _positions(bits: int) -> list[int]:
    return [place for place in range(bits.bit_length()) if bits >> place & 1]
