"""The first-parent line: the states that a main line went through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import pygit2

from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.scratch import missing_object


@dataclass(frozen=True, slots=True)
class LineCommit:
    """A commit on the line: its id, its parents as this clone sees them, and what it holds."""

    id: pygit2.Oid
    parents: tuple[pygit2.Oid, ...]
    content: pygit2.Commit


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the line ends though the history does not; ``time`` is that of its oldest commit."""

    time: int


class CommitLine(Sequence[LineCommit]):
    """A stretch of the line, oldest first, of which only the ids are held.

    Commits are read when they are asked for, so that a long history takes little memory.

    Raises
    ------
    MissingObjectError
        When a commit is asked for that the clone has lost in the meantime.
    """

    def __init__(self, reader: ObjectReader, ids: Iterable[bytes]) -> None:
        self._reader = reader
        self._ids = tuple(ids)

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, at: int) -> LineCommit: ...
    @overload
    def __getitem__(self, at: slice) -> CommitLine: ...
    def __getitem__(self, at: int | slice) -> LineCommit | CommitLine:
        if isinstance(at, slice):
            return CommitLine(self._reader, self._ids[at])
        oid = pygit2.Oid(raw=self._ids[at])
        found = self._reader.commit(oid)
        if found is None:
            raise missing_object(str(oid), "is missing or damaged", place="the main line")
        return LineCommit(oid, tuple(found.parent_ids), found)

    @property
    def ids(self) -> tuple[bytes, ...]:
        """Ids of the commits, 20 bytes each."""
        return self._ids


def first_parent_line(reader: ObjectReader, newest: pygit2.Oid) -> Iterator[LineCommit | Cut]:
    """Yield the commits of the line, newest first, and a :class:`Cut` last if it is cut.

    It is cut where a shallow clone ends, where an object is missing or damaged, and where grafts
    lead in a circle. The commit at the cut is left out, because what it changed cannot be told
    without its parent.
    """
    seen: set[pygit2.Oid] = set()
    here, commit, time = newest, reader.commit(newest), 0
    while commit is not None and here not in seen:
        seen.add(here)
        time = commit.commit_time
        parents = tuple(commit.parent_ids)
        if not parents:
            if _had_parents(commit):
                break
            yield LineCommit(here, parents, commit)
            return
        first = reader.commit(parents[0])
        if first is not None and parents[0] not in seen:
            yield LineCommit(here, parents, commit)
        here, commit = parents[0], first
    yield Cut(time)


def whole_line(reader: ObjectReader, newest: pygit2.Oid) -> tuple[CommitLine, bool]:
    """Return the line that leads to a commit, and whether it is cut."""
    ids = []
    is_cut = False
    for step in first_parent_line(reader, newest):
        if isinstance(step, Cut):
            is_cut = True
        else:
            ids.append(step.id.raw)
    return CommitLine(reader, reversed(ids)), is_cut


def cut_of(reader: ObjectReader, newest: pygit2.Oid) -> Cut | None:
    """Return where the line of a commit is cut, ``None`` if it leads to a root."""
    return next((step for step in first_parent_line(reader, newest) if isinstance(step, Cut)), None)


def _had_parents(commit: pygit2.Commit) -> bool:
    """Whether a commit that seems to be a root was recorded with parents."""
    header = commit.read_raw().partition(b"\n\n")[0]
    return any(line.startswith(b"parent ") for line in header.split(b"\n"))
