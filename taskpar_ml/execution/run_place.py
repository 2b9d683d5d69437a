"""Where a run is kept, and who may run it."""

from __future__ import annotations

import fcntl
import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import psutil

from taskpar_ml.errors import RunError
from taskpar_ml.execution.room import unusable
from taskpar_ml.execution.run_book import RunBook
from taskpar_ml.execution.workshop import Workshop
from taskpar_ml.history.store.repo_history import RepoHistory

_GIT_ENDS: Final = 60.0
"""Seconds that a git has to end whose run was killed."""
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True)
class RunPlace:
    """Where a run is kept.

    Attributes
    ----------
    history
        The history of the repository: journal, bank and outcomes.
    common
        Git directory of the user's repository.
    directory
        Directory of all runs of the repository.
    name
        What the run is called.

    Raises
    ------
    RunError
        If it cannot be called so.
    """

    history: RepoHistory
    common: Path
    directory: Path
    name: str

    def __post_init__(self) -> None:
        check_name(self.name)

    @property
    def place(self) -> Path:
        """The directory of the run."""
        return self.directory / self.name

    @property
    def where(self) -> str:
        """The machine and the directory of the run."""
        return f"{socket.gethostname()}:{self.place.absolute()}"

    def book(self) -> RunBook:
        """Return the journal."""
        return RunBook(self.history, self.name)

    def workshop(self) -> Workshop:
        """Return the workshop."""
        return Workshop(self.place, self.name, self.common)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep others from running this run, until the block ends or this process does.

        The lock goes to every git that is started meanwhile: one that outlives whoever started it
        must not work beside the next one.

        Raises
        ------
        RunError
            If somebody else does.
        """
        self.place.mkdir(parents=True, exist_ok=True)
        with (self.place / "lock").open("a+", encoding="ascii") as lock:
            until = time.monotonic() + _GIT_ENDS
            while not _is_locked(lock):
                if _is_alive(lock) or time.monotonic() > until:
                    raise RunError(
                        f"run {self.name}", "another process runs it.", "Wait until that has ended."
                    )
                time.sleep(0.1)
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            os.set_inheritable(lock.fileno(), True)
            try:
                yield
            except OSError as error:
                raise unusable(self.place, error) from error


def _is_locked(lock: IO[str]) -> bool:
    """Lock a file, and return whether nobody else has."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_alive(lock: IO[str]) -> bool:
    """Whether whoever locked a file last is there still."""
    lock.seek(0)
    text = lock.read()
    return not text.isdigit() or psutil.pid_exists(int(text))


def check_name(run: str) -> None:
    """Refuse a name that no run can have.

    Raises
    ------
    RunError
        If it is one.
    """
    if not _NAME.fullmatch(run):
        raise RunError(
            f"run {run!r}",
            "a name is 1 to 64 letters, digits, '-' or '_', and begins with a letter or digit.",
            "Choose another one.",
        )
