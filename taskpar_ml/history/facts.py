"""What is read out of one first-parent commit, and its form in a cache.

Raw material only: how texts are cleaned and what counts as automation may change without reading
the history again.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from taskpar_ml.domain.landing import ChangeStatus, FileChange
from taskpar_ml.history.people import Person

KIND: Final = "landing-2"
"""Kind of these facts in a cache; the number grows when what is extracted changes."""

MAX_FACT_BYTES: Final = 4 << 20
"""Largest unpacked fact that is believed; the bounds of the extraction keep it far below."""

_STATUSES: Final = {
    "A": ChangeStatus.ADDED,
    "M": ChangeStatus.MODIFIED,
    "D": ChangeStatus.DELETED,
    "R": ChangeStatus.RENAMED,
}
_LETTERS: Final = {status: letter for letter, status in _STATUSES.items()}


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """What one first-parent commit did.

    Attributes
    ----------
    commit, parents
        Ids, the parents as the clone shows them.
    author
        Who wrote the work: of a merge, whoever wrote most of the commits that came in.
    committed_at
        Commit time, seconds since 1970.
    message
        The commit's own message, its beginning.
    own
        Messages of the commits that came in with a merge, tip first, merges among them left out;
        the first ones, and their beginnings.
    changes
        Files changed since the first parent, bounded; ``changed`` counts all.
    """

    commit: str
    parents: tuple[str, ...]
    author: Person
    committed_at: int
    message: str
    own: tuple[str, ...]
    changes: tuple[FileChange, ...]
    changed: int

    def packed(self) -> bytes:
        """Return the facts as compressed JSON."""
        changes = [
            [_LETTERS[each.status], each.path, *([each.old_path] if each.old_path else [])]
            for each in self.changes
        ]
        fields = [
            self.commit,
            self.parents,
            self.author,
            self.committed_at,
            self.message,
            self.own,
            changes,
            self.changed,
        ]
        return zlib.compress(json.dumps(fields, separators=(",", ":")).encode("ascii"), 1)


def unpacked(packed: bytes, *, commit: str, parents: tuple[str, ...]) -> CommitFacts | None:
    """Return the facts of a commit out of a cache, ``None`` unless they are what they must be.

    Parameters
    ----------
    commit, parents
        Which commit the facts must be of.
    """
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(packed, MAX_FACT_BYTES)
        if not unpacking.eof:
            return None
        fields = json.loads(text)
    except (zlib.error, ValueError, RecursionError):
        return None
    if not isinstance(fields, list) or fields[:2] != [commit, list(parents)]:
        return None
    try:
        return _facts(fields, parents)
    except (TypeError, ValueError, KeyError):
        return None


def _facts(fields: Sequence[Any], parents: tuple[str, ...]) -> CommitFacts:
    """Build the facts; anything of another type than it must be raises."""
    commit, _, (name, email), committed_at, message, own, changes, changed = fields
    _check(list, own, changes)
    _check(str, name, email, message, *own)
    _check(int, committed_at, changed)
    return CommitFacts(
        commit=commit,
        parents=parents,
        author=Person(name, email),
        committed_at=committed_at,
        message=message,
        own=tuple(own),
        changes=tuple([_change(*each) for each in changes]),
        changed=changed,
    )


def _change(letter: str, path: str, old_path: str | None = None) -> FileChange:
    status = _STATUSES[letter]
    _check(str, path, *([] if old_path is None else [old_path]))
    if (old_path is not None) != (status == ChangeStatus.RENAMED):
        raise ValueError(letter)
    return FileChange(path, status, old_path)


def _check(kind: type, *values: object) -> None:
    for value in values:
        if type(value) is not kind:
            raise TypeError(type(value).__name__)
