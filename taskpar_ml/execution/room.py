"""How much room of a disk is left, and who takes it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from taskpar_ml.errors import OutputError

_BLOCK: Final = 512


def free_room(place: Path) -> int:
    """Return the bytes that are left on the disk of a directory.

    Raises
    ------
    OSError
        If there is no such directory.
    """
    told = os.statvfs(place)
    return told.f_bavail * told.f_frsize


def room_taken(directory: Path, since: float) -> int:
    """Return the bytes that files below a directory take which were written, or came, since then.

    Links are not followed, and a file that has several names counts once.

    Parameters
    ----------
    since
        Seconds since the epoch.
    """
    taken, seen, waiting = 0, set(), [str(directory)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    found = entry.stat(follow_symlinks=False)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    elif found.st_ctime >= since and (found.st_dev, found.st_ino) not in seen:
                        seen.add((found.st_dev, found.st_ino))
                        taken += found.st_blocks * _BLOCK
        except OSError:
            continue  # it goes while we look
    return taken


def unusable(place: Path, error: Exception) -> OutputError:
    """Return what is raised where something cannot be written: no fault of any task."""
    problem = getattr(error, "strerror", None) or str(error).rstrip(".")
    return OutputError(str(place), f"{problem}.", "See to that, and say the same again.")
