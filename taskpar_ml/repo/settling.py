"""Settling one file of a merge by its three versions, as far as that needs no content."""

from __future__ import annotations

from typing import Final

from pygit2.enums import FileMode

from taskpar_ml.domain.overlap import FileConflict, FileConflictKind
from taskpar_ml.repo.stages import Stage
from taskpar_ml.repo.trees import Entry

_KIND: Final = 0o170000


def conflict_of_versions(stage: Stage) -> FileConflictKind | None:
    """Return the conflict that there is whatever the contents, None where there is none."""
    base, a, b = stage.base, stage.a, stage.b
    if a == b or base in (a, b):
        return None
    if a is None or b is None:
        return FileConflictKind.DELETE_MODIFY
    if _kind(a) != _kind(b):
        return FileConflictKind.TYPE
    if not a.is_regular:
        if base is None:
            return FileConflictKind.BOTH_ADDED
        is_link = _kind(a) == FileMode.LINK
        return FileConflictKind.SYMLINK if is_link else FileConflictKind.SUBMODULE
    return None if _merged_mode(stage)[1] else FileConflictKind.MODE


def lines_to_merge(stage: Stage) -> Stage | None:
    """Return the versions of a file whose lines must be merged, None where they need not be.

    A base that is no regular file counts as none, as in git.
    """
    base, a, b = stage.base, stage.a, stage.b
    if a is None or b is None or not a.is_regular or not b.is_regular:
        return None
    if a.id == b.id or (base is not None and base.id in (a.id, b.id)):
        return None
    return stage if base is not None and base.is_regular else stage._replace(base=None)


def settled(stage: Stage) -> Entry | None:
    """Return the merged file where no lines must be merged."""
    base, a, b = stage.base, stage.a, stage.b
    if a == b or b == base:
        return a
    if a == base or a is None or b is None:
        return b
    content = b.id if base is not None and a.id == base.id else a.id
    return with_merged_mode(stage, content)


def with_merged_mode(stage: Stage, content: bytes) -> Entry:
    """Return a file that both sides have, with a merged content."""
    return Entry(_merged_mode(stage)[0], content)


def file_conflict(path: str, kind: FileConflictKind, stage: Stage) -> FileConflict:
    """Return the conflict in a file."""
    path_a = None if stage.a is None else stage.path_a
    path_b = None if stage.b is None else stage.path_b
    return FileConflict(path=path, kind=kind, path_a=path_a, path_b=path_b)


def _kind(entry: Entry) -> int:
    return entry.mode & _KIND


def _merged_mode(stage: Stage) -> tuple[int, bool]:
    """Return the mode of a file that both sides have, and whether they agree about it."""
    base = stage.base.mode if stage.base else 0
    a = stage.a.mode if stage.a else base
    b = stage.b.mode if stage.b else base
    if a in (b, base):
        return b, True
    return a, b == base
