"""Reading raw objects: what a clone holds, with replacements in place of what they replace."""

from __future__ import annotations

import threading
from typing import Final, Protocol

import pygit2
from pygit2.enums import ObjectType

from taskpar_ml.errors import RepositoryError

REPLACE_PREFIX: Final = b"refs/replace/"

MAX_OBJECT_BYTES: Final = 64 << 20
"""Largest object that is loaded: libgit2 loads objects whole, even to read their first line."""

_MAX_REPLACEMENTS: Final = 5
"""How many replacements are followed for one object, as in git."""

_UNREADABLE = (pygit2.GitError, ValueError, LookupError, OSError)


class ObjectDatabase(Protocol):
    """Where objects are read from."""

    def read(self, oid: pygit2.Oid, /) -> tuple[int, bytes]:
        """Return kind and content."""
        ...

    def read_header(self, oid: pygit2.Oid, /) -> tuple[int, int]:
        """Return kind and size."""
        ...


class ObjectReader:
    """Reads objects by id; what is missing or damaged is ``None``, never an error.

    Threads may share a reader; they take turns.

    ``git replace`` puts one object in the place of another. git follows such replacements and
    libgit2 does not, so they are followed here.

    Parameters
    ----------
    place
        How messages name the repository.
    database
        Where all but commits are read from; the repository's own by default.

    Attributes
    ----------
    replacements
        Replaced object to replacement.

    Raises
    ------
    RepositoryError
        If the database of objects or the list of refs is damaged.
    """

    def __init__(
        self, repository: pygit2.Repository, *, place: str, database: ObjectDatabase | None = None
    ) -> None:
        self._repository = repository
        # libgit2 holds a lock while it asks for a loose object, which lets other threads run: one
        # that came to that lock would hold up Python and never get it.
        self._turn = threading.Lock()
        try:
            self._database = database or repository.odb
            self.replacements = _replacements(repository)
        except _UNREADABLE as error:
            raise RepositoryError(
                place,
                f"its objects or refs cannot be listed ({error}).",
                "Look at what `git fsck` says there, or clone again.",
            ) from error

    def resolved(self, oid: pygit2.Oid) -> pygit2.Oid:
        """Return the id of the object that is read in place of ``oid``, mostly itself."""
        for _ in range(_MAX_REPLACEMENTS):
            if oid not in self.replacements:
                break
            oid = self.replacements[oid]
        return oid

    def tree(self, oid: pygit2.Oid) -> bytes | None:
        """Return the raw content of a tree."""
        return self._content(oid, ObjectType.TREE)

    def blob(self, oid: pygit2.Oid, *, limit: int | None = None) -> bytes | None:
        """Return the content of a file.

        ``None`` also above ``limit`` bytes, :data:`MAX_OBJECT_BYTES` by default.
        """
        return self._content(oid, ObjectType.BLOB, limit)

    def size(self, oid: pygit2.Oid) -> int | None:
        """Return the size of a file in bytes, without loading it."""
        try:
            with self._turn:
                kind, size = self._database.read_header(self.resolved(oid))
        except _UNREADABLE:
            return None
        return size if kind == ObjectType.BLOB else None

    def commit(self, oid: pygit2.Oid) -> pygit2.Commit | None:
        """Return a commit, its parents as the graft file and the shallow file have them."""
        try:
            with self._turn:
                found = self._repository.get(self.resolved(oid))
        except _UNREADABLE:
            return None
        return found if isinstance(found, pygit2.Commit) else None

    def _content(self, oid: pygit2.Oid, kind: ObjectType, limit: int | None = None) -> bytes | None:
        oid = self.resolved(oid)
        try:
            with self._turn:
                found_kind, size = self._database.read_header(oid)
                if found_kind != kind or size > (MAX_OBJECT_BYTES if limit is None else limit):
                    return None
                content = self._database.read(oid)[1]
        except _UNREADABLE:
            return None
        return content


def _replacements(repository: pygit2.Repository) -> dict[pygit2.Oid, pygit2.Oid]:
    found = {}
    for name in repository.raw_listall_references():
        if name.startswith(REPLACE_PREFIX):
            try:
                replaced = pygit2.Oid(hex=name[len(REPLACE_PREFIX) :].decode("ascii"))
                target = repository.lookup_reference(name.decode("ascii")).target
            except _UNREADABLE:
                # git, too, skips a ref that replaces nothing.
                continue
            if isinstance(target, pygit2.Oid):
                found[replaced] = target
    return found
