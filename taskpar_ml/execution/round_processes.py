"""Processes that were started in a round, wherever they have gone since."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import psutil

MARK: Final = "TASKPAR_ROUND"
"""Variable that all that is started in a round inherits; it says where the round is kept."""
_OUTPUTS: Final = (1, 2)
_LOOKS: Final = 0.02
"""Seconds between two looks at processes that are to end."""
_CLOCKS: Final = 2.0
"""Seconds by which the beginning of a process and the time of a file may differ."""


def processes_of(place: Path, *, shell: int | None) -> Iterator[psutil.Process]:
    """Yield processes that were started in a round.

    They are known by what their environment says; those that have another one, by their session, or
    by the log of the round that they print to. Whatever has cleared its environment, has a session
    of its own and prints elsewhere is not found: nothing is left of the round that a user's own
    process could not have as well.

    Parameters
    ----------
    place
        Where the round is kept.
    shell
        The process around its command, which leads its session; None where that is not known.
    """
    own = os.getpid()
    led = shell if shell is not None and _may_lead(shell, place) else None
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid == own or process.status() == psutil.STATUS_ZOMBIE:
                continue
            if (
                process.environ().get(MARK) == str(place)
                or (led is not None and _is_of(process, led, place))
                or _prints_to(process, place / "log")
            ):
                yield process


def wait_for(processes: Iterable[psutil.Process], seconds: float) -> None:
    """Wait until processes have ended, or for so many seconds.

    One that has ended and that nobody has asked after is still listed, but does nothing.
    """
    end = time.monotonic() + seconds
    while any(map(_does_anything, processes)) and time.monotonic() < end:
        time.sleep(_LOOKS)


def _does_anything(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def is_shell_of(pid: int, place: Path) -> bool:
    """Whether a process is the shell of a round, and no other that got its number later."""
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and str(place) in process.cmdline()
    except psutil.Error:
        return False


def _may_lead(shell: int, place: Path) -> bool:
    """Whether a session of that number can only be the one of a round.

    Numbers are given again when nobody has them any more, and after the machine was started.
    """
    try:
        began_since = (place / "begun").stat().st_mtime > psutil.boot_time() + _CLOCKS
    except OSError:
        return False
    if not began_since:
        return False
    try:
        # Whoever began it may not have looked yet that it has ended.
        is_over = psutil.Process(shell).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
    return is_over or is_shell_of(shell, place)


def _is_of(process: psutil.Process, session: int, place: Path) -> bool:
    """Whether a process is of a session, and began when the round had begun."""
    began = (place / "begun").stat().st_mtime
    return os.getsid(process.pid) == session and process.create_time() > began - _CLOCKS


def _prints_to(process: psutil.Process, log: Path) -> bool:
    """Whether what a process prints goes to a file; where nobody can tell, it does not."""
    told = log.stat()
    for output in _OUTPUTS:
        with contextlib.suppress(OSError):
            found = os.stat(f"/proc/{process.pid}/fd/{output}")
            if (found.st_dev, found.st_ino) == (told.st_dev, told.st_ino):
                return True
    return False
