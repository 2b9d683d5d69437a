"""Opening a repository and finding a commit in it, by pygit2 alone.

Nothing here runs the git executable, fetches, writes, or looks into the working tree.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Final

import pygit2
from pygit2.enums import ObjectType

from taskpar_ml.domain.pairs import shortened
from taskpar_ml.errors import (
    EmptyRepositoryError,
    MissingObjectError,
    NotARepositoryError,
    RepositoryError,
    UnknownRevisionError,
)
from taskpar_ml.repo.git_files import read_regular
from taskpar_ml.repo.loose import object_database

HARMLESS_EXTENSIONS: Final = ("partialclone", "compatobjectformat")
"""Repository extensions that libgit2 refuses by default though reading is not touched by them.

The first says where missing objects may be fetched, the second that a table of second names for
objects is kept. ``refstorage`` is not among them: its refs would be read as absent.
"""

MAX_REVISION_LENGTH: Final = 1024
"""Longest revision that is looked up; git refuses longer names of branches."""

_MOST_CACHED: Final = 8 << 20
_PACK_WINDOW: Final = 8 << 20
_MOST_MAPPED: Final = 64 << 20
"""Bytes of parsed objects, of a piece of a pack, and of all packs, that libgit2 holds at once."""

_LONGEST_POINTER: Final = 4096
"""Longest path that a file of git may hold in place of a directory."""

# What libgit2 raises through pygit2 for a name that leads nowhere, and for damaged files.
_REFUSALS: Final = (pygit2.GitError, ValueError, LookupError, OSError)
_CUT_HISTORY: Final = (
    "The clone is shallow, so its history was cut: `git fetch --unshallow` brings the rest."
)


@cache
def _set_up_libgit2() -> None:
    """Tell libgit2, once in this process, what it may ignore and how much it may hold.

    By itself it keeps 256 MiB of parsed objects and maps packs whole.
    """
    settings = pygit2.settings
    settings.set_extensions(sorted({*settings.extensions, *HARMLESS_EXTENSIONS}))
    settings.cache_max_size(_MOST_CACHED)
    settings.mwindow_size = _PACK_WINDOW
    settings.mwindow_mapped_limit = _MOST_MAPPED


def open_repository(path: str | Path) -> pygit2.Repository:
    """Open the git repository at a path, or the one that a subdirectory belongs to, to read it.

    Damaged objects are missing in it, and none can be written. It belongs to one thread at a time;
    only an :class:`~taskpar_ml.repo.objects.ObjectReader` may be shared.

    Parameters
    ----------
    path
        A checkout or any directory inside it, a linked worktree, a bare repository or a git
        directory. Shallow and partial clones open like any other.

    Raises
    ------
    NotARepositoryError
        If there is none, or one that cannot be read: another user's, or of a format that
        libgit2 does not know.
    """
    _set_up_libgit2()
    place = os.fspath(path)
    if not place or "\0" in place or not os.path.exists(place):
        raise NotARepositoryError(
            place.replace("\0", "\\0"),
            "there is nothing at this path.",
            "Name the directory of a git repository.",
        )
    # A file is accepted by libgit2 and would stand for the repository around it.
    if not os.path.isdir(place) and os.path.basename(place) != ".git":
        raise NotARepositoryError(
            place, "the path is a file.", "Name the directory of a git repository."
        )
    try:
        repository = pygit2.Repository(place)
        repository.set_odb(object_database(common_directory(repository) / "objects"))
        return repository
    except _REFUSALS as error:
        raise NotARepositoryError(place, *_why_not_opened(place, str(error))) from error


def _why_not_opened(place: str, message: str) -> tuple[str, str]:
    """Return the problem and the cure behind a message of libgit2."""
    message = message.removeprefix(f"{place}: ")
    if "not owned by current user" in message:
        return (
            "the repository belongs to another user.",
            f"Run `git config --global --add safe.directory {os.path.abspath(place)}` if you "
            "trust it.",
        )
    if "unknown object format" in message:
        return (
            f"{message}; only SHA-1 repositories can be read.",
            "Convert it: `git fast-export --all | git -C NEW fast-import` into a new repository.",
        )
    if "unsupported extension" in message or "unsupported repository version" in message:
        return (
            f"{message}.",
            "Clone it into the ordinary format with `git clone`, and name the clone.",
        )
    if "not found" in message:
        return ("there is no git repository here.", "Name one, or run `git init`.")
    return (f"it cannot be opened ({message}).", "Look at what `git status` says there.")


def resolve_commit(
    repository: pygit2.Repository, revision: str, *, place: str | None = None
) -> pygit2.Commit:
    """Return the commit that a revision names.

    Parameters
    ----------
    revision
        What ``git rev-parse`` understands: a branch, a tag, an id or its beginning, ``HEAD~3``.
        Annotated tags are followed to their commit.
    place
        How messages name the repository; its path by default.

    Raises
    ------
    EmptyRepositoryError
        If the repository has no commit yet.
    UnknownRevisionError
        If the revision names nothing, several things, or something that is no commit.
    MissingObjectError
        If it names a commit that the clone lacks, or that cannot be read.
    """
    where = repository.path if place is None else place
    try:
        found = _look_up(repository, revision, where)
        commit = found.peel(pygit2.Commit)
    except RepositoryError:
        raise
    except _REFUSALS as error:
        raise _unresolved(repository, revision, where, error) from error
    return commit


def head_commit(repository: pygit2.Repository) -> pygit2.Oid | None:
    """Return the id that ``HEAD`` names, ``None`` where it names none yet."""
    try:
        target = repository.head.target
    except _REFUSALS:
        return None
    return target if isinstance(target, pygit2.Oid) else None


def common_directory(repository: pygit2.Repository) -> Path:
    """Return the git directory that all worktrees of a repository share, links followed."""
    own = Path(repository.path)
    pointer = read_regular(own / "commondir", limit=_LONGEST_POINTER)
    named = "" if pointer is None else os.fsdecode(pointer.strip())
    try:
        return Path(os.path.realpath(own / named))
    except (OSError, ValueError):
        return Path(os.path.realpath(own))


def _look_up(repository: pygit2.Repository, revision: str, where: str) -> pygit2.Object:
    """Return the object that a revision names, refusing what libgit2 would misread."""
    if not revision or len(revision) > MAX_REVISION_LENGTH or not revision.isprintable():
        raise UnknownRevisionError(
            where,
            f"{_quoted(revision)} is no revision: it must be 1 to {MAX_REVISION_LENGTH} "
            "printable characters.",
            "Name a branch, a tag or a commit.",
        )
    return repository.revparse_single(revision)


def _unresolved(
    repository: pygit2.Repository, revision: str, where: str, error: Exception
) -> RepositoryError:
    """Return the error that says why a revision could not be turned into a commit."""
    name = _quoted(revision)
    if _has_no_commit(repository):
        return EmptyRepositoryError(
            where, "the repository has no commit yet.", "Commit something, then run again."
        )
    hint = f" {_CUT_HISTORY}" if repository.is_shallow else ""
    if isinstance(error, pygit2.AmbiguousError):
        return UnknownRevisionError(
            where,
            f"revision {name} is ambiguous: several objects begin so, or it is too short.",
            "Write more digits of the id.",
        )
    if repository.head_is_unborn and revision.startswith(("HEAD", "@")):
        return UnknownRevisionError(
            where,
            f"revision {name}: HEAD names a branch that has no commit.",
            f"Name another branch. Known: {_known_branches(repository)}.",
        )
    kind = _kind_found(repository, revision)
    if kind is not None:
        return UnknownRevisionError(
            where, f"revision {name} is a {kind}, no commit.", "Name a branch, a tag or a commit."
        )
    if _names_a_ref(repository, revision):
        return MissingObjectError(
            where,
            f"the commit that revision {name} names is missing or damaged.",
            f"Check the clone with `git fsck`, or fetch it again.{hint}",
        )
    return UnknownRevisionError(
        where,
        f"revision {name} does not exist.",
        f"Known branches: {_known_branches(repository)}.{hint}",
    )


def _has_no_commit(repository: pygit2.Repository) -> bool:
    try:
        return repository.head_is_unborn and not repository.raw_listall_references()
    except _REFUSALS:
        return False


def _kind_found(repository: pygit2.Repository, revision: str) -> str | None:
    """Return what kind of object a revision names where it is something else than a commit."""
    try:
        found = repository.revparse_single(revision)
        kind = found.peel(None).type if found.type == ObjectType.TAG else found.type
    except _REFUSALS:
        return None
    return {ObjectType.BLOB: "file", ObjectType.TREE: "tree"}.get(ObjectType(kind))


def _names_a_ref(repository: pygit2.Repository, revision: str) -> bool:
    """Whether a branch, a tag or HEAD bears the name, whatever has become of its target."""
    try:
        repository.lookup_reference_dwim(revision)
    except _REFUSALS:
        return False
    return True


def _known_branches(repository: pygit2.Repository) -> str:
    try:
        names = [name.decode("utf-8", "replace") for name in repository.raw_listall_branches()]
    except _REFUSALS:
        return "none that can be read (see `git fsck`)"
    return shortened(sorted(names))


def _quoted(revision: str) -> str:
    """Return a revision as one short, printable word."""
    return repr(revision if len(revision) <= 80 else f"{revision[:77]}...")
