"""What several changes in a row come to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from taskpar_ml.domain.landing import ChangeStatus, FileChange


def net_changes(steps: Iterable[Sequence[FileChange]]) -> tuple[FileChange, ...]:
    """Return the changes of all steps together, by path.

    A file added and then modified is added, one added and then deleted is no change, renames are
    chained. Files are followed by name, their contents are not compared: one that is changed and
    changed back counts as modified.

    Examples
    --------
    >>> step = FileChange("b", ChangeStatus.RENAMED, "a"), FileChange("c", ChangeStatus.ADDED)
    >>> later = FileChange("d", ChangeStatus.RENAMED, "b"), FileChange("c", ChangeStatus.DELETED)
    >>> net_changes([step, later])
    (FileChange(path='d', status=<ChangeStatus.RENAMED: 'renamed'>, old_path='a'),)
    """
    origins: dict[str, str | None] = {}
    """Path now to the path before the first step, ``None`` for a file that was not there."""
    gone: set[str] = set()
    for step in steps:
        _leave(step, origins, gone)
    found = [_change(path, origin) for path, origin in origins.items()]
    found += [FileChange(path, ChangeStatus.DELETED) for path in gone]
    return tuple(sorted(found, key=lambda change: (change.path, change.status)))


def _leave(step: Sequence[FileChange], origins: dict[str, str | None], gone: set[str]) -> None:
    """Follow one step: what leaves its path first, then what arrives."""
    moved = {}
    for change in step:
        if change.status == ChangeStatus.DELETED:
            _delete(origins.pop(change.path, change.path), gone)
        elif change.old_path is not None:
            moved[change.path] = origins.pop(change.old_path, change.old_path)
    for change in step:
        if change.status == ChangeStatus.MODIFIED:
            origins.setdefault(change.path, change.path)
        elif change.path in gone and change.status != ChangeStatus.DELETED:
            # The path was there before and is again: to whoever knows it, it was modified.
            gone.discard(change.path)
            _delete(moved.get(change.path), gone)
            origins[change.path] = change.path
        elif change.status != ChangeStatus.DELETED:
            origins[change.path] = moved.get(change.path)


def _delete(origin: str | None, gone: set[str]) -> None:
    if origin is not None:
        gone.add(origin)


def _change(path: str, origin: str | None) -> FileChange:
    if origin is None:
        return FileChange(path, ChangeStatus.ADDED)
    if origin == path:
        return FileChange(path, ChangeStatus.MODIFIED)
    return FileChange(path, ChangeStatus.RENAMED, origin)
