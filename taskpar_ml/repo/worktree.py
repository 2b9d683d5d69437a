"""The files of a checkout as they lie there: tracked, and untracked but not ignored."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pygit2
from pygit2.enums import DeltaStatus, DiffOption, FileMode

from taskpar_ml.errors import RepositoryError
from taskpar_ml.repo.listing import TreeListing

# Neither the index is refreshed (no UPDATE_INDEX) nor is a submodule opened.
_OPTIONS: Final = (
    DiffOption.INCLUDE_UNTRACKED
    | DiffOption.RECURSE_UNTRACKED_DIRS
    | DiffOption.INCLUDE_TYPECHANGE
    | DiffOption.IGNORE_SUBMODULES
    | DiffOption.SKIP_BINARY_CHECK
)
_DIRECTORY: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A named pipe would block for ever without O_NONBLOCK.
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def checkout_root(repository: pygit2.Repository, *, place: str) -> str:
    """Return the directory that files are checked out in.

    Raises
    ------
    RepositoryError
        If the repository is bare, so that there is none.
    """
    if repository.workdir is None:
        raise RepositoryError(
            place, "the repository is bare and has no working tree.", "Name a commit instead."
        )
    return str(repository.workdir)


def is_sparse(repository: pygit2.Repository) -> bool:
    """Whether the checkout leaves tracked files out on purpose."""
    try:
        return bool(repository.config.get_bool("core.sparseCheckout"))
    except (KeyError, ValueError, pygit2.GitError):
        return False


def list_checkout(repository: pygit2.Repository, *, place: str) -> TreeListing:
    """Return what a person sees in a checkout: neither deleted nor ignored files.

    A file that is as the index has it comes with the id of its content, any other with ``None``.
    A sparse checkout keeps the files that it leaves out, and the deleted ones with them: libgit2
    does not tell the two apart.

    Raises
    ------
    RepositoryError
        If the index cannot be read.
    """
    listing = TreeListing()
    try:
        # The index of the repository object may be older than the file.
        index = repository.index
        index.read(False)
        for entry in index:
            module = entry.mode == FileMode.COMMIT
            listing.files[entry.path] = None if module else entry.id.raw
            if module:
                listing.submodules.add(entry.path)
        changes = list(differences(index))
    except (pygit2.GitError, ValueError, OSError) as error:
        raise RepositoryError(
            place,
            f"the working tree cannot be listed ({error}).",
            "Name a commit instead; a sparse or split index must first be undone "
            "(`git sparse-checkout reapply --no-sparse-index`, "
            "`git update-index --no-split-index`).",
        ) from error
    sparse = is_sparse(repository)
    for path, status in changes:
        # A repository inside the checkout that nothing tracks comes as a directory.
        name = path.removesuffix("/")
        if status == DeltaStatus.DELETED and not sparse:
            if name not in listing.submodules:
                listing.files.pop(name, None)
        elif status == DeltaStatus.UNTRACKED or name in listing.files:
            listing.files[name] = None
        if status == DeltaStatus.UNTRACKED and name != path:
            listing.submodules.add(name)
    return listing


def differences(index: pygit2.Index) -> Iterator[tuple[str, DeltaStatus]]:
    """Yield the paths at which a checkout differs from its index, and how.

    A repository inside the checkout that nothing tracks comes with a slash at its end.
    """
    for delta in index.diff_to_workdir(_OPTIONS, context_lines=0).deltas:
        gone = delta.status == DeltaStatus.DELETED
        side = delta.old_file if gone else delta.new_file
        yield os.fsdecode(side.raw_path), delta.status


def read_checked_out(root: str, path: str, *, limit: int) -> bytes | None:
    """Return the first bytes of a file of a checkout, ``None`` where there is no such file.

    A symbolic link reads as the path it holds, as at a commit; none is ever followed, not even
    one in the place of a directory.
    """
    found = read_with_mode(root, path, limit=limit)
    return None if found is None else found[1]


def read_with_mode(root: str, path: str, *, limit: int) -> tuple[FileMode, bytes] | None:
    """Return what kind of file lies in a checkout, and its first bytes.

    A path that leads out of the checkout, as a damaged index may hold, is no file.
    """
    parts = Path(path).parts
    if not parts or ".." in parts or path.startswith("/"):
        return None
    opened: list[int] = []
    try:
        opened.append(os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
        for part in parts[:-1]:
            opened.append(os.open(part, _DIRECTORY, dir_fd=opened[-1]))
        kind = os.lstat(parts[-1], dir_fd=opened[-1]).st_mode
        if stat.S_ISLNK(kind):
            target = os.fsencode(os.readlink(parts[-1], dir_fd=opened[-1]))
            return FileMode.LINK, target[:limit]
        opened.append(os.open(parts[-1], _FILE, dir_fd=opened[-1]))
        mode = os.fstat(opened[-1]).st_mode
        if not stat.S_ISREG(mode):
            return None
        with os.fdopen(os.dup(opened[-1]), "rb") as file:
            content = file.read(limit)
        return FileMode.BLOB_EXECUTABLE if mode & stat.S_IXUSR else FileMode.BLOB, content
    except (OSError, ValueError):
        return None
    finally:
        for descriptor in opened:
            os.close(descriptor)
