"""Directories that nobody but the user may write to."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

OWNER_ONLY_DIRECTORY: Final = 0o700
"""Permissions of a directory of state: what was computed tells what a repository holds."""

OWNER_ONLY_FILE: Final = 0o600
"""Permissions of a file of state."""


def make_private(directory: Path) -> None:
    """Make a directory and those missing above it; one that exists is left as it is.

    Raises
    ------
    OSError
        If it cannot be made, or something that is no directory bears its name.
    """
    directory.mkdir(mode=OWNER_ONLY_DIRECTORY, parents=True, exist_ok=True)


def distrust(directory: Path) -> str | None:
    """Return why nothing in a directory may be believed, ``None`` where nothing speaks against it.

    A link is not followed: whoever made it chose where it leads.

    Examples
    --------
    >>> distrust(Path("/dev/null"))
    'it is no directory'
    """
    try:
        found = directory.lstat()
    except (OSError, ValueError) as error:
        return f"it cannot be looked at ({getattr(error, 'strerror', None) or error})"
    if stat.S_ISLNK(found.st_mode):
        return "it is a symbolic link"
    if not stat.S_ISDIR(found.st_mode):
        return "it is no directory"
    if found.st_uid != os.geteuid():
        return "it belongs to another user"
    if found.st_mode & stat.S_IWOTH:
        return "everybody may write there"
    return None


def is_writable(directory: Path) -> bool:
    """Whether files can be made in a directory, as far as its permissions and its disk say."""
    return os.access(directory, os.W_OK | os.X_OK)
