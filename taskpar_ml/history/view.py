"""A history as this clone shows it, and the keys under which facts of it are remembered."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pygit2

from taskpar_ml.domain.taskset import Notice
from taskpar_ml.repo.gaps import history_gaps
from taskpar_ml.repo.git import common_directory, open_repository, resolve_commit
from taskpar_ml.repo.git_files import GRAFTS, SHALLOW, read_bending
from taskpar_ml.repo.objects import ObjectReader


@dataclass(frozen=True)
class HistoryView:
    """A repository, a commit in it, and what bends the history between the two.

    A commit id vouches for everything that led there, unless the clone is shallow or history is
    grafted. What bends it is part of the keys then, so that facts read out of one view of the
    history are never taken for facts of another.

    Attributes
    ----------
    place
        The repository as the caller named it.
    reader
        Reads its objects.
    commit
        The commit from which history is looked back upon.
    lacks
        What the clone cannot tell of its history.
    bend
        Digest of all that bends the history; empty where nothing does.
    """

    place: str
    reader: ObjectReader
    commit: pygit2.Oid
    lacks: tuple[Notice, ...]
    bend: bytes

    @classmethod
    def at(cls, repo: str | Path, revision: str) -> Self:
        """Return the history of a commit.

        Raises
        ------
        RepositoryError
            One of its leaves if the repository or the commit cannot be read.
        """
        place = os.fspath(repo)
        git = open_repository(repo)
        commit = resolve_commit(git, revision, place=place)
        reader = ObjectReader(git, place=place)
        return cls(
            place=place,
            reader=reader,
            commit=commit.id,
            lacks=tuple(history_gaps(git, reader, place=place)),
            bend=_bend(git, reader, place=place),
        )

    def key(self, oid: pygit2.Oid) -> bytes:
        """Return the key of a commit's facts: 20 bytes, its raw id where nothing is bent."""
        if not self.bend:
            return oid.raw
        return hashlib.sha1(self.bend + oid.raw, usedforsecurity=False).digest()


def _bend(git: pygit2.Repository, reader: ObjectReader, *, place: str) -> bytes:
    """Return a digest of shallow boundaries, grafts and replacements, empty without any."""
    digest = hashlib.sha256()
    bent = bool(reader.replacements)
    for replaced, replacement in sorted(reader.replacements.items(), key=lambda each: each[0].raw):
        digest.update(replaced.raw + replacement.raw)
    # A linked worktree has a directory of its own beside the common one.
    for directory in (common_directory(git), git.path):
        for name in (SHALLOW, GRAFTS):
            content = read_bending(directory, name, place=place) or b""
            bent = bent or bool(content)
            digest.update(b"\0" + content)
    return digest.digest() if bent else b""
