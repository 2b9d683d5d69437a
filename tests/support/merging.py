"""Two sides out of a few lines: what both did to the files of a base."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import pygit2
from pygit2.enums import FileMode, ObjectType

from taskpar_ml.checking import check_overlap
from taskpar_ml.domain.overlap import OverlapReport, PairOverlap

Content: TypeAlias = str | bytes | tuple[FileMode, bytes]
Files: TypeAlias = Mapping[str, Content | None]

LONG = "".join(f"line {number}\n" for number in range(20))
"""A file that stays itself when a line of it changes."""

MODULE = FileMode.COMMIT, bytes([1] * 20)
OTHER_MODULE = FileMode.COMMIT, bytes([2] * 20)
THIRD_MODULE = FileMode.COMMIT, bytes([3] * 20)


def link(target: str) -> Content:
    """Return a symbolic link."""
    return FileMode.LINK, target.encode()


def program(content: str) -> Content:
    """Return an executable file."""
    return FileMode.BLOB_EXECUTABLE, content.encode()


def changed(content: str, line: int, new: str = "changed") -> str:
    """Return a content with one line replaced, counted from 0."""
    lines = content.splitlines()
    lines[line] = new
    return "".join(f"{each}\n" for each in lines)


def write_commit(
    repository: pygit2.Repository,
    files: Mapping[str, Content],
    *parents: pygit2.Oid,
    message: str = "c",
) -> pygit2.Oid:
    """Commit some files and return the commit; no branch moves."""
    index = pygit2.Index()
    for path, content in files.items():
        mode, data = content if isinstance(content, tuple) else (FileMode.BLOB, content)
        if mode == FileMode.COMMIT:
            blob = pygit2.Oid(raw=data)
        else:
            raw = data if isinstance(data, bytes) else data.encode()
            blob = repository.odb.write(ObjectType.BLOB, raw)
        index.add(pygit2.IndexEntry(path, blob, mode))
    tree = index.write_tree(repository)
    who = pygit2.Signature("Test", "test@example.org", 1_700_000_000, 0)
    return repository.create_commit(None, who, who, message, tree, list(parents))


def with_changes(base: Mapping[str, Content], changes: Files) -> dict[str, Content]:
    """Return files after some were changed; None deletes one."""
    return {path: each for path, each in {**base, **changes}.items() if each is not None}


def fork(root: Path, base: Mapping[str, Content], *sides: Files) -> list[str]:
    """Make a bare repository of a base and the sides that start from it; return all commits."""
    repository = pygit2.init_repository(root, bare=True)
    start = write_commit(repository, base)
    tips = [
        write_commit(repository, with_changes(base, side), start, message=f"side {number}")
        for number, side in enumerate(sides)
    ]
    return list(map(str, (start, *tips)))


def overlap_of(root: Path, base: Mapping[str, Content], a: Files, b: Files) -> PairOverlap:
    """Return what a check says of two sides."""
    return report_of(root, base, a, b).pairs[0]


def report_of(root: Path, base: Mapping[str, Content], *sides: Files) -> OverlapReport:
    """Return a check of sides that are to land on the base that they start from."""
    start, *tips = fork(root, base, *sides)
    return check_overlap(root, tips, onto=start)


def conflicts_of(pair: PairOverlap) -> dict[str, str]:
    """Return path to kind of conflict."""
    return {each.path: each.kind.value for each in pair.conflicts}
