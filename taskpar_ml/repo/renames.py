"""Which deleted and added files of one side are the same file under another name.

Source: git, ``diffcore-rename.c``: equal contents first, then unique names, then the most similar.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Set
from typing import Final

import pygit2

from taskpar_ml.repo.changes import Changes
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.scratch import missing_object
from taskpar_ml.repo.similarity import (
    LIKELY_FROM,
    RENAMED_FROM,
    Signature,
    may_be_similar,
    signature,
    similarity,
)
from taskpar_ml.repo.trees import Entry

MAX_COMPARED: Final = 40_000
"""Most pairs of a deleted and an added file whose contents are compared for one question.

git stops at 49 million; in Python two hundred files against two hundred take about a second. Above
it only equal contents and unique names are followed, as in git.
"""

MAX_COMPARED_BYTES: Final = 1 << 20
"""Largest file whose content is compared; a larger one is the same only if it is equal."""

MAX_COMPARED_TOTAL: Final = 1 << 24
"""Most bytes of all files among which the most similar are looked for: 400 of 40 KiB.

As many are held in memory, where short lines take twenty times the room.
"""

MAX_ALTERNATIVES: Final = 100
"""How many equal files are looked through for one with the right name, as in git."""

_EMPTY_BLOB: Final = bytes.fromhex("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391")


class RenameFinder:
    """The renames among the changes of one side, found when they are asked for.

    Parameters
    ----------
    changes
        What the side changed.
    reader
        Reads the contents.
    needs_contents
        Whether a content that cannot be read is an error; if not, it is like no other.
    """

    def __init__(
        self,
        changes: Changes,
        reader: ObjectReader,
        *,
        place: str,
        needs_contents: bool = True,
    ) -> None:
        self._deleted = changes.deleted
        self._added = changes.added
        self._reader = reader
        self._place = place
        self._needs_contents = needs_contents
        self._sizes: dict[bytes, int] = {}
        self._signatures: dict[bytes, Signature | None] = {}
        self._held = 0
        self._scores: dict[tuple[bytes, bytes], float] = {}
        self._equal: list[tuple[list[str], list[str]]] | None = None
        self.cut_short = False
        """Whether some contents were not compared because there were too many."""

    def renames(self, sources: Set[str], other: Changes | None = None) -> dict[str, str]:
        """Return old path to new path, for those sources that were renamed.

        Parameters
        ----------
        sources
            Deleted paths that matter.
        other
            What the other side of a merge changed. Of several equal files those come first that
            lie in a directory which it touched: git looks late into the others.

        Raises
        ------
        MissingObjectError
            If a content that must be compared cannot be read.
        """
        equal = self._equal_contents(None if other is None else other.touched)
        found = {old: new for old, new in equal.items() if old in sources}
        unclear = self._deleted.keys() - equal.keys()
        targets = self._added.keys() - set(equal.values())
        named = self._unique_names(unclear, targets, sources)
        found |= named
        left = (unclear & sources) - named.keys()
        targets -= set(named.values())
        if self._is_too_much(left, targets):
            self.cut_short = True
            return found
        found |= self._most_similar(left, targets)
        return found

    def _equal_contents(self, touched: Set[str] | None) -> dict[str, str]:
        """Return renames that changed nothing."""

        def late(path: str) -> tuple[bool, str]:
            return (touched is not None and path.rpartition("/")[0] not in touched, path)

        if self._equal is None:
            self._equal = self._groups()
        found = {}
        for olds, news in self._equal:
            left = sorted(olds, key=late)
            for new in sorted(news, key=late):
                near = left[:MAX_ALTERNATIVES]
                if not near:
                    break
                old = next((each for each in near if _name(each) == _name(new)), near[0])
                left.remove(old)
                found[old] = new
        return found

    def _groups(self) -> list[tuple[list[str], list[str]]]:
        """Return the deleted and the added files of each content, where there are both."""
        groups: dict[tuple[int, bytes], tuple[list[str], list[str]]] = {}
        for path in sorted(self._deleted):
            key = _content_key(self._deleted[path])
            if key[1] != _EMPTY_BLOB:
                groups.setdefault(key, ([], []))[0].append(path)
        for path in sorted(self._added):
            key = _content_key(self._added[path])
            if key in groups:
                groups[key][1].append(path)
        return [group for group in groups.values() if group[1]]

    def _unique_names(
        self, unclear: Set[str], targets: Set[str], sources: Set[str]
    ) -> dict[str, str]:
        """Return renames of sources that keep a file name which no other candidate bears."""
        new_paths = _unique(targets)
        found = {}
        for name, old in _unique(unclear).items():
            new = new_paths.get(name)
            if old in sources and new is not None and self._score(old, new, least=LIKELY_FROM):
                found[old] = new
        return found

    def _is_too_much(self, sources: Set[str], targets: Set[str]) -> bool:
        if not sources or not targets:
            return False
        if len(sources) * len(targets) > MAX_COMPARED:
            return True
        entries = [self._deleted[path] for path in sources]
        entries += [self._added[path] for path in targets]
        sizes = (self._size(entry) for entry in entries if entry.is_regular)
        return sum(size for size in sizes if size <= MAX_COMPARED_BYTES) > MAX_COMPARED_TOTAL

    def _most_similar(self, sources: Set[str], targets: Set[str]) -> dict[str, str]:
        ranked = sorted(
            (-score, _name(old) != _name(new), old, new)
            for old in sources
            for new in targets
            if (score := self._score(old, new, least=RENAMED_FROM))
        )
        found: dict[str, str] = {}
        taken = set()
        for _, _, old, new in ranked:
            if old not in found and new not in taken:
                found[old] = new
                taken.add(new)
        return found

    def _score(self, old: str, new: str, *, least: float) -> float:
        before, after = self._deleted[old], self._added[new]
        if not before.is_regular or not after.is_regular:
            return 0.0
        key = (before.id, after.id)
        if key not in self._scores:
            self._scores[key] = self._similarity(before, after)
        score = self._scores[key]
        return score if score >= least else 0.0

    def _similarity(self, before: Entry, after: Entry) -> float:
        sizes = self._size(before), self._size(after)
        # Most pairs differ in size too much for their contents to be worth reading.
        if max(sizes) > MAX_COMPARED_BYTES or not may_be_similar(*sizes, least=RENAMED_FROM):
            return 0.0
        source, target = self._signature(before), self._signature(after)
        if source is None or target is None:
            return 0.0
        return similarity(source, target, least=RENAMED_FROM)

    def _size(self, entry: Entry) -> int:
        """Return the bytes of a file, none for one that cannot be read and need not be."""
        if entry.id not in self._sizes:
            oid = pygit2.Oid(raw=entry.id)
            size = self._reader.size(oid)
            if size is None and self._needs_contents:
                raise missing_object(str(oid), "is missing or damaged", place=self._place)
            self._sizes[entry.id] = size or 0
        return self._sizes[entry.id]

    def _signature(self, entry: Entry) -> Signature | None:
        if entry.id not in self._signatures:
            content = self._reader.blob(pygit2.Oid(raw=entry.id))
            self._held += self._size(entry)
            if self._held > MAX_COMPARED_TOTAL:
                # Names may lead through any number of files; the most similar all fit.
                self._signatures.clear()
                self._held = self._size(entry)
            self._signatures[entry.id] = None if content is None else signature(content)
        return self._signatures[entry.id]


def _content_key(entry: Entry) -> tuple[int, bytes]:
    """Return what two files share that are equal: an executable one may equal another."""
    return (entry.mode & 0o170000, entry.id)


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _unique(paths: Iterable[str]) -> dict[str, str]:
    """Return file name to path, for names that occur once."""
    by_name: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        by_name[_name(path)].append(path)
    return {name: found[0] for name, found in by_name.items() if len(found) == 1}
