"""Which files differ between two trees, read through replacements and within bounds.

libgit2 would compare trees faster, but without following ``git replace``, and without an end: a
tree of a few kilobytes can unfold to billions of files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import pygit2

from taskpar_ml.repo.listing import DIRECTORY_MODES, is_usable, tree_entries
from taskpar_ml.repo.objects import ObjectReader

MAX_CHANGED_FILES: Final = 4_000
"""How many changed files of one commit are looked at; the rest of a mass change is not seen."""

MAX_TREES: Final = 20_000
"""How many directories of one commit are compared."""


class Entry(NamedTuple):
    """What a path names in a tree: its mode and raw object id."""

    mode: bytes
    identity: bytes


@dataclass
class TreeChanges:
    """Files that differ between two trees, submodules among them.

    Attributes
    ----------
    added, deleted
        Path to what it names now, or named before.
    modified
        Paths that name something else than before.
    bounded
        Whether there is more, beyond the bounds of this module.
    unread
        Whether something could not be read, so that the answer is incomplete.
    """

    added: dict[str, Entry] = field(default_factory=dict)
    deleted: dict[str, Entry] = field(default_factory=dict)
    modified: list[str] = field(default_factory=list)
    bounded: bool = False
    unread: bool = False

    def __len__(self) -> int:
        return len(self.added) + len(self.deleted) + len(self.modified)


def compare_trees(
    reader: ObjectReader, before: pygit2.Oid | None, after: pygit2.Oid
) -> TreeChanges:
    """Return the files that differ; ``None`` stands for the empty tree."""
    changes = TreeChanges()
    waiting: list[tuple[str, bytes | None, bytes | None]] = [
        ("", before.raw if before else None, after.raw)
    ]
    compared = 0
    while waiting:
        if compared >= MAX_TREES or len(changes) > MAX_CHANGED_FILES:
            changes.bounded = True
            break
        prefix, old, new = waiting.pop()
        compared += 1
        for path, was, now in _differences(reader, prefix, old, new, changes):
            was_tree = was is not None and was.mode in DIRECTORY_MODES
            now_tree = now is not None and now.mode in DIRECTORY_MODES
            if was_tree or now_tree:
                below = (
                    was.identity if was is not None and was_tree else None,
                    now.identity if now is not None and now_tree else None,
                )
                if below[0] != below[1]:
                    waiting.append((f"{path}/", *below))
            _note(changes, path, None if was_tree else was, None if now_tree else now)
    return changes


def _note(changes: TreeChanges, path: str, was: Entry | None, now: Entry | None) -> None:
    if was is None and now is not None:
        changes.added[path] = now
    elif was is not None and now is None:
        changes.deleted[path] = was
    elif was != now:
        changes.modified.append(path)


def _differences(
    reader: ObjectReader,
    prefix: str,
    old: bytes | None,
    new: bytes | None,
    changes: TreeChanges,
) -> Iterator[tuple[str, Entry | None, Entry | None]]:
    """Yield the entries of one directory that differ, with what they were and are."""
    before, after = _entries(reader, old), _entries(reader, new)
    if before is None or after is None:
        changes.unread = True
        return
    changed = set(before) ^ set(after)
    was = {
        name: Entry(mode, child) for mode, name, child in before if (mode, name, child) in changed
    }
    now = {
        name: Entry(mode, child) for mode, name, child in after if (mode, name, child) in changed
    }
    for name in sorted(was.keys() | now.keys()):
        path = prefix + name.decode("utf-8", "surrogateescape")
        if is_usable(name, path):
            yield path, was.get(name), now.get(name)


def _entries(
    reader: ObjectReader, identity: bytes | None
) -> list[tuple[bytes, bytes, bytes]] | None:
    """Return the entries of a tree, none of the empty tree, ``None`` of one that is missing."""
    if identity is None:
        return []
    raw = reader.tree(pygit2.Oid(raw=identity))
    return None if raw is None else tree_entries(raw)
