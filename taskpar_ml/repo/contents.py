"""Merging the contents of files: lines of texts here, what else there is by libgit2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import pygit2
from pygit2.enums import FileMode, MergeFavor, MergeFileFlag, MergeFlag, ObjectType

from taskpar_ml.repo.attributes import MergeDriver, merge_driver
from taskpar_ml.repo.line_merges import Rewriting, merged_lines
from taskpar_ml.repo.line_spans import MAX_MERGED_BYTES, Hunk, LineComparer, any_meet
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


class _Sides(NamedTuple):
    """How both sides changed a text.

    Attributes
    ----------
    ids
        Of the base's content and both sides'.
    a, b
        Where theirs differ from the base's.
    """

    ids: tuple[bytes, bytes, bytes]
    a: Sequence[Hunk]
    b: Sequence[Hunk]

    @property
    def meet(self) -> bool:
        """Whether they leave no line between them somewhere."""
        return any_meet([each.old for each in self.a], [each.old for each in self.b])


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
        left = {}
        for path, stage in stages.items():
            if (path, stage) in self._known:
                continue
            sides = self._sides(path, stage)
            if sides is None:
                left[path] = stage
            else:
                self._known[path, stage] = self._joined(sides)
        merged = self._merged(left, MergeFlag(0))
        self._known |= {(path, each): merged.get(path) for path, each in left.items()}
        known = {path: self._known[path, each] for path, each in stages.items()}
        return {path: blob for path, blob in known.items() if blob is not None}

    def mergeable(self, stages: Mapping[str, Stage]) -> set[str]:
        """Return the paths of those files that merge, without merging what need not be.

        Changes that leave a line between them always merge.

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
        sides = self._sides(path, stage)
        return sides is not None and not sides.meet

    def _sides(self, path: str, stage: Stage) -> _Sides | None:
        """Return where both sides changed a text, None where their changes are no matter of lines.

        Where lines of both are to be kept, those that meet are for libgit2 to put in order.
        """
        if stage.base is None or stage.a is None or stage.b is None:
            return None
        ids = stage.base.id, stage.a.id, stage.b.id
        a = self._lines.hunks(ids[0], ids[1])
        b = None if a is None else self._lines.hunks(ids[0], ids[2])
        driver = merge_driver(self._scratch, path)
        if a is None or b is None or driver == MergeDriver.BINARY:
            return None
        sides = _Sides(ids, a, b)
        return None if driver == MergeDriver.UNION and sides.meet else sides

    def _joined(self, sides: _Sides) -> bytes | None:
        """Return a text with what both sides made of it, as the id of a blob, if it merges."""
        base, a, b = (self._lines.text(each) or b"" for each in sides.ids)
        joined = merged_lines(base, Rewriting(a, sides.a), Rewriting(b, sides.b))
        return None if joined is None else self._scratch.write(ObjectType.BLOB, joined).raw

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
        return max(sizes) <= MAX_MERGED_BYTES


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
