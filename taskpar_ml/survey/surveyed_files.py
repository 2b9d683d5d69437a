"""The facts of all files of a snapshot: read once, remembered by content."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import threading
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from functools import cached_property
from itertools import islice
from types import MappingProxyType
from typing import Final, NamedTuple

from taskpar_ml.detectors.contract import Detector
from taskpar_ml.detectors.detection import Reading, read_packed
from taskpar_ml.detectors.languages import Language, language_of
from taskpar_ml.detectors.packing import unpacked
from taskpar_ml.detectors.source import MOST_BYTES
from taskpar_ml.detectors.whole_languages import detectors_for
from taskpar_ml.domain.code_facts import FileFacts
from taskpar_ml.repo.snapshot import RepoSnapshot

MARKER_KIND: Final = "surveyed-1"
"""Under what name it is remembered that all files of a group have been read."""

_FEW: Final[Mapping[str, int]] = MappingProxyType({"fork": 100, "spawn": 1_000})
"""Files that are read in little more time than a process takes to start, by how it starts."""
_AT_ONCE: Final = 20
"""Files that are read together, here or by a process."""
_KEPT_AT_ONCE: Final = 200
"""Files whose facts are written together."""
_LAST_PIECES: Final = 8
"""Pieces that what is left is divided into, once there is not enough for so many whole ones."""
_AHEAD: Final = 3
"""Such pieces that each process has or waits for."""
_LOADED_AT_ONCE: Final = 1_000
"""Files whose facts are loaded together."""


class _Content(NamedTuple):
    """A content by its id, and by what name its facts are remembered."""

    id: bytes
    kind: str


class SurveyedFiles:
    """What detectors find in the files of a snapshot.

    Facts are remembered by content, in the cache of the snapshot: a file that lies in two places,
    or did not change since the last commit that was looked at, is read once.

    Parameters
    ----------
    snapshot
        The files. Submodules hold no facts.
    detectors
        Who reads them.
    """

    def __init__(self, snapshot: RepoSnapshot, detectors: Sequence[Detector]) -> None:
        self._snapshot = snapshot
        self._detectors = tuple(detectors)
        self._readings: dict[str, Reading] = {}
        self._missing: set[_Content] = set()

    @cached_property
    def contents(self) -> Mapping[str, bytes]:
        """Path to the id of its content, of every file that a detector looks at, sorted."""
        return {path: content.id for path, content in self._contents.items()}

    def read(self, *, workers: int = 1) -> int:
        """Read every content that was never read, and return how many those were.

        Nothing needs this, for facts are read when they are asked for; it does it at once, and on
        several cores.

        Parameters
        ----------
        workers
            Processes that read at the same time, this one among them. The others are forked
            from a program without threads, and else started anew: one with threads must guard
            its own start by ``if __name__ == "__main__"``.
        """
        groups = self._groups()
        known = self._snapshot.cache.get(MARKER_KIND, list(groups))
        fresh = [digest for digest in groups if digest not in known]
        missing = [each for digest in fresh for each in self._unread(groups[digest])]
        count = sum(len(some) for some in self._read(missing, workers=workers))
        if count == len(missing):
            # What a partial clone lacks may be fetched one day.
            self._snapshot.cache.put(MARKER_KIND, dict.fromkeys(fresh, b"\1"))
        return count

    @property
    def is_whole(self) -> bool:
        """Whether every content whose facts were asked for so far could be read."""
        return not self._missing

    def facts(self, paths: Iterable[str] | None = None) -> Iterator[tuple[str, FileFacts]]:
        """Yield the facts of files, in the order of the paths; of all files if none are named.

        Files that no detector looks at, that hold nothing, or that the clone lacks are left out.
        """
        wanted = iter(self._contents if paths is None else paths)
        while some := list(islice(wanted, _LOADED_AT_ONCE)):
            chosen = {path: self._contents[path] for path in some if path in self._contents}
            found = self._known(chosen.values())
            for more in self._read([each for each in found if found[each] is None], workers=1):
                found |= {each: unpacked(raw) for each, raw in more.items()}
            for path, content in chosen.items():
                facts = found[content]
                if facts is None:
                    self._missing.add(content)
                elif facts != _NOTHING:
                    yield path, facts

    @cached_property
    def _contents(self) -> Mapping[str, _Content]:
        found = {}
        asked = {each: detectors_for(each, self._detectors) for each in (None, *Language)}
        for path, identity in sorted(self._snapshot.blob_ids().items()):
            reading = Reading.of(path, asked[language_of(path)])
            if reading is not None:
                kind = reading.kind
                self._readings.setdefault(kind, reading)
                found[path] = _Content(identity, kind)
        return found

    def _groups(self) -> dict[bytes, list[_Content]]:
        """Return contents by the first byte of their ids, each group under a digest of it.

        A group of which no content changed since an earlier commit is known to be read as a whole.
        """
        groups: defaultdict[int, list[_Content]] = defaultdict(list)
        for content in sorted(set(self._contents.values())):
            groups[content.id[0]].append(content)
        found = {}
        for some in groups.values():
            digest = hashlib.sha256()
            for each in some:
                digest.update(each.id + each.kind.encode() + b"\0")
            found[digest.digest()] = some
        return found

    def _known(self, contents: Iterable[_Content]) -> dict[_Content, FileFacts | None]:
        """Return the facts of contents, None for those that are not remembered."""
        found: dict[_Content, FileFacts | None] = {}
        for kind, ids in _by_kind(contents).items():
            raw = self._snapshot.cache.get(kind, ids)
            found |= {_Content(each, kind): unpacked(raw.get(each, b"")) for each in ids}
        return found

    def _unread(self, contents: Iterable[_Content]) -> Iterator[_Content]:
        for kind, ids in _by_kind(contents).items():
            raw = self._snapshot.cache.get(kind, ids)
            yield from (_Content(each, kind) for each in ids if each not in raw)

    def _read(
        self, contents: Sequence[_Content], *, workers: int
    ) -> Iterator[dict[_Content, bytes]]:
        """Yield facts read anew, packed, some at a time, and remember them."""
        many = workers > 1 and len(contents) > _FEW[_start()]
        found = self._shared_out(contents, workers) if many else self._read_here(contents)
        while some := dict(islice(found, _KEPT_AT_ONCE)):
            for kind, ids in _by_kind(some).items():
                self._snapshot.cache.put(kind, {each: some[_Content(each, kind)] for each in ids})
            yield some

    def _loaded(self, contents: Iterable[_Content]) -> Iterator[tuple[_Content, bytes]]:
        """Yield what is in files; of large ones nothing, and none that the clone lacks."""
        for content in contents:
            size = self._snapshot.blob_size(content.id) or 0
            large = size > MOST_BYTES
            raw = b"" if large else self._snapshot.read_blob(content.id, limit=MOST_BYTES + 1)
            if raw is not None:
                yield content, raw

    def _read_here(self, contents: Iterable[_Content]) -> Iterator[tuple[_Content, bytes]]:
        for content, raw in self._loaded(contents):
            (found,) = read_packed(self._readings, [(content.kind, raw)])
            yield content, found

    def _shared_out(
        self, contents: Sequence[_Content], workers: int
    ) -> Iterator[tuple[_Content, bytes]]:
        """Let other processes read, and read here what they are not busy with.

        They hold a few pieces ahead, so that they need not wait while this process reads.
        """
        pieces = _in_pieces(self._loaded(contents), len(contents))
        under_way: deque[tuple[list[_Content], Future[list[bytes]]]] = deque()
        start = multiprocessing.get_context(_start())
        with ProcessPoolExecutor(workers - 1, start, _end_with_parent) as processes:
            for piece in pieces:
                these, handed = [each for each, _ in piece], _with_kinds(piece)
                if len(under_way) < _AHEAD * (workers - 1):
                    under_way.append((these, processes.submit(read_packed, self._readings, handed)))
                else:
                    yield from zip(these, read_packed(self._readings, handed), strict=True)
                while under_way and under_way[0][1].done():
                    yield from _answered(under_way.popleft())
            while under_way:
                yield from _answered(under_way.popleft())


_NOTHING: Final = FileFacts()


def _start() -> str:
    """Return how processes are started here, as :mod:`multiprocessing` calls it.

    To fork takes no time, while a new process imports for as long as three hundred files take to
    read. The fork of a program with threads may wait for ever for a lock that one of them held.
    """
    forks = "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1
    return "fork" if forks else "spawn"


def _in_pieces(
    loaded: Iterator[tuple[_Content, bytes]], left: int
) -> Iterator[list[tuple[_Content, bytes]]]:
    """Yield what is left in pieces, smaller ones in the end, so that all end at one time."""
    while piece := list(islice(loaded, max(min(_AT_ONCE, left // _LAST_PIECES), 2))):
        left -= len(piece)
        yield piece


def _end_with_parent() -> None:
    """End this process when the one that started it is gone: a fork would wait for ever."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _with_kinds(piece: Iterable[tuple[_Content, bytes]]) -> list[tuple[str, bytes]]:
    return [(content.kind, raw) for content, raw in piece]


def _answered(
    asked: tuple[list[_Content], Future[list[bytes]]],
) -> Iterator[tuple[_Content, bytes]]:
    contents, answer = asked
    return zip(contents, answer.result(), strict=True)


def _by_kind(contents: Iterable[_Content]) -> dict[str, list[bytes]]:
    found: defaultdict[str, list[bytes]] = defaultdict(list)
    for each in dict.fromkeys(contents):
        found[each.kind].append(each.id)
    return found
