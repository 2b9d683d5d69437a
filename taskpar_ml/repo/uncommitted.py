"""The tree of a checkout as it lies there, committed or not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import pygit2
from pygit2.enums import DeltaStatus, FileMode, ObjectType

from taskpar_ml.domain.pairs import shortened
from taskpar_ml.domain.taskset import Notice
from taskpar_ml.errors import RepositoryError
from taskpar_ml.repo.changes import tree_changes
from taskpar_ml.repo.checkouts import Checkout
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.scratch import missing_object
from taskpar_ml.repo.trees import Entry, read_level, write_tree
from taskpar_ml.repo.worktree import differences, is_sparse, read_with_mode

MAX_FILE_BYTES: Final = 64 << 20
"""Largest uncommitted file that is read."""

MAX_CHECKOUT_BYTES: Final = 1 << 30
"""Most bytes of uncommitted files that are read from one checkout: they are copied."""


@dataclass
class Uncommitted:
    """The tree of a checkout.

    Attributes
    ----------
    tree
        Id of the tree, in the scratch repository; ``None`` where there is nothing.
    paths
        Paths that differ from the checkout's commit.
    notices
        What could not be taken as it lies there.
    """

    tree: bytes | None
    paths: set[str]
    notices: list[Notice]


@dataclass
class _Taken:
    """What a checkout holds at the paths that differ, and what was said on the way."""

    entries: dict[str, Entry | None] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    filtered: list[str] = field(default_factory=list)
    unmerged: list[str] = field(default_factory=list)
    bytes_read: int = 0


def checkout_tree(
    checkout: Checkout,
    scratch: pygit2.Repository,
    reader: ObjectReader,
    commit_tree: bytes | None,
    *,
    place: str,
) -> Uncommitted:
    """Write the tree of a checkout: its commit with all that is staged, changed or untracked.

    Ignored files are left out, submodules keep the recorded commit, symbolic links are their
    targets and never followed. Line ends are those that git would commit. A file that is too
    large to be read counts as changed in a way that cannot be merged.

    Parameters
    ----------
    commit_tree
        The tree of its commit, ``None`` before the first one.
    place
        How messages name the checkout.

    Raises
    ------
    RepositoryError
        If the index or the checkout cannot be read.
    """
    taken = _Taken()
    read_level(reader, commit_tree, place=place)
    try:
        index = checkout.repository.index
        index.read(False)
        _take(checkout, scratch, index, taken)
    except pygit2.NotFoundError as error:
        why = f"is missing or damaged ({error})"
        raise missing_object("below its commit", why, place=place) from error
    except (pygit2.GitError, ValueError, OSError) as error:
        raise RepositoryError(
            place,
            f"what is not committed there cannot be listed ({error}).",
            "Name its branch instead, without --worktrees; a sparse or split index must first be "
            "undone (`git sparse-checkout reapply --no-sparse-index`, "
            "`git update-index --no-split-index`).",
        ) from error
    tree = commit_tree
    if taken.entries:
        tree = write_tree(scratch, reader, commit_tree, taken.entries, place=place)
    changed = tree_changes(reader, commit_tree, tree, place=place)
    return Uncommitted(tree, set(changed.files), list(_notices(taken, place)))


def _take(
    checkout: Checkout, scratch: pygit2.Repository, index: pygit2.Index, taken: _Taken
) -> None:
    """Collect what is staged, then what lies in the checkout."""
    tracked: dict[str, Entry] = {}
    for each in index:
        tracked[str(each.path)] = Entry(int(each.mode), each.id.raw)
    conflicts = index.conflicts or ()
    unmerged = {str(each.path) for entries in conflicts for each in entries if each}
    taken.unmerged += sorted(unmerged)
    for path in _staged(checkout, index):
        taken.entries[path] = tracked.get(path)
    sparse = is_sparse(checkout.repository)
    for path, status in differences(index):
        # Repositories inside the checkout are not part of it.
        if path.endswith("/") or path in unmerged:
            continue
        known = tracked.get(path)
        if known is not None and known.mode == FileMode.COMMIT:
            continue
        if status != DeltaStatus.DELETED:
            _take_file(checkout, scratch, path, known, taken)
        elif not sparse:
            taken.entries[path] = None
    for path in unmerged:
        if read_with_mode(checkout.root, path, limit=0) is None:
            taken.entries[path] = None
        else:
            _take_file(checkout, scratch, path, tracked.get(path), taken)


def _staged(checkout: Checkout, index: pygit2.Index) -> Iterator[str]:
    """Yield the paths at which the index differs from the commit of the checkout."""
    if checkout.head is None:
        yield from (str(each.path) for each in index)
        return
    tree = checkout.repository[checkout.head].peel(pygit2.Tree)
    for delta in index.diff_to_tree(tree, context_lines=0).deltas:
        yield os.fsdecode(delta.old_file.raw_path)
        yield os.fsdecode(delta.new_file.raw_path)


def _take_file(
    checkout: Checkout,
    scratch: pygit2.Repository,
    path: str,
    known: Entry | None,
    taken: _Taken,
) -> None:
    """Put a file as it lies in the checkout into the scratch repository."""
    left = MAX_CHECKOUT_BYTES - taken.bytes_read
    limit = max(0, min(MAX_FILE_BYTES, left))
    found = read_with_mode(checkout.root, path, limit=limit + 1)
    mode, content = found or (FileMode.BLOB, None)
    if content is None or len(content) > limit:
        taken.unread.append(path)
        # Binary, and like no other file.
        content = b"\0not read: %s/%s" % (os.fsencode(checkout.root), os.fsencode(path))
    else:
        taken.bytes_read += len(content)
        content = _as_committed(checkout.repository, path, mode, content, taken)
    blob = scratch.odb.write(ObjectType.BLOB, content)
    taken.entries[path] = Entry(_kept_mode(checkout.repository, mode, known), blob.raw)


def _as_committed(
    repository: pygit2.Repository, path: str, mode: FileMode, content: bytes, taken: _Taken
) -> bytes:
    """Return content with the line ends that git would commit; no program is ever run for it."""
    if mode == FileMode.LINK:
        return content
    try:
        if isinstance(repository.get_attr(path, "filter"), str):
            taken.filtered.append(path)
        # pygit2 ends what a filter returns at the first NUL byte.
        if b"\0" in content:
            is_text = repository.get_attr(path, "text") is True
            return content.replace(b"\r\n", b"\n") if is_text else content
        filters = repository.load_filter_list(path)
        return content if filters is None else filters.apply_to_buffer(content)
    except (pygit2.GitError, ValueError):
        return content


def _kept_mode(repository: pygit2.Repository, mode: FileMode, known: Entry | None) -> int:
    """Return the mode that git would commit where the file system cannot be trusted with it."""
    if mode == FileMode.LINK:
        return int(mode)
    if known is not None and known.mode == FileMode.LINK and not _holds(repository, "symlinks"):
        return known.mode
    if _holds(repository, "fileMode"):
        return int(mode)
    return known.mode if known is not None and known.is_regular else int(FileMode.BLOB)


def _holds(repository: pygit2.Repository, name: str) -> bool:
    """Whether the file system of the checkout keeps executable bits or links, as git found."""
    try:
        return bool(repository.config.get_bool(f"core.{name}"))
    except (KeyError, ValueError, pygit2.GitError):
        return True


def _notices(taken: _Taken, place: str) -> Iterator[Notice]:
    if taken.unread:
        yield Notice(
            place,
            "files too large or not allowed to be read count as changed and cannot be merged: "
            f"{shortened(sorted(taken.unread))}.",
        )
    if taken.filtered:
        yield Notice(
            place,
            "files with a filter that is not run, such as lfs, are taken as they lie there: "
            f"{shortened(sorted(taken.filtered))}.",
        )
    if taken.unmerged:
        yield Notice(
            place,
            f"a merge is under way; files with unresolved conflicts are taken as they lie there: "
            f"{shortened(taken.unmerged)}.",
        )
