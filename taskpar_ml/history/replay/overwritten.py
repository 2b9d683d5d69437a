"""Files in which a task cannot be taken back, because they were changed again since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pygit2

from taskpar_ml.domain.mined import DecidedBy, FileFinding, FileVerdict
from taskpar_ml.history.replay.done import DoneTask
from taskpar_ml.history.replay.hunks import still_meets
from taskpar_ml.repo.attributes import MergeDriver, merge_driver
from taskpar_ml.repo.line_spans import LineComparer
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.scratch import missing_object
from taskpar_ml.repo.stages import SideChanges
from taskpar_ml.repo.trees import Entry

_VERDICT: Final = {True: FileVerdict.CONFLICT, False: FileVerdict.CLEAN}


class OverwrittenFiles:
    """Holds the lines that an earlier task wrote, mapped forward, against those of a later one.

    What has no lines, binary content and links, is one piece: whoever changes it changes all of
    it. A file that the earlier task created and the later one changes conflicts in any case.
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

    def finding(
        self, path: str, names: Sequence[str | None], earlier: DoneTask, later: DoneTask
    ) -> FileFinding:
        """Return what the hunks say about a file that both tasks changed.

        Parameters
        ----------
        path
            The file just before the later task, which changes it.
        names
            What the earlier task may have called it, the likeliest first.

        Raises
        ------
        MissingObjectError
            If a version that must be compared cannot be read.
        """
        since, after = _versions(later.forward, path)
        tip_name = next((name for name in names if _wrote(earlier, name)), None)
        if since is None or tip_name is None:
            # A file of this name, but another one.
            return FileFinding(path, FileVerdict.UNKNOWN, DecidedBy.NOTHING)
        before, wrote = _versions_of_new(earlier.forward, tip_name)
        if before is None:
            verdict = _VERDICT[after is not None]
            return FileFinding(path, verdict, DecidedBy.HUNKS, created=True)
        meets = self._meet(path, (before, wrote), since, after)
        return FileFinding(path, _VERDICT[meets], DecidedBy.HUNKS)

    def _meet(
        self, path: str, earlier: tuple[Entry, Entry], since: Entry, after: Entry | None
    ) -> bool:
        before, wrote = earlier
        if before.id == wrote.id or (after is not None and after.id == since.id):
            # At most a mode was changed.
            return False
        if after is None or not all(each.is_regular for each in (before, wrote, since, after)):
            return True
        driver = merge_driver(self._scratch, path)
        if driver == MergeDriver.BINARY:
            return True
        for each in (before, wrote, since, after):
            self._check(each)
        if driver == MergeDriver.UNION and all(
            self._lines.text(each.id) is not None for each in (before, wrote, since, after)
        ):
            # A union of lines takes in whatever meets.
            return False
        meet = still_meets(self._lines, (before.id, wrote.id), (since.id, after.id))
        return meet is not False

    def _check(self, entry: Entry) -> None:
        oid = pygit2.Oid(raw=entry.id)
        if self._reader.size(oid) is None:
            raise missing_object(str(oid), "is missing or damaged", place=self._place)


def _wrote(task: DoneTask, path: str | None) -> bool:
    change = None if path is None else task.forward.changes.files.get(path)
    return change is not None and change.after is not None


def _versions(side: SideChanges, path: str) -> tuple[Entry | None, Entry | None]:
    """Return a file before and after, under whatever name it has then."""
    before, after = side.changes.files[path]
    if before is not None and after is None:
        new = side.finder.renames({path}).get(path)
        after = None if new is None else side.changes.added[new]
    return before, after


def _versions_of_new(side: SideChanges, path: str) -> tuple[Entry | None, Entry]:
    """Return a file before, under whatever name it had then, and after."""
    before, after = side.changes.files[path]
    if after is None:
        raise KeyError(path)
    if before is None and side.changes.deleted:
        renames = side.finder.renames(side.changes.deleted.keys())
        old = next((old for old, new in renames.items() if new == path), None)
        before = None if old is None else side.changes.deleted[old]
    return before, after
