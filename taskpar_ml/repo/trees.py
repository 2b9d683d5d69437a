"""Trees as entries: reading one level, and writing a tree that differs from another in places."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple, TypeAlias

import pygit2
from pygit2.enums import FileMode, ObjectType

from taskpar_ml.repo.listing import tree_entries
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.scratch import missing_object

_UNUSABLE: Final = frozenset(("", ".", ".."))
_TREE: Final = int(FileMode.TREE)
_FILES: Final = frozenset((int(FileMode.BLOB), int(FileMode.BLOB_EXECUTABLE)))


class Entry(NamedTuple):
    """What a tree holds under one name.

    Attributes
    ----------
    mode
        One of ``100644``, ``100755``, ``120000`` (symbolic link), ``160000`` (submodule) and
        ``40000`` (directory), octal.
    id
        20 bytes.
    """

    mode: int
    id: bytes

    @property
    def is_directory(self) -> bool:
        """Whether it is a tree."""
        return self.mode == _TREE

    @property
    def is_regular(self) -> bool:
        """Whether it is a file, executable or not."""
        return self.mode in _FILES


Level: TypeAlias = dict[str, Entry]
"""Names directly below a tree."""


def tree_of_commit(reader: ObjectReader, commit: pygit2.Oid, *, place: str) -> bytes:
    """Return the id of a commit's tree, or of the one that replaces it.

    Raises
    ------
    MissingObjectError
        If the commit is missing or damaged.
    """
    found = reader.commit(commit)
    if found is None:
        raise missing_object(str(commit), "is missing or damaged", place=place)
    return reader.resolved(found.tree_id).raw


def read_level(reader: ObjectReader, tree: bytes | None, *, place: str) -> Level:
    """Return what lies directly below a tree; entries that no checkout could hold are left out.

    Objects that ``git replace`` puts in the place of others are followed. ``None`` is an empty
    tree.

    Raises
    ------
    MissingObjectError
        If the tree is missing or damaged.
    """
    return _level(reader, _read(reader, tree, place=place))


def differing_levels(
    reader: ObjectReader, old: bytes | None, new: bytes | None, *, place: str
) -> tuple[Level, Level]:
    """Return what lies directly below two trees without what is the same in both.

    Raises
    ------
    MissingObjectError
        If a tree is missing or damaged.
    """
    before, after = _read(reader, old, place=place), _read(reader, new, place=place)
    return _level(reader, before - after), _level(reader, after - before)


def _read(
    reader: ObjectReader, tree: bytes | None, *, place: str
) -> set[tuple[bytes, bytes, bytes]]:
    """Return mode, name and id of every entry, as they are written."""
    if tree is None:
        return set()
    oid = pygit2.Oid(raw=tree)
    raw = reader.tree(oid)
    entries = None if raw is None else tree_entries(raw)
    if entries is None:
        raise missing_object(str(oid), "is missing or damaged", place=place)
    return set(entries)


def _level(reader: ObjectReader, entries: set[tuple[bytes, bytes, bytes]]) -> Level:
    replaced = bool(reader.replacements)
    level = {}
    for mode, name, identity in sorted(entries):
        text = name.decode("utf-8", "surrogateescape")
        if text in _UNUSABLE or "/" in text:
            continue
        if replaced:
            identity = reader.resolved(pygit2.Oid(raw=identity)).raw
        level[text] = Entry(_canonical(mode), identity)
    return level


def write_tree(
    scratch: pygit2.Repository,
    reader: ObjectReader,
    tree: bytes | None,
    entries: Mapping[str, Entry | None],
    *,
    place: str,
) -> bytes:
    """Write a tree that differs from another at some paths, and return its id.

    Parameters
    ----------
    scratch
        Where it is written.
    reader
        Reads from there, too.
    tree
        The tree to start from; None for an empty one.
    entries
        What is at a path, None for nothing. What stands in the way, a file in the place of a
        directory or the reverse, gives way.
    """
    levels = {"": read_level(reader, tree, place=place)}
    touched: dict[str, list[tuple[str, Entry | None]]] = {}
    for path, entry in entries.items():
        directory, _, name = path.rpartition("/")
        touched.setdefault(directory, []).append((name, entry))
        _load_levels(levels, reader, directory, place=place)
    # Parents come before what lies below them, so backwards is bottom-up.
    for directory in reversed(levels):
        level = levels[directory]
        for name, entry in touched.get(directory, ()):
            _put(level, name, entry)
        if directory:
            parent, _, name = directory.rpartition("/")
            _put_directory(levels[parent], name, _write_level(scratch, level) if level else None)
    return _write_level(scratch, levels[""])


def _load_levels(
    levels: dict[str, Level], reader: ObjectReader, directory: str, *, place: str
) -> None:
    """Read every level from the root down to a directory that is not read yet."""
    missing = []
    while directory not in levels:
        missing.append(directory)
        directory = directory.rpartition("/")[0]
    for each in reversed(missing):
        parent, _, name = each.rpartition("/")
        found = levels[parent].get(name)
        known = found.id if found is not None and found.is_directory else None
        levels[each] = read_level(reader, known, place=place)


def _put(level: Level, name: str, entry: Entry | None) -> None:
    found = level.get(name)
    if entry is not None:
        level[name] = entry
    elif found is not None and not found.is_directory:
        del level[name]


def _put_directory(level: Level, name: str, written: bytes | None) -> None:
    found = level.get(name)
    if written is not None:
        level[name] = Entry(_TREE, written)
    elif found is not None and found.is_directory:
        del level[name]


def _write_level(scratch: pygit2.Repository, level: Level) -> bytes:
    names = [(name.encode("utf-8", "surrogateescape"), entry) for name, entry in level.items()]
    # git sorts a directory as if its name ended in a slash.
    names.sort(key=lambda each: each[0] + b"/" * each[1].is_directory)
    raw = b"".join(b"%o %s\0%s" % (entry.mode, name, entry.id) for name, entry in names)
    return scratch.odb.write(ObjectType.TREE, raw).raw


@cache
def _canonical(written: bytes) -> int:
    """Return the mode that git takes an unusual one for."""
    mode = int(written, 8)
    kind = mode & 0o170000
    if kind == 0o100000:
        return int(FileMode.BLOB_EXECUTABLE if mode & 0o100 else FileMode.BLOB)
    return kind if kind in (FileMode.LINK, FileMode.TREE) else int(FileMode.COMMIT)
