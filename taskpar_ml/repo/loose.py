"""Where libgit2 reads objects from: packs itself, loose objects through a reader of our own.

libgit2 up to 1.9.7 never returns from a loose object whose compressed data end too early, as they
do after a crash or on a full disk, and no interrupt reaches Python meanwhile.
"""

from __future__ import annotations

import os
import re
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeVar

import pygit2
from pygit2.enums import ObjectType

from taskpar_ml.repo.git_files import read_regular
from taskpar_ml.repo.objects import MAX_OBJECT_BYTES

_PACKS: Final = 2
_LOOSE: Final = 1
"""Priorities, those of libgit2: packs are asked first."""

_KINDS: Final = {
    b"commit": ObjectType.COMMIT,
    b"tree": ObjectType.TREE,
    b"blob": ObjectType.BLOB,
    b"tag": ObjectType.TAG,
}
_NAME: Final = re.compile(r"[0-9a-f]{38}")
_DIGITS: Final = 40
_HEADER_BYTES: Final = 64
_FIRST_BYTES: Final = 1024
_MOST_BYTES: Final = MAX_OBJECT_BYTES + MAX_OBJECT_BYTES // 8
"""Most bytes of a file that are read. Compression makes nothing longer by an eighth."""
_ALTERNATES_BYTES: Final = 1 << 20
_T = TypeVar("_T")


def object_database(directory: str | Path) -> pygit2.Odb:
    """Return all objects that are kept in a directory or in those that it borrows from.

    Parameters
    ----------
    directory
        The directory ``objects`` of a git directory.

    Raises
    ------
    pygit2.GitError
        If the packs cannot be listed.
    """
    directories = _with_alternates(os.path.realpath(directory))
    database = pygit2.Odb()
    for each in directories:
        database.add_backend(pygit2.OdbBackendPack(each), _PACKS)
    database.add_backend(LooseObjects(directories), _LOOSE)
    return database


class LooseObjects(pygit2.OdbBackend):
    """The loose objects of some directories, to be read only; what is damaged is missing.

    That what is read bears its id is left to libgit2, which looks at every object that it gets.

    Parameters
    ----------
    directories
        Where to look, in this order.
    """

    def __init__(self, directories: Sequence[str]) -> None:
        super().__init__()
        self._directories = tuple(directories)

    def read_cb(self, oid: pygit2.Oid) -> tuple[ObjectType, bytes]:
        """Return kind and content of an object that is not too large to be loaded."""
        return self._first(oid, _object, limit=_MOST_BYTES)

    def read_header_cb(self, oid: pygit2.Oid) -> tuple[ObjectType, int]:
        """Return kind and size of an object."""
        return self._first(oid, _kind_and_size, limit=_FIRST_BYTES)

    def read_prefix_cb(self, digits: str) -> tuple[ObjectType, bytes, pygit2.Oid]:
        """Return the object whose id begins so, mostly a whole one."""
        whole = len(digits) == _DIGITS
        oid = pygit2.Oid(hex=digits) if whole else self.exists_prefix_cb(digits)
        return (*self.read_cb(oid), oid)

    def exists_cb(self, oid: pygit2.Oid) -> bool:
        """Whether there is such a file, damaged or not."""
        return bool(self._files(oid))

    def exists_prefix_cb(self, digits: str) -> pygit2.Oid:
        """Return the only id that begins so."""
        found = {oid for oid in self._ids(digits[:2]) if oid.startswith(digits)}
        if not found:
            raise KeyError(digits)
        if len(found) > 1:
            raise ValueError(digits)
        return pygit2.Oid(hex=found.pop())

    def write_cb(self, oid: pygit2.Oid, data: bytes, kind: int) -> None:
        """Refuse: a repository is only read."""
        raise KeyError(str(oid))

    def refresh_cb(self) -> None:
        """Do nothing: nothing is remembered."""

    def __iter__(self) -> Iterator[pygit2.Oid]:
        """Yield the ids of all objects."""
        for first in range(256):
            yield from (pygit2.Oid(hex=oid) for oid in self._ids(f"{first:02x}"))

    def _first(self, oid: pygit2.Oid, parse: Callable[[bytes], _T], *, limit: int) -> _T:
        for path in self._files(oid):
            try:
                return parse(read_regular(path, limit=limit) or b"")
            except (ValueError, zlib.error):
                continue
        raise KeyError(str(oid))

    def _files(self, oid: pygit2.Oid) -> list[str]:
        """Return the files that bear an id: none for nearly all that libgit2 asks for."""
        name = str(oid)
        paths = [f"{each}/{name[:2]}/{name[2:]}" for each in self._directories]
        return [path for path in paths if os.access(path, os.F_OK)]

    def _ids(self, first: str) -> set[str]:
        """Return the ids that begin with two digits."""
        found: set[str] = set()
        for each in self._directories:
            try:
                names = os.listdir(f"{each}/{first}")
            except OSError:
                continue
            found.update(first + name for name in names if _NAME.fullmatch(name))
        return found


def _kind_and_size(file: bytes) -> tuple[ObjectType, int]:
    kind, size, _ = _header(zlib.decompressobj().decompress(file, _HEADER_BYTES))
    return kind, size


def _object(file: bytes) -> tuple[ObjectType, bytes]:
    inflating = zlib.decompressobj()
    kind, size, start = _header(inflating.decompress(file, _HEADER_BYTES))
    if not len(start) <= size <= MAX_OBJECT_BYTES:
        raise ValueError(size)
    rest = inflating.decompress(inflating.unconsumed_tail, size - len(start) + 1)
    if len(start) + len(rest) != size or not inflating.eof or inflating.unused_data:
        raise ValueError(size)
    return kind, start + rest


def _header(begin: bytes) -> tuple[ObjectType, int, bytes]:
    """Return kind and size of an object, and what follows them in its first bytes."""
    header, end, start = begin.partition(b"\0")
    kind, _, size = header.partition(b" ")
    if not end or kind not in _KINDS or not size.isdigit() or int(size) > sys.maxsize:
        raise ValueError(header)
    return _KINDS[kind], int(size), start


def _with_alternates(directory: str) -> list[str]:
    """Return a directory of objects, and all that it borrows from, directly or not."""
    found = [directory]
    # More are found on the way.
    for lender in found:
        for named in _alternates(lender):
            if named not in found and os.path.isdir(named):
                found.append(named)
    return found


def _alternates(directory: str) -> Iterator[str]:
    lines = read_regular(f"{directory}/info/alternates", limit=_ALTERNATES_BYTES) or b""
    for line in lines.splitlines():
        if line and not line.startswith(b"#") and b"\0" not in line:
            yield os.path.realpath(os.path.join(directory, os.fsdecode(line)))
