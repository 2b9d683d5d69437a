"""The files of a commit written into a directory, without git and without their past."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pygit2

from taskpar_ml.errors import OutputError
from taskpar_ml.repo.git import open_repository
from taskpar_ml.repo.listing import DIRECTORY_MODES, is_usable, tree_entries
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.snapshot import RepoSnapshot

MAX_EXPORTED_FILE: Final = 64 << 20
"""Bytes beyond which a file is left out."""

_LINK: Final = b"120000"
_EXECUTABLE: Final = b"100755"
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_GIT: Final = re.compile(rb"\.git[ .]*|git~\d+", re.IGNORECASE)
"""Names that some system takes for a git directory, whose settings may name commands to run."""
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


class _File(NamedTuple):
    """What a commit holds at a path: mode and id as its tree has them."""

    path: str
    mode: bytes
    id: bytes


def export_files(snapshot: RepoSnapshot, directory: str | Path) -> int:
    """Write the files of a commit into an empty directory; return how many there are now.

    No object, ref or setting of the repository comes along, and none of its attributes and
    filters is followed: contents are written as they are recorded. Left out are submodules, what
    the clone lacks, files above :data:`MAX_EXPORTED_FILE`, names that this system cannot hold,
    links that could lead out of the directory, and whatever may be taken for a git directory.

    Parameters
    ----------
    snapshot
        At a commit.
    directory
        Exists, is empty, and belongs to this process alone.

    Raises
    ------
    OutputError
        If there is no room.
    """
    reader = ObjectReader(open_repository(snapshot.repository), place=snapshot.repository)
    root = os.fspath(directory)
    written, links = 0, {}
    for file in _files(reader, snapshot.commit):
        content = reader.blob(pygit2.Oid(raw=file.id), limit=MAX_EXPORTED_FILE + 1)
        if content is None or len(content) > MAX_EXPORTED_FILE:
            continue
        if file.mode == _LINK:
            links[file.path] = os.fsdecode(content)
        else:
            written += _write(root, file, content)
    # Last, so that nothing is ever written through one.
    for path, target in links.items():
        if _stays_within(path, target) and not any(each in links for each in _above(path)):
            written += _link(root, path, target)
    return written


def _files(reader: ObjectReader, commit: str | None) -> Iterator[_File]:
    """Yield what can be read below a commit, submodules left out."""
    named = None if commit is None else reader.commit(pygit2.Oid(hex=commit))
    waiting = [] if named is None else [("", named.tree_id.raw)]
    while waiting:
        prefix, tree = waiting.pop()
        raw = reader.tree(pygit2.Oid(raw=tree))
        for mode, name, identity in tree_entries(raw or b"") or ():
            path = prefix + os.fsdecode(name)
            if not is_usable(name, path) or _GIT.fullmatch(name):
                continue
            if mode in DIRECTORY_MODES:
                waiting.append((f"{path}/", identity))
            elif mode.startswith((b"100", b"120")):
                yield _File(path, mode, identity)


def _write(root: str, file: _File, content: bytes) -> bool:
    """Write a file; return whether this system can hold it there."""
    place = os.path.join(root, file.path)
    try:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        made = os.open(place, _NEW, 0o755 if file.mode == _EXECUTABLE else 0o644)
        with os.fdopen(made, "wb") as opened:
            opened.write(content)
    except (OSError, ValueError) as error:
        _check_room(error)
        return False
    return True


def _link(root: str, path: str, target: str) -> bool:
    """Make a link; return whether this system can hold it there."""
    place = os.path.join(root, path)
    try:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        os.symlink(target, place)
    except (OSError, ValueError) as error:
        _check_room(error)
        return False
    return True


def _stays_within(path: str, target: str) -> bool:
    """Whether a link cannot lead out, wherever the links on its way lead within.

    Examples
    --------
    >>> [_stays_within("a/b", target) for target in ("c", "../c", "../../c", "/c", "c/../../..")]
    [True, True, False, False, False]
    """
    names = target.split("/")
    up = next((place for place, name in enumerate(names) if name != ".."), len(names))
    return bool(names[0]) and up <= path.count("/") and ".." not in names[up:]


def _above(path: str) -> Iterator[str]:
    """Yield the directories above a path."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _check_room(error: OSError | ValueError) -> None:
    """Raise what no other file would fare better with."""
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        raise OutputError(
            "the temporary directory", f"{error.strerror}.", "Name another one in TMPDIR."
        ) from error
