"""Which files a first-parent commit changed, and how, within bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from taskpar_ml.domain.landing import ChangeStatus, FileChange
from taskpar_ml.repo.changes import Bounds, Changes, tree_changes
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.renames import RenameFinder

MAX_CHANGED: Final = Bounds(files=4_000, entries=20_000)
"""How much of one commit is looked at; the rest of a mass change is not seen."""

KEPT_CHANGES: Final = 200
"""How many changes of one commit are kept, renames apart: what touches more is no task."""

KEPT_RENAMES: Final = 2_000
"""How many renames of one commit are kept: histories of files follow them."""


def changed_files(
    reader: ObjectReader, before: bytes | None, after: bytes, *, place: str
) -> tuple[tuple[FileChange, ...], int]:
    """Return what differs between the trees of a commit and its parent, and how much it is.

    Parameters
    ----------
    before, after
        Ids of the trees; ``None`` for an empty one.

    Returns
    -------
    tuple of FileChange
        In order of their paths; the first of a mass change.
    int
        How many there are, those that are not among them too. A rename is one change.

    Raises
    ------
    MissingObjectError
        If a tree cannot be read. A missing content only keeps a rename from being recognised.
    """
    changes = tree_changes(reader, before, after, place=place, bounds=MAX_CHANGED)
    finder = RenameFinder(changes, reader, place=place, needs_contents=False)
    renames = finder.renames(changes.deleted.keys())
    return _kept(changes, renames), len(changes.files) - len(renames)


def _kept(changes: Changes, renames: Mapping[str, str]) -> tuple[FileChange, ...]:
    """Return the changes within bounds; renames are old path to new path."""
    moved = sorted((new, old) for old, new in renames.items())
    arrived = set(renames.values())
    rest = [
        *(FileChange(path, ChangeStatus.ADDED) for path in changes.added.keys() - arrived),
        *(
            FileChange(path, ChangeStatus.DELETED)
            for path in changes.deleted.keys() - renames.keys()
        ),
        *(FileChange(path, ChangeStatus.MODIFIED) for path in changes.modified),
    ]
    rest.sort(key=lambda change: change.path)
    kept = [FileChange(new, ChangeStatus.RENAMED, old) for new, old in moved[:KEPT_RENAMES]]
    return tuple(sorted([*kept, *rest[:KEPT_CHANGES]], key=lambda change: change.path))
