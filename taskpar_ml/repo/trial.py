"""A trial merge: what git would say if two sides were merged, and the merged files.

Files are settled one by one as in git's own merge; only lines are merged by libgit2. Its merge of
whole trees follows other rules for renames and for a file in the place of a directory
(docs/decisions/0013-trial-merges.md).
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field

import pygit2

from taskpar_ml.domain.overlap import FileConflict, FileConflictKind
from taskpar_ml.repo.changes import parents
from taskpar_ml.repo.contents import ContentMerger
from taskpar_ml.repo.directory_renames import directories_meet, directory_conflicts
from taskpar_ml.repo.line_spans import LineComparer
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.settling import (
    conflict_of_versions,
    file_conflict,
    lines_to_merge,
    settled,
    with_merged_mode,
)
from taskpar_ml.repo.stages import Meeting, SideChanges, Stage, meet
from taskpar_ml.repo.trees import Entry


@dataclass
class Merged:
    """What a trial merge came to.

    Attributes
    ----------
    conflicts
        By path.
    files
        What the merge holds at every path that either side changed, None for nothing. At a path
        in conflict, what the base held.
    """

    conflicts: list[FileConflict] = field(default_factory=list)
    files: dict[str, Entry | None] = field(default_factory=dict)


def may_meet(a: SideChanges, b: SideChanges) -> bool:
    """Whether two sides can conflict at all; if not, merging them would be clean.

    They cannot if they changed no path in common, neither put a file where the other put a
    directory, and neither emptied a directory into which the other put a file. Then each path is
    settled by one side alone: a rename joins two paths of one side, and the other changed neither.
    """
    mine, theirs = a.changes, b.changes
    return (
        not mine.files.keys().isdisjoint(theirs.files)
        or not mine.written.isdisjoint(theirs.directories)
        or not theirs.written.isdisjoint(mine.directories)
        or directories_meet(mine, theirs)
        or directories_meet(theirs, mine)
    )


class TrialMerger:
    """Merges what two sides changed since one base, in a scratch repository.

    Parameters
    ----------
    scratch
        Where merged contents are written.
    reader
        Reads from there.
    lines
        Compares contents; handed in where several mergers look at the same ones.
    """

    def __init__(
        self,
        scratch: pygit2.Repository,
        reader: ObjectReader,
        *,
        place: str,
        lines: LineComparer | None = None,
    ) -> None:
        self._contents = ContentMerger(scratch, reader, place=place, lines=lines)

    def merge(self, a: SideChanges, b: SideChanges) -> Merged:
        """Return what git would say to a merge.

        Raises
        ------
        MissingObjectError
            If a content that must be compared or merged cannot be read.
        """
        meeting, merged = _start(a, b)
        lines = _settle(meeting.stages, merged)
        contents = self._contents.merge(lines)
        _put(lines, contents, merged)
        merged.conflicts += self._in_lines(lines, contents)
        merged.conflicts += _files_and_directories(a, b, merged)
        merged.conflicts += directory_conflicts(a, b)
        merged.conflicts.sort(key=lambda each: (each.path, each.kind))
        return merged

    def conflicts(self, a: SideChanges, b: SideChanges) -> list[FileConflict]:
        """Return the conflicts of a merge, by path, without merging more than they need.

        Raises
        ------
        MissingObjectError
            If a content that must be compared or merged cannot be read.
        """
        meeting, merged = _start(a, b)
        lines = _settle(meeting.stages, merged)
        settled = self._contents.mergeable(lines)
        # Whatever is in them, there are files.
        merged.files |= {path: lines[path].a for path in settled}
        found = merged.conflicts
        found += self._in_lines(lines, settled)
        found += _files_and_directories(a, b, merged)
        found += directory_conflicts(a, b)
        return sorted(found, key=lambda each: (each.path, each.kind))

    def _in_lines(self, lines: Mapping[str, Stage], settled: Container[str]) -> list[FileConflict]:
        """Return a conflict for every file whose lines were not settled."""
        found = []
        for path, stage in lines.items():
            if path not in settled:
                kind = FileConflictKind.CONTENT if stage.base else FileConflictKind.BOTH_ADDED
                if self._contents.is_unmergeable(path, stage):
                    kind = FileConflictKind.BINARY
                found.append(file_conflict(path, kind, stage))
        return found

    def merge_bases(self, a: SideChanges, b: SideChanges) -> dict[str, Entry | None]:
        """Return what a base made of two merge bases holds at every path that either changed.

        Conflicting lines are kept with markers; of any other conflict, what their own base held.
        """
        meeting, merged = _start(a, b)
        met = dict(meeting.stages)
        for path, stage in meeting.refused.items():
            merged.files[path] = stage.base
            if stage.a and stage.b and stage.a.is_regular and stage.b.is_regular:
                met.setdefault(path, stage)
        lines = _settle(met, merged)
        _put(lines, self._contents.merge_with_markers(lines), merged)
        return merged.files


def _start(a: SideChanges, b: SideChanges) -> tuple[Meeting, Merged]:
    """Return where two sides meet, and a merge that takes whatever either changed."""
    meeting = meet(a, b)
    merged = Merged(conflicts=list(meeting.conflicts))
    merged.files = {path: each.after for path, each in a.changes.files.items()}
    merged.files |= {path: each.after for path, each in b.changes.files.items()}
    merged.files |= dict.fromkeys(meeting.left)
    return meeting, merged


def _settle(stages: dict[str, Stage], merged: Merged) -> dict[str, Stage]:
    """Settle every file that both changed but those whose lines must be merged; return those."""
    lines = {}
    for path, stage in stages.items():
        kind = conflict_of_versions(stage)
        to_merge = lines_to_merge(stage)
        if kind is not None:
            merged.conflicts.append(file_conflict(path, kind, stage))
            merged.files[path] = stage.base
        elif to_merge is not None:
            lines[path] = to_merge
            merged.files[path] = stage.base
        else:
            merged.files[path] = settled(stage)
    return lines


def _put(lines: dict[str, Stage], contents: dict[str, bytes], merged: Merged) -> None:
    for path, content in contents.items():
        merged.files[path] = with_merged_mode(lines[path], content)


def _files_and_directories(
    a: SideChanges, b: SideChanges, merged: Merged
) -> Iterator[FileConflict]:
    """Yield every file that would lie where the other side has a directory."""
    kind = FileConflictKind.DIRECTORY_FILE
    for first, second, swapped in ((a, b, False), (b, a, True)):
        clashing = first.changes.written & second.changes.directories
        if not clashing:
            continue
        below = {
            parent: path
            for path in sorted(second.changes.written, reverse=True)
            if merged.files.get(path) is not None
            for parent in parents(path)
            if parent in clashing
        }
        for path, inner in below.items():
            if merged.files.get(path) is not None:
                here, there = (inner, path) if swapped else (path, inner)
                yield FileConflict(path=path, kind=kind, path_a=here, path_b=there)
