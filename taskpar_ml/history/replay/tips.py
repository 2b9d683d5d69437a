"""Pairs that were really done at the same time, judged by the tips of their branches."""

from __future__ import annotations

from collections.abc import Collection

import pygit2

from taskpar_ml.domain.mined import FileFinding
from taskpar_ml.history.replay.done import DoneTask
from taskpar_ml.history.replay.file_findings import merge_findings
from taskpar_ml.repo.base_trees import BaseTrees
from taskpar_ml.repo.changes import Changes, tree_changes
from taskpar_ml.repo.merge_bases import merge_bases
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.renames import RenameFinder
from taskpar_ml.repo.stages import SideChanges
from taskpar_ml.repo.trial import TrialMerger


class TipReplayer:
    """Merges the tips of two branches, as far as the two tasks changed the files.

    Parameters
    ----------
    scratch
        Where merges are written.
    reader
        Reads from there.
    """

    def __init__(self, scratch: pygit2.Repository, reader: ObjectReader, *, place: str) -> None:
        self._reader = reader
        self._place = place
        self._merger = TrialMerger(scratch, reader, place=place)
        self._bases = BaseTrees(scratch, reader, place=place)

    def replay(
        self, earlier: DoneTask, later: DoneTask, tips: tuple[str, str]
    ) -> tuple[FileFinding, ...] | None:
        """Return the files that both tasks changed, as a merge of their tips settles them.

        Parameters
        ----------
        tips
            Newest commits of the two branches.

        Returns
        -------
        tuple of FileFinding, or None
            By path. ``None`` where the tips cannot be merged: they have no commit in common, or
            one contains the other.

        Raises
        ------
        MissingObjectError
            If something that must be compared or merged cannot be read.
        """
        a, b = (pygit2.Oid(hex=tip) for tip in tips)
        bases = merge_bases(self._reader, [(a,), (b,)], place=self._place).get((0, 1), ())
        if not bases or a in bases or b in bases:
            return None
        base = self._bases.tree(bases)
        left = self._side(base, a, earlier.forward.changes.files.keys())
        right = self._side(base, b, later.forward.changes.files.keys())
        found = {each.path: each for each in merge_findings(self._merger, left, right)}
        return tuple(found[path] for path in sorted(found))

    def _side(self, base: bytes | None, tip: pygit2.Oid, paths: Collection[str]) -> SideChanges:
        """Return what a branch changed in some files."""
        whole = tree_changes(self._reader, base, self._bases.of_commit(tip), place=self._place)
        files = {path: each for path, each in whole.files.items() if path in paths}
        part = Changes(files, gone=whole.gone, made=whole.made)
        return SideChanges(part, RenameFinder(whole, self._reader, place=self._place))
