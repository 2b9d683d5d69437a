"""Merging the contents of files, by libgit2 in a scratch repository."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import pygit2
from pygit2.enums import FileMode, MergeFavor, MergeFileFlag, MergeFlag

from taskpar_ml.repo.attributes import MergeDriver, merge_driver
from taskpar_ml.repo.line_spans import MAX_COMPARED_BYTES, LineComparer, any_meet
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.scratch import LINES_DIRECTORY, missing_object
from taskpar_ml.repo.similarity import is_binary
from taskpar_ml.repo.stages import Stage
from taskpar_ml.repo.trees import Entry, write_tree

_KEPT: Final = 100_000
"""How many merged files are remembered."""

_FAVOR: Final = {
    MergeDriver.TEXT: MergeFavor.NORMAL,
    MergeDriver.UNION: MergeFavor.UNION,
}


class ContentMerger:
    """Merges the lines of files, the same three versions once.

    ``.gitattributes`` in the scratch index decide how (see :func:`merge_driver`).
    """

    def __init__(
        self,
        scratch: pygit2.Repository,
        reader: ObjectReader,
        *,
        place: str,
        lines: LineComparer | None = None,
    ) -> None:
        self._scratch = scratch
        self._reader = reader
        self._place = place
        self._lines = LineComparer(reader) if lines is None else lines
        self._known: dict[tuple[str, Stage], bytes | None] = {}

    def merge(self, stages: Mapping[str, Stage]) -> dict[str, bytes]:
        """Return path to merged content, as the id of a blob, for those files that merge.

        Parameters
        ----------
        stages
            Files of which both sides changed the content; not the base, where there is none.

        Raises
        ------
        MissingObjectError
            If a version cannot be read.
        """
        if len(self._known) > _KEPT:
            self._known.clear()
        new = {path: each for path, each in stages.items() if (path, each) not in self._known}
        merged = self._merged(new, MergeFlag(0))
        self._known |= {(path, each): merged.get(path) for path, each in new.items()}
        known = {path: self._known[path, each] for path, each in stages.items()}
        return {path: blob for path, blob in known.items() if blob is not None}

    def mergeable(self, stages: Mapping[str, Stage]) -> set[str]:
        """Return the paths of those files that merge, without merging what need not be.

        Changes that leave a line between them always merge; whether others do, for both sides may
        have made the same, a merge must tell.

        Raises
        ------
        MissingObjectError
            If a version cannot be read.
        """
        apart = {path for path, each in stages.items() if self._is_apart(path, each)}
        near = {path: each for path, each in stages.items() if path not in apart}
        return apart | self.merge(near).keys()

    def merge_with_markers(self, stages: Mapping[str, Stage]) -> dict[str, bytes]:
        """Do the same, with conflicts marked in the text: how git merges several bases."""
        return self._merged(stages, MergeFlag.VIRTUAL_BASE)

    def is_unmergeable(self, path: str, stage: Stage) -> bool:
        """Whether a file conflicts as a whole because its lines cannot be merged."""
        if self._driver(path, stage) == MergeDriver.BINARY:
            return True
        contents = (self._reader.blob(each) for each in _ids(stage))
        return any(content is None or is_binary(content) for content in contents)

    def _is_apart(self, path: str, stage: Stage) -> bool:
        """Whether both sides changed lines of a text that do not meet."""
        if stage.base is None or stage.a is None or stage.b is None:
            return False
        if self._driver(path, stage) == MergeDriver.BINARY:
            return False
        a = self._lines.hunks(stage.base.id, stage.a.id)
        b = None if a is None else self._lines.hunks(stage.base.id, stage.b.id)
        if a is None or b is None:
            return False
        return not any_meet([each.old for each in a], [each.old for each in b])

    def _merged(self, stages: Mapping[str, Stage], flags: MergeFlag) -> dict[str, bytes]:
        drivers = {path: self._driver(path, each) for path, each in stages.items()}
        merged: dict[str, bytes] = {}
        for driver, favor in _FAVOR.items():
            paths = [path for path, each in drivers.items() if each == driver]
            blobs = self._merge_lines([stages[path] for path in paths], flags, favor)
            merged |= {paths[at]: blob for at, blob in blobs.items()}
        return merged

    def _merge_lines(
        self, stages: Sequence[Stage], flags: MergeFlag, favor: MergeFavor
    ) -> dict[int, bytes]:
        """Return position to merged content, for those that merge."""
        if not stages:
            return {}
        base, a, b = (
            pygit2.Oid(
                raw=write_tree(self._scratch, self._reader, None, version, place=self._place)
            )
            for version in _versions(stages)
        )
        # Of libgit2's ways to compare lines the nearest to the one that git merges with, histogram.
        index = self._scratch.merge_trees(
            base, a, b, favor=favor, flags=flags, file_flags=MergeFileFlag.DIFF_PATIENCE
        )
        in_conflict = {
            each.path for entries in index.conflicts or () for each in entries if each is not None
        }
        return {
            int(str(each.path).removeprefix(LINES_DIRECTORY + "/")): each.id.raw
            for each in index
            if each.path not in in_conflict
        }

    def _driver(self, path: str, stage: Stage) -> MergeDriver:
        return merge_driver(self._scratch, path) if self._is_small(stage) else MergeDriver.BINARY

    def _is_small(self, stage: Stage) -> bool:
        """Whether all versions of a file are small enough to be merged."""
        sizes = []
        for oid in _ids(stage):
            size = self._reader.size(oid)
            if size is None:
                why = f"is missing or damaged ({stage.path_a})"
                raise missing_object(str(oid), why, place=self._place)
            sizes.append(size)
        return max(sizes) <= MAX_COMPARED_BYTES


def _ids(stage: Stage) -> Iterator[pygit2.Oid]:
    for entry in (stage.base, stage.a, stage.b):
        if entry is not None:
            yield pygit2.Oid(raw=entry.id)


def _versions(stages: Sequence[Stage]) -> Iterator[dict[str, Entry | None]]:
    """Yield base and both sides of all files, under names that any system could check out.

    None is executable: modes are merged apart.
    """
    yield {_name(at): _plain(stage.base) for at, stage in enumerate(stages)}
    yield {_name(at): _plain(stage.a) for at, stage in enumerate(stages)}
    yield {_name(at): _plain(stage.b) for at, stage in enumerate(stages)}


def _name(position: int) -> str:
    return f"{LINES_DIRECTORY}/{position}"


def _plain(entry: Entry | None) -> Entry | None:
    return None if entry is None else Entry(int(FileMode.BLOB), entry.id)
