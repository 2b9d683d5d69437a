"""The tree from which two histories are merged: one merge base, or several merged first."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import pygit2

from taskpar_ml.repo.changes import tree_changes
from taskpar_ml.repo.merge_bases import merge_bases
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.renames import RenameFinder
from taskpar_ml.repo.stages import SideChanges
from taskpar_ml.repo.trees import tree_of_commit, write_tree
from taskpar_ml.repo.trial import TrialMerger

MAX_MERGED_BASES: Final = 8
"""Most merge bases that are merged into one; histories of people seldom have more than two."""

MAX_DEPTH: Final = 8
"""Deepest merge of bases of bases; below it the newest base stands for all."""


class BaseTrees:
    """Trees of merge bases, each made once.

    Several merge bases are merged into a virtual one, whose own base is found in the same way, as
    git does (Source: ``merge-recursive``). Conflicts between them are kept as text with markers,
    or as what their own base held.
    """

    def __init__(self, scratch: pygit2.Repository, reader: ObjectReader, *, place: str) -> None:
        self._scratch = scratch
        self._reader = reader
        self._place = place
        self._merger = TrialMerger(scratch, reader, place=place)
        self._made: dict[tuple[pygit2.Oid, ...], bytes] = {}

    def tree(self, bases: tuple[pygit2.Oid, ...]) -> bytes | None:
        """Return the tree that stands for some merge bases, ``None`` where there are none.

        Raises
        ------
        MissingObjectError
            If something needed cannot be read.
        """
        return self._tree(bases, MAX_DEPTH)

    def of_commit(self, commit: pygit2.Oid) -> bytes:
        """Return the tree of a commit."""
        return tree_of_commit(self._reader, commit, place=self._place)

    def _tree(self, bases: tuple[pygit2.Oid, ...], depth: int) -> bytes | None:
        if not bases:
            return None
        if len(bases) == 1 or depth == 0:
            return self.of_commit(bases[0])
        if bases not in self._made:
            # Oldest first, as in git.
            first, *others = reversed(bases[:MAX_MERGED_BASES])
            merged, tree = [first], self.of_commit(first)
            for other in others:
                below = self._bases(merged, other)
                tree = self._merge(self._tree(below, depth - 1), tree, self.of_commit(other))
                merged.append(other)
            self._made[bases] = tree
        return self._made[bases]

    def _bases(self, merged: Collection[pygit2.Oid], other: pygit2.Oid) -> tuple[pygit2.Oid, ...]:
        found = merge_bases(self._reader, [tuple(merged), (other,)], place=self._place)
        return found.get((0, 1), ())

    def _merge(self, base: bytes | None, a: bytes, b: bytes) -> bytes:
        files = self._merger.merge_bases(self._side(base, a), self._side(base, b))
        return write_tree(self._scratch, self._reader, base, files, place=self._place)

    def _side(self, base: bytes | None, tip: bytes) -> SideChanges:
        changes = tree_changes(self._reader, base, tip, place=self._place)
        return SideChanges(changes, RenameFinder(changes, self._reader, place=self._place))
