"""A repository as it stood at one commit, or as it lies in a checkout."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import pygit2

from taskpar_ml.domain.taskset import Notice
from taskpar_ml.repo.gaps import content_gaps, history_gaps
from taskpar_ml.repo.git import open_repository, resolve_commit
from taskpar_ml.repo.globs import PathIndex
from taskpar_ml.repo.listing import TreeListing, list_tree
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.worktree import checkout_root, list_checkout, read_checked_out


@dataclass(frozen=True)
class RepoSnapshot:
    """Every path of a repository at a moment, and the messages that led there.

    A snapshot reads and never writes: no fetch, no index refresh, no working tree unless asked.

    Attributes
    ----------
    repository
        The path as the caller named it.
    commit
        Id of the commit, 40 hexadecimal digits; ``None`` for a working tree.
    paths
        Every file; a symbolic link is a file, a submodule one path. Names that are not UTF-8
        are decoded with ``surrogateescape``.
    submodules
        The paths that are submodules.
    lacks
        What the clone cannot tell, each said once and with its cure.

    Examples
    --------
    >>> snapshot = RepoSnapshot.at(".", "v1.2")  # doctest: +SKIP
    >>> snapshot.paths.matching("src/api/*")  # doctest: +SKIP
    array([17, 18, 19])
    """

    repository: str
    commit: str | None
    paths: PathIndex
    submodules: frozenset[str]
    lacks: tuple[Notice, ...]
    _git: pygit2.Repository = field(repr=False, compare=False)
    _reader: ObjectReader = field(repr=False, compare=False)
    _contents: Mapping[str, bytes | None] = field(repr=False, compare=False)

    @classmethod
    def at(cls, repo: str | Path, revision: str = "HEAD") -> Self:
        """Return the snapshot at a commit, that commit included.

        Raises
        ------
        NotARepositoryError, EmptyRepositoryError, UnknownRevisionError, MissingObjectError
            As :func:`~taskpar_ml.repo.git.open_repository` and
            :func:`~taskpar_ml.repo.git.resolve_commit` say.
        RepositoryError
            If the commit holds more files than can be listed.
        """
        place = os.fspath(repo)
        git = open_repository(repo)
        named = resolve_commit(git, revision, place=place)
        reader = ObjectReader(git)
        listing = list_tree(reader, (reader.commit(named.id) or named).tree_id, place=place)
        return cls._of(place, str(named.id), git, reader, listing)

    @classmethod
    def of_working_tree(cls, repo: str | Path) -> Self:
        """Return the snapshot of a checkout: tracked files, and untracked that are not ignored.

        Deleted files are left out. An untracked repository inside the checkout counts as a
        submodule.

        Raises
        ------
        NotARepositoryError
            If there is no repository that can be read.
        RepositoryError
            If the repository is bare, or its index cannot be read.
        """
        place = os.fspath(repo)
        git = open_repository(repo)
        listing = list_checkout(git, place=place)
        return cls._of(place, None, git, ObjectReader(git), listing)

    @classmethod
    def _of(
        cls,
        place: str,
        commit: str | None,
        git: pygit2.Repository,
        reader: ObjectReader,
        listing: TreeListing,
    ) -> Self:
        lacks = [*history_gaps(git, reader, place=place)]
        if commit is not None:
            lacks += content_gaps(git, listing, place=place)
        return cls(
            repository=place,
            commit=commit,
            paths=PathIndex(listing.files),
            submodules=frozenset(listing.submodules),
            lacks=tuple(lacks),
            _git=git,
            _reader=reader,
            _contents=listing.files,
        )

    def messages(self, *, limit: int) -> list[str]:
        """Return commit messages on the first-parent line, newest first.

        The first is that of the snapshot's own commit, of ``HEAD`` for a working tree. The list
        ends after ``limit`` messages, at the root, or where the clone's history was cut.
        """
        messages: list[str] = []
        seen: set[pygit2.Oid] = set()
        waiting = self._newest()
        # Grafts may lead in a circle.
        while waiting is not None and len(messages) < limit and waiting not in seen:
            seen.add(waiting)
            commit = self._reader.commit(waiting)
            if commit is None:
                break
            messages.append(_decoded(commit.raw_message, commit.message_encoding))
            parents = commit.parent_ids
            waiting = parents[0] if parents else None
        return messages

    def _newest(self) -> pygit2.Oid | None:
        if self.commit is not None:
            return pygit2.Oid(hex=self.commit)
        try:
            target = self._git.head.target
        except (pygit2.GitError, LookupError):
            return None
        return target if isinstance(target, pygit2.Oid) else None

    def read(self, path: str, *, limit: int) -> bytes | None:
        """Return the first ``limit`` bytes of a file.

        At a commit the recorded content, in a working tree the content that lies there. A
        symbolic link reads as the path it holds and is not followed.

        Returns
        -------
        bytes or None
            ``None`` for a path that the snapshot does not hold, a submodule, an object that the
            clone lacks, and one too large to be loaded
            (:data:`~taskpar_ml.repo.objects.MAX_OBJECT_BYTES`).
        """
        if path not in self._contents or path in self.submodules:
            return None
        if self.commit is None:
            root = checkout_root(self._git, place=self.repository)
            return read_checked_out(root, path, limit=limit)
        identity = self._contents[path]
        content = None if identity is None else self._reader.blob(pygit2.Oid(raw=identity))
        return None if content is None else content[:limit]


def _decoded(message: bytes, encoding: str | None) -> str:
    """Decode a message as its commit says, and as UTF-8 where that makes no sense."""
    try:
        return message.decode(encoding or "utf-8", "replace")
    except (LookupError, ValueError):
        return message.decode("utf-8", "replace")
