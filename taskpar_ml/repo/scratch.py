"""A second object database over a repository, for merges that must leave no trace in it.

libgit2 writes what it merges: blobs, trees, virtual merge bases. Here they go to a temporary
directory that is removed afterwards.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import pygit2

from taskpar_ml.errors import MissingObjectError, OutputError, RepositoryError
from taskpar_ml.repo.gaps import FETCH_ALL
from taskpar_ml.repo.git import common_directory
from taskpar_ml.repo.git_files import GRAFTS, SHALLOW, read_bending
from taskpar_ml.repo.objects import REPLACE_PREFIX, ObjectReader
from taskpar_ml.repo.scratch_objects import AllObjects, BorrowedObjects, HeldObjects

LINES_DIRECTORY: Final = ".taskpar-lines"
"""A directory of no repository: whatever attributes say, files in it are merged as text."""

_BEFORE_OWN_FILES: Final = 3
_BEHIND_OWN_FILES: Final = 0
"""Priorities above and below those of libgit2's own backends, 1 and 2."""


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
def scratch_repository(
    repository: pygit2.Repository, *, place: str, within: str | None = None
) -> Iterator[ScratchRepository]:
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
    within
        Directory in which the scratch directory is made; by default that for temporary files.

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
    with (
        temporary_directory(within=within) as directory,
        tempfile.TemporaryFile(dir=directory) as file,
    ):
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
def temporary_directory(*, within: str | None = None) -> Iterator[str]:
    """Lend a new directory that is gone afterwards.

    Parameters
    ----------
    within
        Where it is made; by default where temporary files go.

    Raises
    ------
    OutputError
        If it cannot be made.
    """
    try:
        directory = tempfile.TemporaryDirectory(
            prefix="taskpar-", dir=within, ignore_cleanup_errors=True
        )
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
        _take_over(Path(directory), common_directory(repository), replacements, place=place)
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


def _take_over(
    scratch: Path, common: Path, replacements: dict[pygit2.Oid, pygit2.Oid], *, place: str
) -> None:
    """Make history end and bend as in the repository whose common git directory is named."""
    (scratch / "info").mkdir(exist_ok=True)
    rule = f"/{LINES_DIRECTORY}/* merge\n"
    (scratch / "info" / "attributes").write_text(rule, encoding="ascii")
    for name in (SHALLOW, GRAFTS):
        content = read_bending(common, name, place=place)
        if content is not None:
            (scratch / name).write_bytes(content)
    if replacements:
        lines = sorted(
            f"{target} {REPLACE_PREFIX.decode()}{replaced}\n"
            for replaced, target in replacements.items()
        )
        (scratch / "packed-refs").write_text("".join(lines), encoding="ascii")
