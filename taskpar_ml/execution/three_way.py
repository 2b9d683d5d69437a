"""Merging one file of which three versions are there: line by line, or by a program that knows it.

A merge that stopped leaves the versions in the index: stage 1 is where both sides started, stage 2
is ours, stage 3 theirs.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from taskpar_ml.errors import RunError
from taskpar_ml.execution.git_runner import Git, git_environment

_TIMEOUT: Final = 60.0
"""Seconds that a program has for one file."""
_MARKERS: Final = (b"<<<<<<< ", b">>>>>>> ")


class Versions(NamedTuple):
    """Files that hold the three versions of a file."""

    base: Path
    ours: Path
    theirs: Path


def union(git: Git, path: str) -> bool:
    """Keep the lines of both sides of a file, and return whether that could be done.

    Parameters
    ----------
    git
        A worktree in which a merge has stopped.
    path
        A file that conflicts.

    Raises
    ------
    RunError
        If git cannot be run, or the file cannot be written.
    """
    with _versions(git, path) as found:
        if found is None:
            return False
        names = (str(found.ours), str(found.base), str(found.theirs))
        told = git("merge-file", "--union", "-p", *names, fails=(255,))
        return told.status == 0 and _settled(git, path, told.out)


def driven(git: Git, path: str, driver: Sequence[str]) -> bool:
    """Have a merge driver merge a file, and return whether it could.

    Parameters
    ----------
    git
        A worktree in which a merge has stopped.
    path
        A file that conflicts.
    driver
        Words of a command as git knows it from ``merge.*.driver``: ``%O``, ``%A`` and ``%B`` stand
        for the versions, ``%P`` for the path. It writes what it comes to over ``%A`` and exits with
        0.

    Raises
    ------
    RunError
        If git cannot be run, or the file cannot be written.
    """
    with _versions(git, path) as found:
        if found is None:
            return False
        for mark, value in zip(("%O", "%A", "%B"), found, strict=True):
            driver = [word.replace(mark, str(value)) for word in driver]
        words = [word.replace("%P", path) for word in driver]
        try:
            ran = subprocess.run(
                words,
                cwd=found.base.parent,
                env=git_environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_TIMEOUT,
                check=False,
            )
            merged = found.ours.read_bytes()
        except (OSError, ValueError, subprocess.TimeoutExpired):
            return False
        is_whole = not any(line.startswith(_MARKERS) for line in merged.splitlines())
        return ran.returncode == 0 and is_whole and _settled(git, path, merged)


@contextmanager
def _versions(git: Git, path: str) -> Iterator[Versions | None]:
    """Yield files with the versions of a file; None where one of them is missing, or no file."""
    told = git("ls-files", "--unmerged", "-z", "--", f":(literal){path}").paths
    modes = {entry.split()[2]: entry.split()[0] for entry in told}
    is_file = len(modes) == len(Versions._fields) and all(map(_is_file, modes.values()))
    if not is_file:
        yield None
        return
    with tempfile.TemporaryDirectory() as place:
        files = Versions(*(Path(place) / name for name in Versions._fields))
        for stage, file in enumerate(files, start=1):
            file.write_bytes(git("show", f":{stage}:{path}").out)
        yield files


def _is_file(mode: str) -> bool:
    return mode.startswith("100")


def _settled(git: Git, path: str, merged: bytes) -> bool:
    """Write what a file was merged to, and add it."""
    place = git.directory / path
    if place.is_symlink():
        return False
    try:
        place.write_bytes(merged)
    except OSError as error:
        raise RunError(os.fspath(place), f"{error.strerror}.", "Look why.") from error
    git("add", "--", f":(literal){path}")
    return True
