"""A repository as it stood at one commit, or as it lies in a checkout."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from taskpar_ml.array_store import ArrayStore
from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.domain.protocols import FactCache
from taskpar_ml.domain.taskset import Notice
from taskpar_ml.repo.gaps import content_gaps, history_gaps, sparse_gap
from taskpar_ml.repo.git import head_commit, open_repository, resolve_commit
from taskpar_ml.repo.listing import list_tree
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.path_index import PathIndex
from taskpar_ml.repo.sources import CheckoutSource, CommitSource, NoSource, Source
from taskpar_ml.repo.worktree import checkout_root, is_sparse, list_checkout


@dataclass(frozen=True)
class RepoSnapshot:
    """Every path of a repository at a moment, and what stands in the files.

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
    newest
        Id of the commit that history ends with: ``commit``, ``HEAD`` for a working tree; ``None``
        where there is no history.
    cache
        Where facts about contents are looked up and put. What is put under an id must come from
        :meth:`read_blob`: what a checkout holds may be converted.
    arrays
        Where arrays about a commit are kept; ``None`` keeps none.

    Examples
    --------
    >>> snapshot = RepoSnapshot.at(".", "v1.2")  # doctest: +SKIP
    >>> snapshot.paths.matching("src/api/*")  # doctest: +SKIP
    array([17, 18, 19])
    """

    repository: str
    commit: str | None
    paths: PathIndex
    submodules: frozenset[str] = frozenset()
    lacks: tuple[Notice, ...] = ()
    newest: str | None = None
    cache: FactCache = field(default=NO_CACHE, repr=False, compare=False)
    arrays: ArrayStore | None = field(default=None, repr=False, compare=False)
    _source: Source = field(default_factory=NoSource, repr=False, compare=False)

    @classmethod
    def at(
        cls,
        repo: str | Path,
        revision: str = "HEAD",
        *,
        cache: FactCache = NO_CACHE,
        arrays: ArrayStore | None = None,
    ) -> Self:
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
        reader = ObjectReader(git, place=place)
        # A replaced commit keeps its name and lends its files from the replacement.
        read = reader.commit(named.id) or named
        listing = list_tree(reader, read.tree_id, place=place)
        return cls(
            repository=place,
            commit=str(named.id),
            paths=PathIndex(listing.files),
            submodules=frozenset(listing.submodules),
            lacks=(
                *history_gaps(git, reader, place=place),
                *content_gaps(git, listing, place=place),
            ),
            newest=str(named.id),
            cache=cache,
            arrays=arrays,
            _source=CommitSource(reader, listing.files),
        )

    @classmethod
    def of_working_tree(
        cls,
        repo: str | Path,
        *,
        cache: FactCache = NO_CACHE,
        arrays: ArrayStore | None = None,
    ) -> Self:
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
        root = checkout_root(git, place=place)
        listing = list_checkout(git, place=place)
        head = head_commit(git)
        reader = ObjectReader(git, place=place)
        return cls(
            repository=place,
            commit=None,
            paths=PathIndex(listing.files),
            submodules=frozenset(listing.submodules),
            lacks=(
                *history_gaps(git, reader, place=place),
                *([sparse_gap(place)] if is_sparse(git) else []),
            ),
            newest=None if head is None else str(head),
            cache=cache,
            arrays=arrays,
            _source=CheckoutSource(reader, root, listing.files, frozenset(listing.submodules)),
        )

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
        return self._source.read(path, limit)

    def blob_ids(self) -> Mapping[str, bytes]:
        """Return the raw id of the content of every file, 20 bytes: equal ids, equal contents.

        Submodules are left out. At a commit the ids are those recorded, also where the clone
        lacks the object. In a working tree a file that git calls unchanged has the id in the
        index; of any other the content is hashed once, unless it cannot be read or is too long
        (:data:`~taskpar_ml.repo.sources.MAX_HASHED_FILE`).
        """
        return self._source.blob_ids()

    def read_blob(self, identity: bytes, *, limit: int) -> bytes | None:
        """Return the first ``limit`` bytes of the content with an id of :meth:`blob_ids`.

        Returns
        -------
        bytes or None
            ``None`` where the clone lacks the content, where it is too large to be loaded, and
            where the file that held it has changed since.
        """
        return self._source.read_blob(identity, limit)

    def blob_size(self, identity: bytes) -> int | None:
        """Return the bytes of the content with an id; nothing is loaded.

        ``None`` where the clone lacks the content.
        """
        return self._source.blob_size(identity)
