"""A second object database over a repository, for merges that must leave no trace in it.

libgit2 writes what it merges: blobs, trees, virtual merge bases. Here they go to a temporary
directory that is removed afterwards.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, NoReturn

import pygit2
from pygit2.enums import ObjectType

from taskpar_ml.errors import MissingObjectError, OutputError, RepositoryError
from taskpar_ml.repo.gaps import FETCH_ALL
from taskpar_ml.repo.git import common_directory
from taskpar_ml.repo.objects import MAX_OBJECT_BYTES, REPLACE_PREFIX, ObjectReader

LINES_DIRECTORY: Final = ".taskpar-lines"
"""A directory of no repository: whatever attributes say, files in it are merged as text."""

_BEFORE_OWN_FILES: Final = 3
_BEHIND_OWN_FILES: Final = 0
"""Priorities above and below those of libgit2's own backends, 1 and 2."""

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


class ScratchRepository(pygit2.Repository):
    """A bare repository over the objects of another; see :func:`scratch_repository`.

    Attributes
    ----------
    objects
        Reads faster from here than through ``odb``.
    """

    def __init__(self, directory: str, file: BinaryIO, borrowed: BorrowedObjects) -> None:
        super().__init__(directory)
        self._held = HeldObjects(file)
        self.odb.add_backend(self._held, _BEFORE_OWN_FILES)
        self.odb.add_backend(borrowed, _BEHIND_OWN_FILES)
        self.objects = AllObjects(self._held, borrowed)

    def forget(self) -> None:
        """Drop what was written, so that a long series of merges takes no more room than one.

        No id of a merged content or tree may be used afterwards.
        """
        self._held.forget()


@contextmanager
def scratch_repository(repository: pygit2.Repository, *, place: str) -> Iterator[ScratchRepository]:
    """Lend a bare repository in which everything of another can be read, and anything written.

    Laws, each a test:

    - No file of the analysed repository changes: no object, ref, index or checked-out file, in
      content, name or time. The scratch directory is gone afterwards, after an error too.
    - Every object of the analysed repository can be read by its whole id, those it borrows
      included, up to :data:`~taskpar_ml.repo.objects.MAX_OBJECT_BYTES`. Nothing is fetched.
    - History ends and bends as there: the shallow and the graft file are taken over, and
      ``git replace`` too, for readers that follow it as
      :class:`~taskpar_ml.repo.objects.ObjectReader` does. libgit2's own walks and merges do not;
      hand them resolved ids.
    - No branch, tag, attribute or setting is taken over. Resolve revisions in the analysed
      repository; put `.gitattributes` that shall hold for merges into the scratch index.
    - What the analysed repository lacks ends the block in one MissingObjectError, whichever call
      of libgit2 stumbled over it.

    Parameters
    ----------
    place
        How messages name the analysed repository.

    Raises
    ------
    MissingObjectError
        If something in the block needed an object that is missing, damaged or too large.
    RepositoryError
        If the refs of the analysed repository cannot be listed.
    OutputError
        If the temporary directory cannot be written.

    Examples
    --------
    >>> with scratch_repository(repository, place=".") as scratch:  # doctest: +SKIP
    ...     index = scratch.merge_trees(base.tree_id, ours.tree_id, theirs.tree_id)
    """
    replacements = ObjectReader(repository, place=place).replacements
    with _temporary_directory() as directory, tempfile.TemporaryFile(dir=directory) as file:
        scratch, borrowed = _set_up(directory, file, repository, replacements, place)
        try:
            yield scratch
        except (pygit2.GitError, KeyError) as error:
            # libgit2 and pygit2 name the object that they could not find.
            if borrowed.missing is None or borrowed.missing[0] not in str(error):
                raise
            raise missing_object(*borrowed.missing, place=place) from error
        except SystemError as error:
            interrupt = _interrupt_behind(error)
            if interrupt is None:
                raise
            raise interrupt from None
        finally:
            scratch.free()


def missing_object(identity: str, why: str, *, place: str) -> MissingObjectError:
    """Return the error for one object that cannot be had."""
    return MissingObjectError(
        place,
        f"object {identity} {why}.",
        f"{FETCH_ALL} completes a partial clone, `git fetch --unshallow` a shallow one, and "
        "`git fsck` finds damage.",
    )


def _interrupt_behind(error: BaseException | None) -> BaseException | None:
    """Return what asked this process to end while libgit2 was asking it for an object.

    libgit2 does not know of it and goes on, so that Python finds an error beside an answer.
    """
    while isinstance(error, SystemError):
        error = error.__cause__
    return error if isinstance(error, KeyboardInterrupt | SystemExit) else None


@contextmanager
def _temporary_directory() -> Iterator[str]:
    try:
        directory = tempfile.TemporaryDirectory(prefix="taskpar-", ignore_cleanup_errors=True)
    except OSError as error:
        raise OutputError(
            "the temporary directory", f"{error.strerror}.", "Name another one in TMPDIR."
        ) from error
    with directory as name:
        yield name


def _set_up(
    directory: str,
    file: BinaryIO,
    repository: pygit2.Repository,
    replacements: dict[pygit2.Oid, pygit2.Oid],
    place: str,
) -> tuple[ScratchRepository, BorrowedObjects]:
    borrowed = BorrowedObjects(repository)
    try:
        pygit2.init_repository(directory, bare=True).free()
        _take_over(Path(directory), common_directory(repository), replacements)
        scratch = ScratchRepository(directory, file, borrowed)
    except OSError as error:
        raise OutputError(
            "the temporary directory", f"{error.strerror}.", "Name another one in TMPDIR."
        ) from error
    except pygit2.GitError as error:
        raise RepositoryError(
            place, f"nothing can be merged beside it ({error}).", "Look at `git fsck`."
        ) from error
    return scratch, borrowed


def _take_over(scratch: Path, common: Path, replacements: dict[pygit2.Oid, pygit2.Oid]) -> None:
    """Make history end and bend as in the repository whose common git directory is named."""
    (scratch / "info").mkdir(exist_ok=True)
    rule = f"/{LINES_DIRECTORY}/* merge\n"
    (scratch / "info" / "attributes").write_text(rule, encoding="ascii")
    for name in ("shallow", os.path.join("info", "grafts")):
        source = common / name
        if source.is_file():
            (scratch / name).write_bytes(source.read_bytes())
    if replacements:
        lines = sorted(
            f"{target} {REPLACE_PREFIX.decode()}{replaced}\n"
            for replaced, target in replacements.items()
        )
        (scratch / "packed-refs").write_text("".join(lines), encoding="ascii")
