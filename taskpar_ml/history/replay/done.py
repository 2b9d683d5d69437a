"""A landing as a change of trees, forwards and backwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pygit2

from taskpar_ml.repo.changes import tree_changes
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.renames import RenameFinder
from taskpar_ml.repo.stages import SideChanges
from taskpar_ml.repo.trees import tree_of_commit

ATTRIBUTES: Final = ".gitattributes"


@dataclass(frozen=True)
class DoneTask:
    """What one landing did to the tree of the main line.

    Attributes
    ----------
    id
        Of the landing.
    base, tip
        Ids of the trees before and after it.
    forward, backward
        What it changed, and what takes that back.
    """

    id: str
    base: bytes
    tip: bytes
    forward: SideChanges
    backward: SideChanges

    @property
    def changes_attributes(self) -> bool:
        """Whether merges may follow other rules after it."""
        return any(path.rpartition("/")[2] == ATTRIBUTES for path in self.forward.changes.files)


def done_task(reader: ObjectReader, landing: str, base: str, *, place: str) -> DoneTask:
    """Return what a landing did.

    Parameters
    ----------
    landing, base
        Its id, and that of the commit before it.

    Raises
    ------
    MissingObjectError
        If a commit or a tree cannot be read.
    RepositoryError
        If it changed more files than are looked at.
    """
    before, after = (
        tree_of_commit(reader, pygit2.Oid(hex=each), place=place) for each in (base, landing)
    )
    changes = tree_changes(reader, before, after, place=place)
    back = changes.reversed()
    return DoneTask(
        id=landing,
        base=before,
        tip=after,
        forward=SideChanges(changes, RenameFinder(changes, reader, place=place)),
        backward=SideChanges(back, RenameFinder(back, reader, place=place)),
    )
