"""Where a scratch repository keeps what is written, and whence it has what it only reads."""

from __future__ import annotations

import os
from typing import BinaryIO, Final, NoReturn

import pygit2
from pygit2.enums import ObjectType

from taskpar_ml.repo.objects import MAX_OBJECT_BYTES

MAX_HELD_BYTES: Final = 64 << 20
"""Most bytes of new objects held in memory; what does not fit is written to a file."""

MAX_REMEMBERED_BYTES: Final = 32 << 20
"""Most bytes of borrowed objects that are remembered, since a merge asks for each several times."""

_UNREADABLE: Final = (pygit2.GitError, ValueError, LookupError, OSError)


class HeldObjects(pygit2.OdbBackend):
    """New objects in memory, so that thousands of small merges need not wait for the disk.

    What does not fit goes to a file.
    """

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self._held: dict[pygit2.Oid, tuple[ObjectType, bytes]] = {}
        self._bytes = 0
        self._filed: dict[pygit2.Oid, tuple[ObjectType, int, int]] = {}

    def forget(self) -> None:
        """Drop everything."""
        self._held.clear()
        self._bytes = 0
        if self._filed:
            self._filed.clear()
            self._file.seek(0)
            self._file.truncate()

    def write_cb(self, oid: pygit2.Oid, data: bytes | None, kind: int) -> None:
        """Take an object. Of an empty one libgit2 hands over nothing at all."""
        data = data or b""
        if self.exists_cb(oid):
            return
        if self._bytes + len(data) <= MAX_HELD_BYTES:
            self._held[oid] = (ObjectType(kind), data)
            self._bytes += len(data)
        else:
            start = self._file.seek(0, os.SEEK_END)
            self._file.write(data)
            self._filed[oid] = (ObjectType(kind), start, len(data))

    def read_cb(self, oid: pygit2.Oid) -> tuple[ObjectType, bytes]:
        """Return kind and content."""
        if oid in self._held:
            return self._held[oid]
        kind, start, length = self._filed[oid]
        self._file.seek(start)
        return kind, self._file.read(length)

    def read_header_cb(self, oid: pygit2.Oid) -> tuple[ObjectType, int]:
        """Return kind and size."""
        if oid in self._held:
            kind, data = self._held[oid]
            return kind, len(data)
        kind, _, length = self._filed[oid]
        return kind, length

    def read_prefix_cb(self, digits: str) -> tuple[ObjectType, bytes, pygit2.Oid]:
        """Return an object by its whole id."""
        oid = pygit2.Oid(hex=digits)
        return (*self.read_cb(oid), oid)

    def exists_cb(self, oid: pygit2.Oid) -> bool:
        """Whether it is held."""
        return oid in self._held or oid in self._filed

    def exists_prefix_cb(self, digits: str) -> pygit2.Oid:
        """Refuse: ids are never abbreviated in a scratch repository."""
        raise KeyError(digits)

    def refresh_cb(self) -> None:
        """Do nothing: nobody else writes here."""


class BorrowedObjects(pygit2.OdbBackend):
    """The objects of another repository, to be read and never touched.

    An alternate would be simpler, but libgit2 renews the times of an alternate's files whenever
    something is written that they already hold. Of this backend it asks only whether it does.

    Attributes
    ----------
    missing
        The last object that was asked for in vain, and why; None so far.
    """

    def __init__(self, repository: pygit2.Repository) -> None:
        super().__init__()
        self._database = repository.odb
        self._remembered: dict[pygit2.Oid, tuple[ObjectType, bytes]] = {}
        self._bytes = 0
        self.missing: tuple[str, str] | None = None

    def read_cb(self, oid: pygit2.Oid) -> tuple[ObjectType, bytes]:
        """Return kind and content of an object that is not too large to be loaded."""
        known = self._remembered.get(oid)
        if known is not None:
            return known
        if self.read_header_cb(oid)[1] > MAX_OBJECT_BYTES:
            self._refuse(oid, f"is larger than {MAX_OBJECT_BYTES >> 20} MiB")
        try:
            found = self._database.read(oid)
        except _UNREADABLE:
            self._refuse(oid, "is missing or damaged")
        self._remember(oid, found)
        return found

    def read_header_cb(self, oid: pygit2.Oid) -> tuple[ObjectType, int]:
        """Return kind and size of an object."""
        known = self._remembered.get(oid)
        if known is not None:
            return known[0], len(known[1])
        try:
            return self._database.read_header(oid)
        except _UNREADABLE:
            self._refuse(oid, "is missing or damaged")

    def read_prefix_cb(self, digits: str) -> tuple[ObjectType, bytes, pygit2.Oid]:
        """Return an object by its whole id: this, too, is how libgit2 asks for it."""
        oid = pygit2.Oid(hex=digits)
        return (*self.read_cb(oid), oid)

    def exists_cb(self, oid: pygit2.Oid) -> bool:
        """Whether the other repository holds an object."""
        try:
            return oid in self._database
        except _UNREADABLE:
            return False

    def exists_prefix_cb(self, digits: str) -> pygit2.Oid:
        """Refuse: ids are never abbreviated in a scratch repository."""
        raise KeyError(digits)

    def write_cb(self, oid: pygit2.Oid, data: bytes, kind: int) -> None:
        """Refuse: what is written goes to the scratch repository's own backend."""
        raise KeyError(str(oid))

    def refresh_cb(self) -> None:
        """Do nothing: the other repository looks for new packs itself."""

    def _remember(self, oid: pygit2.Oid, found: tuple[ObjectType, bytes]) -> None:
        size = len(found[1])
        if self._bytes + size > MAX_REMEMBERED_BYTES:
            self._remembered.clear()
            self._bytes = 0
        if size <= MAX_REMEMBERED_BYTES:
            self._remembered[oid] = found
            self._bytes += size

    def _refuse(self, oid: pygit2.Oid, why: str) -> NoReturn:
        self.missing = (str(oid), why)
        raise KeyError(str(oid))


class AllObjects:
    """What a scratch repository holds and what it borrows, without a detour through libgit2."""

    def __init__(self, held: HeldObjects, borrowed: BorrowedObjects) -> None:
        self._held = held
        self._borrowed = borrowed

    def read(self, oid: pygit2.Oid) -> tuple[int, bytes]:
        """Return kind and content."""
        return self._holder(oid).read_cb(oid)

    def read_header(self, oid: pygit2.Oid) -> tuple[int, int]:
        """Return kind and size."""
        return self._holder(oid).read_header_cb(oid)

    def _holder(self, oid: pygit2.Oid) -> HeldObjects | BorrowedObjects:
        return self._held if self._held.exists_cb(oid) else self._borrowed
