"""Where a snapshot takes contents and messages from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

import pygit2

from taskpar_ml.repo.messages import message_of
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.worktree import read_checked_out


class Source(Protocol):
    """Contents and messages behind a list of paths. Reading never writes and never fetches."""

    def messages(self, limit: int) -> list[str]:
        """Return at most ``limit`` commit messages, newest first."""
        ...

    def read(self, path: str, limit: int) -> bytes | None:
        """Return the first ``limit`` bytes of a file, ``None`` where there are none to be had."""
        ...


class NoSource:
    """Behind a list of paths that came without a repository."""

    def messages(self, limit: int) -> list[str]:
        """Return no message."""
        return []

    def read(self, path: str, limit: int) -> bytes | None:
        """Return ``None``."""
        return None


@dataclass(frozen=True)
class CommitSource:
    """Contents at a commit.

    Attributes
    ----------
    newest
        The commit that messages start from.
    contents
        Path to raw object id, ``None`` for a submodule.
    """

    reader: ObjectReader
    newest: pygit2.Oid
    contents: Mapping[str, bytes | None]

    def messages(self, limit: int) -> list[str]:
        """Return messages on the first-parent line, until the root or the cut of the history."""
        return first_parent_messages(self.reader, self.newest, limit)

    def read(self, path: str, limit: int) -> bytes | None:
        """Return the recorded content; of a symbolic link, the path it holds."""
        identity = self.contents.get(path)
        content = None if identity is None else self.reader.blob(pygit2.Oid(raw=identity))
        return None if content is None else content[: max(limit, 0)]


@dataclass(frozen=True)
class CheckoutSource:
    """Contents as they lie in a checkout.

    Attributes
    ----------
    newest
        What ``HEAD`` names, ``None`` before the first commit.
    root
        The directory of the checkout.
    files
        The paths that may be read.
    """

    reader: ObjectReader
    newest: pygit2.Oid | None
    root: str
    files: Collection[str]

    def messages(self, limit: int) -> list[str]:
        """Return messages on the first-parent line of ``HEAD``."""
        return [] if self.newest is None else first_parent_messages(self.reader, self.newest, limit)

    def read(self, path: str, limit: int) -> bytes | None:
        """Return what lies in the checkout; of a symbolic link, the path it holds."""
        if path not in self.files:
            return None
        return read_checked_out(self.root, path, limit=max(limit, 0))


def first_parent_messages(reader: ObjectReader, newest: pygit2.Oid, limit: int) -> list[str]:
    """Return at most ``limit`` messages from a commit backwards, itself included."""
    messages: list[str] = []
    seen: set[pygit2.Oid] = set()
    waiting: pygit2.Oid | None = newest
    # Grafts may lead in a circle.
    while waiting is not None and len(messages) < limit and waiting not in seen:
        seen.add(waiting)
        commit = reader.commit(waiting)
        if commit is None:
            break
        messages.append(message_of(commit))
        parents = commit.parent_ids
        waiting = parents[0] if parents else None
    return messages
