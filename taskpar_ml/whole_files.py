"""Files that appear under their name complete or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: Path, *, replace: bool, mode: int | None = None) -> Iterator[Path]:
    """Yield a path to write to; when the block ends well, its content stands at ``path``.

    The content is on disk before it gets its name, so that a crash leaves the old file, the new
    one, or none, but never a part. If the block fails, nothing is left behind.

    Parameters
    ----------
    path
        Where the content belongs; its directory must exist.
    replace
        Whether a file of that name may be replaced; a directory never is.
    mode
        Permissions; by default those that new files have.

    Raises
    ------
    FileExistsError
        If ``replace`` is false and something bears the name, a dangling link included.
    OSError
        If the directory cannot be written.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent)
    os.close(handle)
    beside = Path(name)
    try:
        yield beside
        beside.chmod(_new_file_mode() if mode is None else mode)
        _synced(beside)
        if replace:
            beside.replace(path)
        else:
            os.link(beside, path)
        _synced(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def _new_file_mode() -> int:
    """Return the permissions that this process gives to new files."""
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask


def _synced(path: Path) -> None:
    """Bring a file or directory to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
