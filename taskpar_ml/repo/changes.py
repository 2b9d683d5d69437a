"""Which files differ between two trees, without reading what is equal in both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Final, NamedTuple

from taskpar_ml.errors import RepositoryError
from taskpar_ml.repo.listing import MAX_ENTRIES, MAX_PATH_LENGTH
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.trees import Entry, Level, differing_levels

MAX_CHANGES: Final = MAX_ENTRIES
"""Most entries looked at between two trees, like those of a listing."""


class Bounds(NamedTuple):
    """After how much the comparison of two trees ends early, its answer incomplete.

    Attributes
    ----------
    files
        How many changed files are enough; those of the directory in which they are exceeded count.
    entries
        How many files and directories are looked at.
    """

    files: int
    entries: int


class Change(NamedTuple):
    """What a path held before and holds after; ``None`` for nothing, never a directory."""

    before: Entry | None
    after: Entry | None


@dataclass(frozen=True)
class Changes:
    """What differs between two trees.

    Attributes
    ----------
    files
        Path to change, in no particular order. A renamed file is one deleted and one added.
    gone
        Directories of which nothing is left.
    made
        Directories that are new.
    is_cut
        Whether there is more, beyond bounds that were given.
    """

    files: dict[str, Change] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    made: set[str] = field(default_factory=set)
    is_cut: bool = False

    def reversed(self) -> Changes:
        """Return what would take the changes back."""
        files = {path: Change(each.after, each.before) for path, each in self.files.items()}
        return Changes(files, gone=self.made, made=self.gone, is_cut=self.is_cut)

    @cached_property
    def deleted(self) -> dict[str, Entry]:
        """Paths that hold nothing any more, and what they held."""
        return {
            path: each.before
            for path, each in self.files.items()
            if each.after is None and each.before is not None
        }

    @cached_property
    def added(self) -> dict[str, Entry]:
        """Paths that held nothing, and what they hold."""
        return {
            path: each.after
            for path, each in self.files.items()
            if each.before is None and each.after is not None
        }

    @cached_property
    def modified(self) -> frozenset[str]:
        """Paths that held something else."""
        return frozenset(path for path, each in self.files.items() if each.before and each.after)

    @cached_property
    def written(self) -> frozenset[str]:
        """Paths at which a changed file lies now."""
        return frozenset(path for path, each in self.files.items() if each.after)

    @cached_property
    def directories(self) -> frozenset[str]:
        """Every directory above a changed file that lies there now."""
        return frozenset(chain.from_iterable(map(parents, self.written)))

    @cached_property
    def touched(self) -> frozenset[str]:
        """Every directory that holds a change at any depth, the root as the empty string."""
        return frozenset(("", *chain.from_iterable(map(parents, self.files))))


def parents(path: str) -> Iterator[str]:
    """Yield the directories above a path, nearest first.

    Examples
    --------
    >>> list(parents("src/api/orders.py"))
    ['src/api', 'src']
    """
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def tree_changes(
    reader: ObjectReader,
    before: bytes | None,
    after: bytes | None,
    *,
    place: str,
    bounds: Bounds | None = None,
) -> Changes:
    """Return every path at which two trees hold different files.

    Parameters
    ----------
    before, after
        Ids of trees; ``None`` for an empty one.
    bounds
        Where to stop; longer paths are left out then, too. Without, too much is an error.

    Raises
    ------
    MissingObjectError
        If a tree that is needed cannot be read.
    RepositoryError
        Without bounds, if more than :data:`MAX_CHANGES` entries would have to be looked at, or
        a path is longer than :data:`~taskpar_ml.repo.listing.MAX_PATH_LENGTH`.
    """
    files: dict[str, Change] = {}
    gone: set[str] = set()
    made: set[str] = set()
    is_cut = False
    seen = 0
    waiting = [("", before, after)] if before != after else []
    while waiting:
        if bounds and (len(files) > bounds.files or seen > bounds.entries):
            is_cut = True
            break
        prefix, old, new = waiting.pop()
        old_level, new_level = differing_levels(reader, old, new, place=place)
        seen += len(old_level) + len(new_level)
        if not bounds:
            _check_number(seen, place)
        for name, left, right in _differences(old_level, new_level):
            path = prefix + name
            if len(path) > MAX_PATH_LENGTH:
                if not bounds:
                    raise _too_long(path, place)
                is_cut = True
                continue
            change = Change(_file(left), _file(right))
            if change.before or change.after:
                files[path] = change
            below = _directory(left), _directory(right)
            if below[0] and not below[1]:
                gone.add(path)
            if below[1] and not below[0]:
                made.add(path)
            if below[0] or below[1]:
                waiting.append((f"{path}/", *below))
    return Changes(files, gone, made, is_cut)


def _check_number(seen: int, place: str) -> None:
    if seen > MAX_CHANGES:
        raise RepositoryError(
            place,
            f"two commits differ in more than {MAX_CHANGES:,} files and directories.",
            "Name commits that are closer to each other.",
        )


def _too_long(path: str, place: str) -> RepositoryError:
    return RepositoryError(
        place,
        f"a path is longer than {MAX_PATH_LENGTH:,} characters ({path[:60]}…).",
        "No checkout could hold it; take it out of the commits that have it.",
    )


def _differences(old: Level, new: Level) -> Iterator[tuple[str, Entry | None, Entry | None]]:
    for name in sorted(old.keys() | new.keys()):
        left, right = old.get(name), new.get(name)
        if left != right:
            yield name, left, right


def _file(entry: Entry | None) -> Entry | None:
    return None if entry is None or entry.is_directory else entry


def _directory(entry: Entry | None) -> bytes | None:
    return entry.id if entry is not None and entry.is_directory else None
