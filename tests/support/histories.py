"""Histories of any shape out of a few lines, without a checkout."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pygit2
from pygit2.enums import FileMode, ObjectType

from tests.support.merging import Content

HOUR: Final = 3600
DAY: Final = 24 * HOUR
START: Final = 1_700_000_000
"""Commit time of the first commit, unless another is given."""

ADA: Final = "Ada <ada@example.org>"
BOB: Final = "Bob <bob@example.org>"

Change = Mapping[str, Content | None]
"""Path to new content, ``None`` for a file that goes."""


class History:
    """A repository that grows commit by commit; ``main`` is its main line.

    Each commit is a week after the one made before it, so that nothing is joined by chance.
    """

    def __init__(self, place: Path) -> None:
        self.place = place
        self.repository = pygit2.init_repository(str(place), initial_head="main", bare=True)
        self.files: dict[str, dict[str, Content]] = {}
        self.clock = START
        self._blobs: dict[bytes, pygit2.Oid] = {}

    @property
    def head(self) -> str:
        """Id of the newest commit of the main line."""
        return str(self.repository.head.target)

    def commit(
        self,
        message: str | bytes,
        change: Change | None = None,
        *,
        parents: Sequence[str] | None = None,
        author: str | bytes = ADA,
        at: int | None = None,
        after: int = 7 * DAY,
        encoding: str = "",
        onto: str | None = "refs/heads/main",
    ) -> str:
        """Commit a change, by default onto the main line, and return the id.

        ``after`` is the time since the commit before, in seconds; ``at`` sets the clock.
        """
        if parents is None:
            parents = [] if self.repository.head_is_unborn else [self.head]
        self.clock = self.clock + after if at is None else at
        files = dict(self.files[parents[0]]) if parents else {}
        for path, content in (change or {}).items():
            if content is None:
                del files[path]
            else:
                files[path] = content.encode() if isinstance(content, str) else content
        who = author if isinstance(author, bytes) else author.encode()
        header = [b"tree " + str(self._tree(files)).encode()]
        header += [b"parent " + parent.encode() for parent in parents]
        header += [
            role + b" " + who + b" %d +0000" % self.clock for role in (b"author", b"committer")
        ]
        header += [b"encoding " + encoding.encode()] if encoding else []
        text = message if isinstance(message, bytes) else message.encode()
        made = self.repository.write(ObjectType.COMMIT, b"\n".join(header) + b"\n\n" + text)
        self.files[str(made)] = files
        if onto is not None:
            self.repository.references.create(onto, made, force=True)
        return str(made)

    def branch(
        self, *steps: tuple[str, Change], start: str | None = None, author: str = BOB
    ) -> str:
        """Commit steps beside the main line, from ``start`` or its head; return the tip."""
        tip = start or self.head
        for message, change in steps:
            tip = self.commit(message, change, parents=[tip], author=author, onto=None)
        return tip

    def merge(
        self, message: str, *tips: str, change: Change | None = None, author: str = ADA
    ) -> str:
        """Merge tips into the main line: their changes since they left it, and ``change``."""
        brought: dict[str, Content | None] = {}
        for tip in tips:
            base = self.repository.merge_base(self.head, tip)
            before = self.files[str(base)] if base else {}
            after = self.files[tip]
            brought |= {path: after[path] for path in after if after[path] != before.get(path)}
            brought |= {path: None for path in before if path not in after}
        return self.commit(
            message, {**brought, **(change or {})}, parents=[self.head, *tips], author=author
        )

    def _tree(self, files: Mapping[str, Content]) -> pygit2.Oid:
        """Write a tree, byte by byte: names of files need not be UTF-8."""
        entries: dict[str, tuple[int, pygit2.Oid]] = {}
        below: dict[str, dict[str, Content]] = {}
        for path, content in files.items():
            name, slash, rest = path.partition("/")
            if slash:
                below.setdefault(name, {})[rest] = content
            else:
                entries[name] = self._entry(content)
        entries |= {name: (int(FileMode.TREE), self._tree(each)) for name, each in below.items()}
        lines = {
            os.fsencode(name) + b"/" * (mode == FileMode.TREE): b"%o %b\0%b"
            % (mode, os.fsencode(name), oid.raw)
            for name, (mode, oid) in entries.items()
        }
        raw = b"".join(lines[key] for key in sorted(lines))
        return self.repository.write(ObjectType.TREE, raw)

    def _entry(self, content: Content) -> tuple[int, pygit2.Oid]:
        mode, data = content if isinstance(content, tuple) else (FileMode.BLOB, content)
        raw = data.encode() if isinstance(data, str) else data
        if mode == FileMode.COMMIT:
            return int(mode), pygit2.Oid(raw=raw)
        blob = self._blobs.get(raw) or self.repository.create_blob(raw)
        self._blobs[raw] = blob
        return int(mode), blob


class Memory:
    """A cache in memory that counts: see :class:`taskpar_ml.domain.protocols.FactCache`."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, bytes], bytes] = {}
        self.learned: list[int] = []
        """How many facts each ``put`` brought."""

    def get(self, kind: str, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return what is known."""
        return {key: self.known[kind, key] for key in keys if (kind, key) in self.known}

    def put(self, kind: str, facts: Mapping[bytes, bytes]) -> None:
        """Remember."""
        self.learned.append(len(facts))
        self.known.update({(kind, key): fact for key, fact in facts.items()})
