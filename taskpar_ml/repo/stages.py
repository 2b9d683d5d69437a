"""Where the changes of two sides meet, file by file, with renames followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from taskpar_ml.domain.overlap import FileConflict, FileConflictKind
from taskpar_ml.repo.changes import Changes
from taskpar_ml.repo.renames import RenameFinder
from taskpar_ml.repo.trees import Entry


@dataclass(frozen=True)
class SideChanges:
    """What one side changed since a base, and which of it are renames."""

    changes: Changes
    finder: RenameFinder


class Stage(NamedTuple):
    """One file in three versions, as a merge looks at it.

    Attributes
    ----------
    base, a, b
        What the base and the sides hold; ``None`` for nothing.
    path_a, path_b
        Where the sides have the file, which one of them may have renamed.
    """

    base: Entry | None
    a: Entry | None
    b: Entry | None
    path_a: str
    path_b: str


@dataclass
class Meeting:
    """Every file that both sides changed.

    Attributes
    ----------
    stages
        Where the merged file would lie, and its versions.
    conflicts
        Renames that cannot go together, whatever the contents.
    refused
        Versions of the files of those conflicts: what a base that is made of several holds of them.
    left
        Paths that the merge leaves empty because their file moved.
    """

    stages: dict[str, Stage] = field(default_factory=dict)
    conflicts: list[FileConflict] = field(default_factory=list)
    refused: dict[str, Stage] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)

    def refuse(self, path: str, kind: FileConflictKind, stage: Stage, *at: str) -> None:
        """Record a conflict of names, in files that lie at some paths."""
        path_a = None if stage.a is None else stage.path_a
        path_b = None if stage.b is None else stage.path_b
        conflict = FileConflict(path=path, kind=kind, path_a=path_a, path_b=path_b)
        # Two files that meet at one name are one conflict.
        if conflict not in self.conflicts:
            self.conflicts.append(conflict)
        for each in at:
            self.stages.pop(each, None)
            self.refused[each] = stage


def meet(a: SideChanges, b: SideChanges) -> Meeting:
    """Return where the changes of two sides since one base meet.

    A file that one side renamed and the other changed meets at its new path. A rename of a file
    that the other side left alone is no meeting.

    Raises
    ------
    MissingObjectError
        If finding a rename needs a content that cannot be read.
    """
    meeting = Meeting()
    left, right = a.changes, b.changes
    for path in left.files.keys() & right.files.keys():
        base, mine = left.files[path]
        meeting.stages[path] = Stage(base, mine, right.files[path].after, path, path)
    moved_a, moved_b = _moved(a, b), _moved(b, a)
    for old in sorted({*moved_a, *moved_b}):
        stage = meeting.stages.pop(old)
        meeting.left.add(old)
        new_a, new_b = moved_a.get(old), moved_b.get(old)
        if new_a is not None:
            stage = stage._replace(a=left.added[new_a], path_a=new_a)
        if new_b is not None:
            stage = stage._replace(b=right.added[new_b], path_b=new_b)
        if new_a is not None and new_b is not None:
            _both_renamed(meeting, old, stage)
        elif new_a is not None:
            _one_renamed(meeting, old, new_a, stage, _versions(left, right, new_a))
        elif new_b is not None:
            _one_renamed(meeting, old, new_b, stage, _versions(left, right, new_b))
    return meeting


def _moved(side: SideChanges, other: SideChanges) -> Mapping[str, str]:
    """Return old path to new path of the files that both changed and this side renamed."""
    sources = side.changes.deleted.keys() & other.changes.files.keys()
    return side.finder.renames(sources, other.changes) if sources else {}


def _both_renamed(meeting: Meeting, old: str, stage: Stage) -> None:
    if stage.path_a == stage.path_b:
        meeting.stages[stage.path_a] = stage
        return
    kind = FileConflictKind.RENAME_RENAME
    meeting.refuse(old, kind, stage, stage.path_a, stage.path_b)


def _one_renamed(meeting: Meeting, old: str, new: str, stage: Stage, there: Stage) -> None:
    """Let a file meet at its new path what the other side did to it at the old one.

    Parameters
    ----------
    there
        What the sides hold at the new path.
    """
    _, a, b, *_ = stage
    taken = there.a is not None and there.b is not None
    if a is not None and b is not None and a.is_regular != b.is_regular:
        # git leaves the other kind of file where it was.
        meeting.left.discard(old)
        if taken:
            meeting.stages[new] = there._replace(base=stage.base)
        else:
            meeting.refuse(new, FileConflictKind.TYPE, stage, new)
    elif taken and there.a != there.b:
        meeting.refuse(new, FileConflictKind.RENAME_ADD, there, new)
    elif a is None or b is None:
        gone = stage._replace(path_a=new, path_b=new)
        meeting.refuse(new, FileConflictKind.RENAME_DELETE, gone, new)
    else:
        # Where both hold the same new file, git asks only whether what happened to the old fits.
        meeting.stages[new] = stage


def _versions(a: Changes, b: Changes, new: str) -> Stage:
    """Return what two sides hold at a path that is new."""
    return Stage(None, _after(a, new), _after(b, new), new, new)


def _after(side: Changes, path: str) -> Entry | None:
    change = side.files.get(path)
    return None if change is None else change.after
