"""Where a snapshot takes contents from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Protocol

import pygit2

from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.worktree import read_checked_out

MAX_HASHED_FILE: Final = 8 << 20
"""Longest file of a checkout whose id is computed: no text that anybody works on is longer."""

MAX_HASHED: Final = 256 << 20
"""Bytes of a checkout that are read to compute ids; further files have none."""


class Source(Protocol):
    """Contents behind a list of paths. Reading never writes and never fetches."""

    def read(self, path: str, limit: int) -> bytes | None:
        """Return the first ``limit`` bytes of a file, ``None`` where there are none to be had."""
        ...

    def blob_ids(self) -> Mapping[str, bytes]:
        """Return the raw object id of every file whose content can be told."""
        ...

    def read_blob(self, identity: bytes, limit: int) -> bytes | None:
        """Return the first ``limit`` bytes of the content with an id."""
        ...

    def blob_size(self, identity: bytes) -> int | None:
        """Return the length of the content with an id, without loading it."""
        ...


class NoSource:
    """Behind a list of paths that came without a repository."""

    def read(self, path: str, limit: int) -> bytes | None:
        """Return ``None``."""
        return None

    def blob_ids(self) -> Mapping[str, bytes]:
        """Return no id."""
        return {}

    def read_blob(self, identity: bytes, limit: int) -> bytes | None:
        """Return ``None``."""
        return None

    def blob_size(self, identity: bytes) -> int | None:
        """Return ``None``."""
        return None


@dataclass(frozen=True)
class CommitSource:
    """Contents at a commit.

    Attributes
    ----------
    contents
        Path to raw object id, ``None`` for a submodule.
    """

    reader: ObjectReader
    contents: Mapping[str, bytes | None]

    def read(self, path: str, limit: int) -> bytes | None:
        """Return the recorded content; of a symbolic link, the path it holds."""
        identity = self.contents.get(path)
        return None if identity is None else self.read_blob(identity, limit)

    def blob_ids(self) -> Mapping[str, bytes]:
        """Return the ids that the commit records."""
        return recorded_ids(self.reader, self.contents)

    def read_blob(self, identity: bytes, limit: int) -> bytes | None:
        """Return the beginning of a recorded content."""
        return read_recorded(self.reader, identity, limit)

    def blob_size(self, identity: bytes) -> int | None:
        """Return the length of a recorded content."""
        return self.reader.size(pygit2.Oid(raw=identity))


@dataclass(frozen=True)
class CheckoutSource:
    """Contents as they lie in a checkout.

    Attributes
    ----------
    root
        The directory of the checkout.
    files
        Every path, with the raw id of its content where that is as in the index.
    submodules
        The paths that are no files.
    """

    reader: ObjectReader
    root: str
    files: Mapping[str, bytes | None]
    submodules: Collection[str]

    def read(self, path: str, limit: int) -> bytes | None:
        """Return what lies in the checkout; of a symbolic link, the path it holds."""
        if path not in self.files or path in self.submodules:
            return None
        return read_checked_out(self.root, path, limit=max(limit, 0))

    def blob_ids(self) -> Mapping[str, bytes]:
        """Return the ids in the index, and of files that differ from it those computed once.

        Files that cannot be read have none, nor have those beyond :data:`MAX_HASHED_FILE` and
        :data:`MAX_HASHED`.
        """
        found = {path: file.identity for path, file in self._changed.items()}
        return {**recorded_ids(self.reader, self.files), **found}

    def read_blob(self, identity: bytes, limit: int) -> bytes | None:
        """Return the beginning of a content; ``None`` if it lay in a file that has changed since.

        A file as in the index is read from the repository: without conversions of line ends.
        """
        if identity not in self._lying:
            return read_recorded(self.reader, identity, limit)
        content = self.read(self._lying[identity].path, MAX_HASHED_FILE)
        if content is None or pygit2.hash(content).raw != identity:
            return None
        return content[: max(limit, 0)]

    def blob_size(self, identity: bytes) -> int | None:
        """Return the length of a content when its id was computed."""
        if identity in self._lying:
            return self._lying[identity].size
        return self.reader.size(pygit2.Oid(raw=identity))

    @cached_property
    def _changed(self) -> Mapping[str, _LyingFile]:
        """The files that are not as the index has them, by path."""
        found = {}
        left = MAX_HASHED
        for path, identity in self.files.items():
            content = None if identity else self.read(path, min(MAX_HASHED_FILE, left) + 1)
            if content is not None:
                left -= len(content)
                if left < 0:
                    break
                if len(content) <= MAX_HASHED_FILE:
                    found[path] = _LyingFile(path, pygit2.hash(content).raw, len(content))
        return found

    @cached_property
    def _lying(self) -> Mapping[bytes, _LyingFile]:
        """The same files by the id of their content."""
        return {file.identity: file for file in self._changed.values()}


@dataclass(frozen=True, slots=True)
class _LyingFile:
    """A file of a checkout with the id and the length of its content, as it was looked at."""

    path: str
    identity: bytes
    size: int


def recorded_ids(reader: ObjectReader, files: Mapping[str, bytes | None]) -> dict[str, bytes]:
    """Return the ids that are known, of replaced objects those of what is read instead."""
    ids = {path: identity for path, identity in files.items() if identity is not None}
    for path in ids if reader.replacements else ():
        ids[path] = reader.resolved(pygit2.Oid(raw=ids[path])).raw
    return ids


def read_recorded(reader: ObjectReader, identity: bytes, limit: int) -> bytes | None:
    """Return the first ``limit`` bytes of a content that git holds, ``None`` where it has none."""
    content = reader.blob(pygit2.Oid(raw=identity))
    return None if content is None else content[: max(limit, 0)]
