"""Listing every file below a tree, without a Python object per entry of git."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

import pygit2

from taskpar_ml.errors import RepositoryError
from taskpar_ml.repo.objects import ObjectReader

MAX_ENTRIES: Final = 2_000_000
"""Most files and directories listed. A tree of a few kilobytes can unfold to billions."""

MAX_PATH_LENGTH: Final = 4096
"""Longest path that is listed; no common system can check out a longer one."""

# Mode, name and 20 bytes of id: the whole format of a tree.
_ENTRY: Final = re.compile(rb"([0-7]{5,6}) ([^\0]+)\0(.{20})", re.DOTALL)
_SEPARATORS: Final = len(b" ") + len(b"\0")
DIRECTORY_MODES: Final = frozenset((b"40000", b"040000"))
_SUBMODULE: Final = b"160000"


@dataclass
class TreeListing:
    """What lies below a tree.

    Attributes
    ----------
    files
        Path to raw object id; ``None`` for a submodule.
    submodules
        Paths of the submodules.
    unread
        How many directories could not be read.
    unusable
        How many entries no checkout could hold, because of their name or length.
    """

    files: dict[str, bytes | None] = field(default_factory=dict)
    submodules: set[str] = field(default_factory=set)
    unread: int = 0
    unusable: int = 0


def list_tree(reader: ObjectReader, root: pygit2.Oid, *, place: str) -> TreeListing:
    """Return every file below a tree.

    Raises
    ------
    RepositoryError
        If the tree unfolds to more than :data:`MAX_ENTRIES` files and directories.
    """
    listing = TreeListing()
    files = listing.files
    seen = 0
    waiting = [("", root.raw)]
    while waiting:
        prefix, identity = waiting.pop()
        raw = reader.tree(pygit2.Oid(raw=identity))
        entries = None if raw is None else tree_entries(raw)
        if entries is None:
            listing.unread += 1
            continue
        seen += len(entries)
        if seen > MAX_ENTRIES:
            raise RepositoryError(
                place,
                f"the commit holds more than {MAX_ENTRIES:,} files and directories.",
                "Name a smaller repository, or a commit that holds fewer.",
            )
        for mode, name, child in entries:
            path = prefix + name.decode("utf-8", "surrogateescape")
            if not is_usable(name, path):
                listing.unusable += 1
            elif mode in DIRECTORY_MODES:
                waiting.append((f"{path}/", child))
            elif mode == _SUBMODULE:
                listing.submodules.add(path)
                files[path] = None
            else:
                files[path] = child
    return listing


def tree_entries(raw: bytes) -> list[tuple[bytes, bytes, bytes]] | None:
    """Return mode, name and raw id of every entry of a tree, ``None`` if it is damaged."""
    entries = _ENTRY.findall(raw)
    read = sum(map(len, chain.from_iterable(entries))) + len(entries) * _SEPARATORS
    return entries if read == len(raw) else None


def is_usable(name: bytes, path: str) -> bool:
    """Whether a checkout can hold an entry of this name at this path."""
    return len(path) <= MAX_PATH_LENGTH and b"/" not in name and name not in (b".", b"..")
