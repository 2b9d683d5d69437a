"""Which files two sides both changed, and how each of them did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from taskpar_ml.domain.overlap import HowChanged, SharedFile, Touch
from taskpar_ml.repo.changes import Change
from taskpar_ml.repo.stages import SideChanges


def shared_files(a: SideChanges, b: SideChanges) -> Iterator[SharedFile]:
    """Yield the files that both sides changed, by path, each once.

    A file that one side renamed and the other changed is shared under its old path.

    Raises
    ------
    MissingObjectError
        If finding a rename needs a content that cannot be read.
    """
    met = a.changes.files.keys() & b.changes.files.keys()
    if not met:
        return
    moved_a, moved_b = _moved(a, b, met), _moved(b, a, met)
    both = {new for old, new in moved_a.items() if moved_b.get(old) == new}
    from_a, from_b = _reversed(moved_a), _reversed(moved_b)
    for path in sorted(met - both):
        yield SharedFile(
            path=path,
            a=_touch(path, a.changes.files[path], moved_a, from_a),
            b=_touch(path, b.changes.files[path], moved_b, from_b),
        )


def _moved(side: SideChanges, other: SideChanges, met: Set[str]) -> dict[str, str]:
    """Return old path to new path, for renames that begin or end at a shared path."""
    changes = side.changes
    ends = changes.added.keys() & met
    sources = changes.deleted.keys() if ends else changes.deleted.keys() & met
    return side.finder.renames(sources, other.changes) if sources else {}


def _reversed(moved: Mapping[str, str]) -> dict[str, str]:
    return {new: old for old, new in moved.items()}


def _touch(path: str, change: Change, moved: Mapping[str, str], origin: Mapping[str, str]) -> Touch:
    if change.after is None:
        if path in moved:
            return Touch(how=HowChanged.RENAMED, path=moved[path], old_path=path)
        return Touch(how=HowChanged.DELETED, path=path)
    if change.before is None:
        if path in origin:
            return Touch(how=HowChanged.RENAMED, path=path, old_path=origin[path])
        return Touch(how=HowChanged.ADDED, path=path)
    return Touch(how=HowChanged.MODIFIED, path=path)
