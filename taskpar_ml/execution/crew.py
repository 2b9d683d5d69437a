"""Whoever does the work of attempts: the contract, and commands on this machine.

A command outlives the process that started it. A small shell around it claims its directory, so
that it runs once however often it is started, and writes down how it ended, so that whoever comes
later knows.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, Protocol

import psutil

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.outcome import Cost
from taskpar_ml.domain.runs import RoundEnd
from taskpar_ml.execution.costs import TAIL, cost_in
from taskpar_ml.execution.room import free_room, room_taken, unusable
from taskpar_ml.execution.round_processes import MARK, is_shell_of, processes_of, wait_for

MAX_LOG: Final = 256 << 20
"""Bytes that a command may print before it is ended."""
MAX_ROOM: Final = 10 << 30
"""Bytes that a command may write into its worktree before it is ended: a build takes less, and what
fills the disk takes it from all that run."""
GRACE: Final = 5.0
"""Seconds between the request to end and the end."""
_SETTLES: Final = 10.0
"""Seconds after which a command that has not said that it runs never will."""
_KILLS: Final = 20
"""Times that what is left of a command is killed: it may go on to start others meanwhile."""
_LOOKS: Final = 20.0
"""Times as long as a worktree takes to be measured until it is measured again."""
_SHELL: Final = """\
cd "$1" || exit 125
mkdir claimed 2>/dev/null || exit 0
echo $$ >pid.new && mv pid.new pid
tree=$2; shift 2
(cd "$tree" && exec "$@") </dev/null >log 2>&1
echo $? >exit.new && mv exit.new exit
"""


class RoundKey(NamedTuple):
    """A run of an agent's command: the how-manieth of an attempt, from 1."""

    attempt: Attempt
    number: int


@dataclass(frozen=True)
class Order:
    """What is to be run.

    Attributes
    ----------
    words
        Program and arguments.
    tree
        The directory that it runs in.
    environment
        Variables that it gets besides those of this process.
    """

    words: Sequence[str]
    tree: Path
    environment: Mapping[str, str]


class Ended(NamedTuple):
    """How a command ended, its exit status and what it used up, where that is known."""

    how: RoundEnd
    code: int | None = None
    cost: Cost | None = None


class Crew(Protocol):
    """Whoever runs commands for rounds.

    Laws, each a test that every crew has to pass:

    1. To begin a round twice begins it once, even if whoever began it was killed in between.
    2. A round that was begun ends, once: every answer after the first says the same.
    3. Once a round has ended nothing of it runs.
    4. A round that was never begun is lost.
    """

    def begin(self, key: RoundKey, order: Order) -> None:
        """Begin a round, unless it was begun."""
        ...

    def ended(self, key: RoundKey) -> Ended | None:
        """Return how a round ended; None while it runs."""
        ...

    def stop(self, key: RoundKey) -> None:
        """End a round, whatever it is doing, and return when nothing of it runs."""
        ...

    def printed(self, key: RoundKey) -> bytes:
        """Return the end of what a round has printed."""
        ...


class _Outliving(subprocess.Popen[bytes]):
    """A process that may go on when nobody here waits for it any more."""

    def __del__(self) -> None:
        self.poll()  # which says nothing of one that runs


class LocalCrew:
    """Runs commands as processes of this machine, each in a session of its own.

    Parameters
    ----------
    place
        Directory in which each round has a directory, with its ``log``.
    timeout
        Seconds after which a round is ended.
    grace
        Seconds that it has to end by itself.
    max_log
        Bytes that it may print.
    max_room
        Bytes that it may write into the directory that it runs in, where the disk has lost as many
        meanwhile.
    """

    def __init__(
        self,
        place: Path,
        *,
        timeout: float,
        grace: float = GRACE,
        max_log: int = MAX_LOG,
        max_room: int = MAX_ROOM,
    ) -> None:
        self._place, self._timeout, self._grace = place, timeout, grace
        self._max_log, self._max_room = max_log, max_room
        self._children: dict[RoundKey, _Outliving] = {}
        self._looks_again: dict[Path, float] = {}

    def directory(self, key: RoundKey) -> Path:
        """Return where a round keeps its log and what else is known of it."""
        return self._place / f"{key.attempt.task}.{key.attempt.number}.{key.number}"

    def printed(self, key: RoundKey) -> bytes:
        """Return the end of what a round has printed."""
        return _tail(self.directory(key) / "log")

    def begin(self, key: RoundKey, order: Order) -> None:
        """Begin a round, unless it was begun."""
        place = self.directory(key)
        try:
            place.mkdir(parents=True, exist_ok=True)
            if key in self._children or (place / "claimed").exists():
                return
            _write(place / "begun", f"{free_room(place)} {order.tree}")
            self._children[key] = _Outliving(
                _shelled(place, order),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**_environment(), **order.environment, MARK: str(place)},
                start_new_session=True,
            )
        except OSError as error:
            raise unusable(place, error) from error

    def ended(self, key: RoundKey) -> Ended | None:
        """Return how a round ended; None while it runs."""
        place = self.directory(key)
        known = self._known(place)
        if known is None:
            reason = self._reason_to_stop(place)
            if reason is None and self._runs(key, place):
                return None
            # It may have ended between the two looks.
            known = self._known(place) or _finish(place, reason or RoundEnd.LOST)
        self._leave_nothing(place)
        self._reap(key)
        return known._replace(cost=cost_in(self.printed(key)))

    def stop(self, key: RoundKey) -> None:
        """End a round, whatever it is doing."""
        place = self.directory(key)
        if self._known(place) is None:
            _finish(place, RoundEnd.STOPPED)
        self._leave_nothing(place)
        self._reap(key)

    def _known(self, place: Path) -> Ended | None:
        """Return how a round ended as far as that is written down."""
        how = _read(place / "how")
        if how:
            return Ended(RoundEnd(how))
        code = _read(place / "exit")
        if not code.isdigit():
            return None
        status = int(code)
        return Ended(RoundEnd.FAILED if status else RoundEnd.DONE, status)

    def _reason_to_stop(self, place: Path) -> RoundEnd | None:
        """Return why a round that runs must not go on."""
        with contextlib.suppress(OSError):
            began = (place / "begun").stat().st_mtime
            if time.time() - began > self._timeout:
                return RoundEnd.TIMED_OUT
            if self._fills_the_disk(place, began):
                return RoundEnd.STOPPED
            if (place / "log").stat().st_size > self._max_log:
                return RoundEnd.STOPPED
        return None

    def _fills_the_disk(self, place: Path, began: float) -> bool:
        """Whether a round has written too much.

        Its worktree is only measured when the disk has lost that much, and not all the time then.
        """
        free, _, tree = _read(place / "begun").partition(" ")
        if not free.isdigit() or int(free) - free_room(place) <= self._max_room:
            return False
        looks = time.monotonic()
        if looks < self._looks_again.get(place, 0.0):
            return False
        taken = room_taken(Path(tree), began)
        self._looks_again[place] = time.monotonic() + _LOOKS * (time.monotonic() - looks)
        return taken > self._max_room

    def _runs(self, key: RoundKey, place: Path) -> bool:
        """Whether the shell around a command is there, or may still come."""
        child = self._children.get(key)
        if child is not None and child.poll() is None:
            return True
        pid = _read(place / "pid")
        if pid.isdigit():
            return is_shell_of(int(pid), place)
        # Whoever began it was killed before the shell said that it runs.
        with contextlib.suppress(OSError):
            return child is None and time.time() - (place / "begun").stat().st_mtime < _SETTLES
        return False

    def _leave_nothing(self, place: Path) -> None:
        """End everything that was started in a round, wherever it has gone."""
        pid = _read(place / "pid")
        shell = int(pid) if pid.isdigit() else None
        for request in (signal.SIGTERM, *[signal.SIGKILL] * _KILLS):
            left = list(processes_of(place, shell=shell))
            if not left:
                return
            for process in left:
                with contextlib.suppress(psutil.Error):
                    process.send_signal(request)
            wait_for(left, self._grace)

    def _reap(self, key: RoundKey) -> None:
        child = self._children.pop(key, None)
        if child is not None:
            child.wait()


def _shelled(place: Path, order: Order) -> list[str]:
    """Return the words of a command with the shell around it."""
    return ["/bin/sh", "-c", _SHELL, "taskpar-round", str(place), str(order.tree), *order.words]


def _finish(place: Path, how: RoundEnd) -> Ended:
    """Write down how a round ends; it cannot begin any more."""
    try:
        (place / "claimed").mkdir(parents=True, exist_ok=True)
        _write(place / "how", how.value)
    except OSError as error:
        raise unusable(place, error) from error
    return Ended(how)


def _environment() -> dict[str, str]:
    """Return what commands are told: all that this process is, but for git and the store."""
    left_out = ("TASKPAR_STORE", "TASKPAR_STATE")
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") and name not in left_out
    }


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("ascii", "surrogateescape").strip()
    except OSError:
        return ""


def _tail(path: Path) -> bytes:
    """Return the end of a file; nothing where there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - TAIL))
            return file.read(TAIL)
    except OSError:
        return b""


def _write(path: Path, text: str) -> None:
    unfinished = path.with_suffix(".new")
    unfinished.write_bytes(os.fsencode(f"{text}\n"))
    unfinished.rename(path)
