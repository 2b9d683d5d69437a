"""What would have become of two landed tasks, had both been done from one base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import pygit2

from taskpar_ml.domain.mined import DecidedBy, FileFinding, FileVerdict
from taskpar_ml.domain.overlap import FileConflictKind
from taskpar_ml.errors import MissingObjectError
from taskpar_ml.history.replay.done import DoneTask
from taskpar_ml.history.replay.file_findings import merge_findings, names_of
from taskpar_ml.history.replay.overwritten import OverwrittenFiles
from taskpar_ml.repo.changes import Change, Changes, parents, tree_changes
from taskpar_ml.repo.line_spans import LineComparer
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.renames import RenameFinder
from taskpar_ml.repo.stages import SideChanges
from taskpar_ml.repo.trees import write_tree
from taskpar_ml.repo.trial import Merged, TrialMerger, may_meet

UNREADABLE: Final = (MissingObjectError, pygit2.GitError, KeyError)
"""What reading may raise where the clone lacks something."""


@dataclass
class Between:
    """What landed after one task and before another, as far as it matters to the pair.

    Attributes
    ----------
    touched
        Every path that was changed.
    deleted, added
        Those of them that were gone, or new, at some time; of a renamed file the old name and the
        new one.
    unknown
        Whether something landed of which it is not known what it changed.
    """

    touched: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    added: set[str] = field(default_factory=set)
    unknown: bool = False

    def add(self, changes: Changes | None) -> None:
        """Let one more landing be between the two."""
        if changes is None:
            self.unknown = True
        else:
            self.touched |= changes.files.keys()
            self.deleted |= changes.deleted.keys()
            self.added |= changes.added.keys()


@dataclass(frozen=True)
class _TakenBack:
    """The main line before the later task, without the earlier one.

    Attributes
    ----------
    side
        From the main line to that.
    overwritten
        Files in which the earlier task could not be taken back: their paths on the main line, and
        what the earlier task may have called them, the likeliest first.
    """

    side: SideChanges
    overwritten: Mapping[str, Sequence[str | None]]


class PairReplayer:
    """Replays pairs of landings of one main line.

    The earlier task is taken back on the main line just before the later one landed, and the later
    one is merged into what is left. In files where taking back fails because they were changed
    again in between, the lines that the earlier task wrote are followed to the later one.

    Parameters
    ----------
    scratch
        Where merges are written. The attributes in its index decide how files are merged.
    reader
        Reads from there.
    lines
        Compares contents; handed in where several replayers look at the same ones.
    """

    def __init__(
        self,
        scratch: pygit2.Repository,
        reader: ObjectReader,
        *,
        place: str,
        lines: LineComparer | None = None,
    ) -> None:
        lines = LineComparer(reader) if lines is None else lines
        self._scratch = scratch
        self._reader = reader
        self._place = place
        self._merger = TrialMerger(scratch, reader, place=place, lines=lines)
        self._overwritten = OverwrittenFiles(scratch, reader, place=place, lines=lines)

    def replay(
        self, earlier: DoneTask, later: DoneTask, between: Between
    ) -> tuple[FileFinding, ...]:
        """Return every file that both changed, by path, with what would have become of it.

        A pair without such a file cannot conflict, and the answer is empty. What cannot be read
        makes the verdict on the files unknown.
        """
        if not _may_share(earlier, later, between):
            return ()
        try:
            taken_back = self._taken_back(earlier, later, between)
            merged = merge_findings(self._merger, taken_back.side, later.forward)
            found = {each.path: each for each in merged}
            for path in taken_back.overwritten.keys() & later.forward.changes.files.keys():
                found[path] = self._overwritten.finding(
                    path, taken_back.overwritten[path], earlier, later
                )
        except UNREADABLE:
            return undecided(earlier, later)
        return tuple(found[path] for path in sorted(found))

    def _taken_back(self, earlier: DoneTask, later: DoneTask, between: Between) -> _TakenBack:
        mine = earlier.backward.changes
        if not between.unknown and between.touched.isdisjoint(mine.files):
            return _TakenBack(earlier.backward, {})
        moves = bool(mine.added and mine.deleted)
        if between.unknown or moves or not between.deleted.isdisjoint(mine.files):
            return self._taken_back_whole(earlier, later, between)
        return self._taken_back_in_place(earlier, later, between)

    def _taken_back_in_place(
        self, earlier: DoneTask, later: DoneTask, between: Between
    ) -> _TakenBack:
        """Take back only the files that the later task changes: none of them changed its name."""
        mine, theirs = earlier.backward.changes.files, later.forward.changes.files
        again = {path for path in mine.keys() & theirs.keys() if path in between.touched}
        since = {path: Change(mine[path].before, theirs[path].before) for path in again}
        back = {path: mine[path] for path in again}
        merged = self._merger.merge(self._side(Changes(back)), self._side(Changes(since)))
        overwritten = {each.path: (each.path,) for each in merged.conflicts}
        files = {path: each for path, each in mine.items() if path not in overwritten}
        for path in again - overwritten.keys():
            files[path] = Change(theirs[path].before, merged.files[path])
        left = Changes(
            {path: each for path, each in files.items() if each.before != each.after},
            gone=earlier.backward.changes.gone,
            made=earlier.backward.changes.made,
        )
        return _TakenBack(self._side(left), overwritten)

    def _taken_back_whole(self, earlier: DoneTask, later: DoneTask, between: Between) -> _TakenBack:
        """Take back everything that may matter, with all that was renamed in between."""
        back = self._matters(earlier, later, between)
        since = self._side(tree_changes(self._reader, earlier.tip, later.base, place=self._place))
        merged = self._merger.merge(back, since)
        overwritten, kept = _refused(merged, back, since)
        # Writing starts from the main line: what conflicts is left as it is there.
        entries = {path: each for path, each in merged.files.items() if path not in kept}
        tree = write_tree(self._scratch, self._reader, later.base, entries, place=self._place)
        left = tree_changes(self._reader, later.base, tree, place=self._place)
        return _TakenBack(self._side(left), overwritten)

    def _matters(self, earlier: DoneTask, later: DoneTask, between: Between) -> SideChanges:
        """Return what takes a task back, without files that only it changed and none renamed."""
        mine = earlier.backward.changes
        matters = {
            path: each
            for path, each in mine.files.items()
            if None in each or path in later.forward.changes.files or path in between.deleted
        }
        if between.unknown or len(matters) == len(mine.files):
            return earlier.backward
        return self._side(Changes(matters, gone=mine.gone, made=mine.made))

    def _side(self, changes: Changes) -> SideChanges:
        return SideChanges(changes, RenameFinder(changes, self._reader, place=self._place))


def _may_share(earlier: DoneTask, later: DoneTask, between: Between) -> bool:
    mine, theirs = earlier.backward, later.forward
    if between.unknown or may_meet(mine, theirs):
        return True
    # Its files may have other names by now.
    return not (
        between.deleted.isdisjoint(mine.changes.files)
        or between.added.isdisjoint(theirs.changes.files)
    )


def _refused(
    merged: Merged, back: SideChanges, since: SideChanges
) -> tuple[dict[str, Sequence[str | None]], set[str]]:
    """Return the files in which a task cannot be taken back, and every path that stays for that.

    The files have their paths on the main line, with what the task may have called them.
    """
    mine = back.changes
    moved = since.finder.renames(since.changes.deleted.keys() & mine.files.keys(), mine)
    origin = {new: old for old, new in moved.items()}
    overwritten: dict[str, Sequence[str | None]] = {}
    kept: set[str] = set()
    for each in merged.conflicts:
        if each.kind == FileConflictKind.DIRECTORY_RENAME:
            # Where else new files might belong is no question here.
            continue
        kept |= names_of(each)
        if each.kind == FileConflictKind.DIRECTORY_FILE:
            # What lies below a name is another file than what bore the name itself.
            kept |= {path for path in merged.files if each.path in parents(path)}
        else:
            path = each.path_b or each.path
            overwritten[path] = (path, origin.get(path), each.path_a, each.path)
    if not kept.isdisjoint(mine.added):
        # A file that cannot go back to its old name keeps the one that the task gave it.
        renames = back.finder.renames(mine.deleted.keys(), since.changes)
        stays = {old for old, new in renames.items() if new in kept}
        kept |= stays
        overwritten |= {path: (path,) for path in stays - overwritten.keys()}
    return overwritten, kept


def undecided(earlier: DoneTask, later: DoneTask) -> tuple[FileFinding, ...]:
    """Return every file that two tasks both changed by that name, its verdict unknown."""
    shared = earlier.forward.changes.files.keys() & later.forward.changes.files.keys()
    return tuple(
        FileFinding(path, FileVerdict.UNKNOWN, DecidedBy.NOTHING) for path in sorted(shared)
    )
