"""How many lines a landing changed: how large the task was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import pygit2

from taskpar_ml.domain.landing import Landing
from taskpar_ml.history.changed_files import MAX_CHANGED
from taskpar_ml.history.view import HistoryView
from taskpar_ml.repo.changes import tree_changes
from taskpar_ml.repo.scratch import missing_object
from taskpar_ml.repo.trees import Entry, tree_of_commit

MAX_FILE_BYTES: Final = 1 << 20
"""Largest file whose lines are compared: two of such files take three seconds at worst."""

MAX_LANDING_BYTES: Final = 8 << 20
"""How much of one landing is compared, in bytes of both sides; most need a hundredth of it."""


class LineCounts(NamedTuple):
    """How many lines a landing added, and how many it deleted."""

    added: int
    deleted: int


def changed_lines(view: HistoryView, landing: Landing) -> int:
    """Return how many lines a landing added and deleted together: see :func:`line_counts`."""
    return sum(line_counts(view, landing))


def line_counts(view: HistoryView, landing: Landing) -> LineCounts:
    """Return how many lines a landing added and deleted.

    Parameters
    ----------
    view
        The history that it is from.

    Raises
    ------
    MissingObjectError
        If the clone lacks a commit, a directory or a file that is needed.

    Notes
    -----
    The sums of what ``git diff --numstat -M`` prints. Binary files, links, submodules and whatever
    lies beyond the bounds count as no line; a renamed file is compared with what it was. Of a mass
    change those files count that the landing keeps.
    """
    added = deleted = 0
    left = MAX_LANDING_BYTES
    for sides in _sides(view, landing):
        # A link holds a path, a submodule nothing.
        files = [entry if entry and entry.is_regular else None for entry in sides]
        sizes = [_size(view, entry, landing) for entry in files]
        if max(sizes) <= MAX_FILE_BYTES and sum(sizes) <= left:
            left -= sum(sizes)
            before, after = (_content(view, entry) for entry in files)
            _, more, less = pygit2.Patch.create_from(before, after).line_stats
            added += more
            deleted += less
    return LineCounts(added, deleted)


def _sides(view: HistoryView, landing: Landing) -> Iterator[tuple[Entry | None, Entry | None]]:
    """Yield what each changed file was and what it became."""
    base, tip = (
        tree_of_commit(view.reader, pygit2.Oid(hex=each), place=view.place) if each else None
        for each in (landing.base, landing.id)
    )
    files = tree_changes(view.reader, base, tip, place=view.place, bounds=MAX_CHANGED).files
    for change in landing.changes:
        # What was changed and changed back is no difference.
        before, after = files.get(change.old_path or change.path), files.get(change.path)
        yield before and before.before, after and after.after


def _size(view: HistoryView, entry: Entry | None, landing: Landing) -> int:
    if entry is None:
        return 0
    oid = pygit2.Oid(raw=entry.id)
    size = view.reader.size(oid)
    if size is None:
        why = f"is missing or damaged (changed by {landing.id})"
        raise missing_object(str(oid), why, place=view.place)
    return size


def _content(view: HistoryView, entry: Entry | None) -> bytes:
    return (view.reader.blob(pygit2.Oid(raw=entry.id)) or b"") if entry else b""
