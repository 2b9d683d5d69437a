"""Which of the added files were deleted elsewhere: renames, as git recognises them.

Source: git's diffcore-rename. Identical files first; then files whose lines are the same for half
of the larger file at least, most alike first. Copies are not looked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

import pygit2

from taskpar_ml.history.tree_changes import Entry, TreeChanges
from taskpar_ml.repo.objects import ObjectReader

MAX_COMPARED: Final = 2_500
"""How many pairs of files of one commit have their contents compared: 50 times 50."""

MAX_COMPARED_BYTES: Final = 1 << 19
"""Largest file whose content is compared; larger ones are renamed only unchanged."""

_ALIKE: Final = 0.5
"""Share of the larger file that two files must have in common, as in git."""

_SUBMODULE: Final = b"160000"
_EMPTY: Final = pygit2.Oid(hex="e69de29bb2d1d6434b8b29ae775ad8c2e48c5391").raw

Lines = tuple[int, Counter[bytes]]
"""Size of a file in bytes, and how often each line occurs."""


def find_renames(reader: ObjectReader, changes: TreeChanges) -> dict[str, str]:
    """Return new path to old path of every rename; each old path is used once."""
    found = dict(_identical(changes))
    used = set(found.values())
    added = {path: entry for path, entry in changes.added.items() if path not in found}
    deleted = {path: entry for path, entry in changes.deleted.items() if path not in used}
    pairs = list(_comparable(added, deleted))
    if 0 < len(pairs) <= MAX_COMPARED:
        found.update(_alike(reader, pairs, added, deleted))
    return found


def _identical(changes: TreeChanges) -> Iterator[tuple[str, str]]:
    """Yield new and old path of files moved unchanged; of several, those of one name first."""
    new = {path: _kind(entry) for path, entry in changes.added.items()}
    # All empty files are the same; that says nothing.
    old = {
        path: _kind(entry) for path, entry in changes.deleted.items() if entry.identity != _EMPTY
    }
    for named in (True, False):
        sources: dict[tuple[Entry, str], list[str]] = {}
        for path in sorted(old, reverse=True):
            sources.setdefault((old[path], _name(path) if named else ""), []).append(path)
        for path in sorted(new):
            candidates = sources.get((new[path], _name(path) if named else ""))
            if candidates:
                del old[candidates[-1]], new[path]
                yield path, candidates.pop()


def _comparable(added: dict[str, Entry], deleted: dict[str, Entry]) -> Iterator[tuple[str, str]]:
    """Yield new and old path of files whose contents may tell; all of them if they are few.

    Where they are many, only files that keep their name are compared.
    """
    few = len(added) * len(deleted) <= MAX_COMPARED
    by_name: dict[str, list[str]] = {}
    for path in sorted(deleted):
        by_name.setdefault("" if few else _name(path), []).append(path)
    for new in sorted(added):
        for old in by_name.get("" if few else _name(new), ()):
            # A link or a submodule is not renamed into a file.
            if added[new].mode[:2] == deleted[old].mode[:2] and added[new].mode != _SUBMODULE:
                yield new, old


def _alike(
    reader: ObjectReader,
    pairs: list[tuple[str, str]],
    added: dict[str, Entry],
    deleted: dict[str, Entry],
) -> Iterator[tuple[str, str]]:
    """Yield the pairs whose contents are alike, most alike first, each path once."""
    new = _contents(reader, {path: added[path] for path, _ in pairs})
    old = _contents(reader, {path: deleted[path] for _, path in pairs})
    scored = [
        (-likeness, _name(to) != _name(source), to, source)
        for to, source in pairs
        if to in new and source in old and (likeness := _likeness(new[to], old[source])) >= _ALIKE
    ]
    used: set[str] = set()
    taken: set[str] = set()
    for _, _, to, source in sorted(scored):
        if to not in taken and source not in used:
            taken.add(to)
            used.add(source)
            yield to, source


def _contents(reader: ObjectReader, entries: dict[str, Entry]) -> dict[str, Lines]:
    found = {}
    for path, entry in entries.items():
        content = reader.blob(pygit2.Oid(raw=entry.identity), limit=MAX_COMPARED_BYTES)
        if content:
            found[path] = (len(content), Counter(content.splitlines(keepends=True)))
    return found


def _likeness(one: Lines, other: Lines) -> float:
    """Return the share of the larger file that the two have in common, in whole lines."""
    (size, lines), (other_size, other_lines) = one, other
    largest = max(size, other_size)
    if min(size, other_size) < _ALIKE * largest:
        return 0.0
    if len(other_lines) < len(lines):
        lines, other_lines = other_lines, lines
    return _bytes_in(lines, other_lines) / largest


def _bytes_in(lines: Counter[bytes], other: Counter[bytes]) -> int:
    return sum(len(line) * min(times, other.get(line, 0)) for line, times in lines.items())


def _kind(entry: Entry) -> Entry:
    """Return an entry without its permissions, which a rename may change."""
    return Entry(entry.mode[:2], entry.identity)


def _name(path: str) -> str:
    return path.rpartition("/")[2]
