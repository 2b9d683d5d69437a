"""Files of a git directory that are read without libgit2: small ones, and never waited for."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from taskpar_ml.errors import RepositoryError

SHALLOW: Final = "shallow"
GRAFTS: Final = os.path.join("info", "grafts")
"""Files that bend history, within the common git directory."""

MAX_BENDING_BYTES: Final = 64 << 20
"""Largest file that bends history: a million commits at which a clone is cut, and half as many."""

# A pipe that takes the place of the file between two looks would block for ever.
_FLAGS: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC


def read_regular(path: str | Path, *, limit: int) -> bytes | None:
    """Return the first bytes of a regular file, ``None`` where there is none that can be read.

    Links are followed, as git does. A pipe, a device or a directory is no such file, and is not
    even opened.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return None
        with open(path, "rb", opener=lambda name, _: os.open(name, _FLAGS)) as file:
            return file.read(limit)
    except (OSError, ValueError):
        return None


def read_bending(directory: str | Path, name: str, *, place: str) -> bytes | None:
    """Return a file that bends history, ``None`` where there is none.

    Parameters
    ----------
    directory
        A git directory.
    name
        :data:`SHALLOW` or :data:`GRAFTS`.
    place
        How messages name the repository.

    Raises
    ------
    RepositoryError
        If it is larger than :data:`MAX_BENDING_BYTES`: of a part of it, another history would
        come out.
    """
    path = os.path.join(directory, name)
    content = read_regular(path, limit=MAX_BENDING_BYTES + 1)
    if content is not None and len(content) > MAX_BENDING_BYTES:
        raise RepositoryError(
            place,
            f"{path} is larger than {MAX_BENDING_BYTES >> 20} MiB.",
            "Clone the repository anew.",
        )
    return content
