"""Which commits came in with which landing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pygit2

from taskpar_ml.history.line import LineCommit, cut_of
from taskpar_ml.repo.objects import ObjectReader


def own_commits(
    reader: ObjectReader, line: Iterable[LineCommit]
) -> Iterator[tuple[LineCommit, list[pygit2.Oid]]]:
    """Yield every commit of a stretch of the line with the commits that it brought in.

    Those are reachable from its other parents and not from its first: ``M^1..M^2`` in the
    notation of git. They come tip first, along first parents.

    Parameters
    ----------
    line
        A stretch of the first-parent line without gaps, oldest first.

    Notes
    -----
    One pass over the history instead of one walk per merge. All that is older than the stretch is
    marked first, so the answer neither depends on where the stretch begins nor on clocks, which
    the walks of git and libgit2 trust. A few microseconds per commit.

    Where the line is cut, a branch may lead around the cut into what is older. What was committed
    no later than the commit at the cut is taken for that.
    """
    seen: set[pygit2.Oid] = set()
    oldest: int | None = None
    for number, commit in enumerate(line):
        if number == 0 and commit.parents:
            cut = cut_of(reader, commit.parents[0])
            oldest = None if cut is None else cut.time
            _mark(reader, commit.parents[0], seen)
        seen.add(commit.id)
        brought: list[pygit2.Oid] = []
        for parent in commit.parents[1:]:
            brought += _mark(reader, parent, seen, after=oldest)
        yield commit, brought


def _mark(
    reader: ObjectReader, start: pygit2.Oid, seen: set[pygit2.Oid], *, after: int | None = None
) -> list[pygit2.Oid]:
    """Mark and return what is reachable, was not marked before, and was committed ``after``."""
    found = []
    waiting = [start]
    while waiting:
        oid = waiting.pop()
        if oid in seen:
            continue
        seen.add(oid)
        commit = reader.commit(oid)
        if commit is not None and after is not None and commit.commit_time <= after:
            continue
        found.append(oid)
        if commit is not None:
            waiting.extend(reversed(commit.parent_ids))
    return found
