"""Which commits came in with which landing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pygit2

from taskpar_ml.history.line import Cut, LineCommit
from taskpar_ml.repo.objects import ObjectReader


def own_commits(
    reader: ObjectReader, line: Sequence[LineCommit], *, cut: Cut | None = None
) -> Iterator[tuple[LineCommit, list[pygit2.Oid]]]:
    """Yield every commit of a stretch of the line with the commits that it brought in.

    Those are reachable from its other parents and not from its first: ``M^1..M^2`` in the
    notation of git. They come tip first, along first parents.

    Parameters
    ----------
    line
        A stretch of the first-parent line without gaps, oldest first.
    cut
        Where the line is cut, if it is. A branch may lead around the cut into what is older; what
        was committed no later than the commit at the cut is taken for that.

    Notes
    -----
    One pass over the history instead of one walk per merge. All that is older than the stretch is
    marked first, so the answer neither depends on where the stretch begins nor on clocks, which
    the walks of git and libgit2 trust. A few microseconds per commit.
    """
    seen: set[pygit2.Oid] = set()
    if line and line[0].parents:
        _mark(reader, line[0].parents[0], seen)
    oldest = None if cut is None else cut.time
    for commit in line:
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
