"""Which merge driver `.gitattributes` chooses, where there is no checkout to read it from."""

from __future__ import annotations

import contextlib
from enum import StrEnum
from typing import Final

import pygit2
from pygit2.enums import FileMode

from taskpar_ml.repo.listing import list_tree
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.scratch import missing_object

_NAME: Final = ".gitattributes"


class MergeDriver(StrEnum):
    """How the contents of a file are merged."""

    TEXT = "text"
    """Line by line."""
    UNION = "union"
    """Line by line, with both sides' lines where they conflict."""
    BINARY = "binary"
    """Not at all."""


def carry_attributes(
    scratch: pygit2.Repository, reader: ObjectReader, tree: bytes | None, *, place: str
) -> None:
    """Let merges in a scratch repository follow the `.gitattributes` of a tree.

    git follows those of the checkout that it merges into, so the tree is that of the line to land
    on.

    Raises
    ------
    MissingObjectError
        If one of them cannot be read.
    RepositoryError
        If the tree holds more files than can be listed.
    """
    if tree is None:
        return
    files = list_tree(reader, pygit2.Oid(raw=tree), place=place).files
    for path, identity in files.items():
        if identity is not None and path.rpartition("/")[2] == _NAME:
            oid = reader.resolved(pygit2.Oid(raw=identity))
            if reader.size(oid) is None:
                raise missing_object(str(oid), f"is missing or damaged ({path})", place=place)
            # libgit2 takes no path that could not be checked out.
            with contextlib.suppress(pygit2.GitError, ValueError):
                scratch.index.add(pygit2.IndexEntry(path, oid, FileMode.BLOB))


def merge_driver(scratch: pygit2.Repository, path: str) -> MergeDriver:
    """Return how `.gitattributes` wants a file to be merged.

    A driver that is not git's own is never run; such a file is merged as text, as in git where the
    driver is not configured. For a name that is not UTF-8 there is no attribute.
    """
    try:
        wanted = scratch.get_attr(path, "merge")
    except (pygit2.GitError, ValueError):
        wanted = None
    if wanted is False:
        return MergeDriver.BINARY
    return next((each for each in MergeDriver if each == wanted), MergeDriver.TEXT)
