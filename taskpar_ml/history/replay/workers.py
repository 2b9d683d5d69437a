"""Replaying stretches on several cores, results in the order of the stretches."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NoReturn, Self

from taskpar_ml.domain.mined import MinedTask
from taskpar_ml.errors import MiningError, TaskparError
from taskpar_ml.history.replay.detectors import PairDetector
from taskpar_ml.history.replay.stretches import Stretch, StretchReplayer, stretch_replayer
from taskpar_ml.repo.scratch import temporary_directory

Replayed = tuple[Stretch, list[MinedTask]]


@dataclass(frozen=True, slots=True)
class Tick:
    """One task was replayed; what was found comes with its stretch.

    Attributes
    ----------
    task
        Its id.
    pairs
        How many pairs it made.
    """

    task: str
    pairs: int


Report = Callable[[Tick], None]

_AHEAD: Final = 2
"""Results per worker that may wait for an older one."""

_TO_CLEAN_UP: Final = 5.0
"""Seconds that a worker has to remove its scratch directory when it is told to end."""


def replay_stretches(
    repo: str | Path,
    place: str,
    stretches: Iterable[Stretch],
    *,
    workers: int,
    detectors: Sequence[PairDetector[Any]] = (),
    report: Report = lambda tick: None,
) -> Iterator[Replayed]:
    """Yield stretches with what replaying them found, in their order.

    Parameters
    ----------
    repo
        The repository.
    place
        How messages name it.
    stretches
        Taken one by one, a few ahead of the results.
    workers
        Processes that replay at the same time. With one, or with nothing to share out, it happens
        in this process.
    detectors
        Look for what no merge shows.
    report
        Called with each task when it was replayed, in the order in which processes come to that.

    Raises
    ------
    RepositoryError
        If what a task changed cannot be read.
    MiningError
        If a worker process is gone, killed for want of memory perhaps.

    Notes
    -----
    Workers are started anew, not forked, so a program that calls this must guard its own start by
    ``if __name__ == "__main__"``. When the iteration ends early, by an interrupt too, what is under
    way is dropped. Workers whose parent is killed end after their stretch.
    """
    waiting = iter(stretches)
    first = list(islice(waiting, 2))
    if workers == 1 or len(first) < 2:
        with stretch_replayer(repo, place, detectors) as replayer:
            for stretch in chain(first, waiting):
                yield stretch, _replayed(replayer, stretch, report)
        return
    with (
        # A worker that is killed cannot remove its scratch directory.
        temporary_directory() as directory,
        _Workers(repo, place, workers, detectors, directory) as team,
    ):
        yield from team.replay(chain(first, waiting), report)


def _replayed(replayer: StretchReplayer, stretch: Stretch, report: Report) -> list[MinedTask]:
    tasks = []
    for task in replayer.replay(stretch):
        tasks.append(task)
        report(Tick(task.task, len(task.pairs)))
    return tasks


class _Workers:
    """Processes, each at the other end of a pipe, started when there is work for one more."""

    def __init__(
        self,
        repo: str | Path,
        place: str,
        number: int,
        detectors: Sequence[PairDetector[Any]],
        directory: str,
    ) -> None:
        self._repo = repo
        self._detectors = detectors
        self._directory = directory
        self._place = place
        self._number = number
        self._processes: list[SpawnProcess] = []
        self._free: list[Connection] = []
        self._busy: dict[Connection, int] = {}

    def replay(self, stretches: Iterator[Stretch], report: Report) -> Iterator[Replayed]:
        """Hand out stretches, and yield results in order."""
        handed_out: dict[int, Stretch] = {}
        done: dict[int, list[MinedTask]] = {}
        most = _AHEAD * self._number
        oldest = 0
        for number, stretch in enumerate(stretches):
            while len(self._busy) == self._number or number - oldest >= most:
                self._take(done, report)
                while oldest in done:
                    yield handed_out.pop(oldest), done.pop(oldest)
                    oldest += 1
            handed_out[number] = stretch
            self._give(number, stretch)
        while handed_out:
            if oldest in done:
                yield handed_out.pop(oldest), done.pop(oldest)
                oldest += 1
            else:
                self._take(done, report)

    def _give(self, number: int, stretch: Stretch) -> None:
        connection = self._free.pop() if self._free else self._started()
        self._busy[connection] = number
        try:
            connection.send(stretch)
        except OSError as error:
            raise self._is_gone() from error

    def _started(self) -> Connection:
        """Start one more process."""
        start = multiprocessing.get_context("spawn")
        mine, theirs = start.Pipe()
        work = (theirs, self._repo, self._place, self._detectors, self._directory)
        process = start.Process(target=_work, args=work, daemon=True)
        with _interrupts_held_back():
            process.start()
        theirs.close()
        self._processes.append(process)
        return mine

    def _take(self, done: dict[int, list[MinedTask]], report: Report) -> None:
        """Wait for what workers say: that a task was replayed, or what became of a stretch."""
        for connection in wait(list(self._busy)):
            if not isinstance(connection, Connection):
                continue
            try:
                answer = connection.recv()
            except (EOFError, OSError) as error:
                raise self._is_gone() from error
            if isinstance(answer, TaskparError):
                raise answer
            if isinstance(answer, Tick):
                report(answer)
            else:
                done[self._busy.pop(connection)] = answer
                self._free.append(connection)

    def _is_gone(self) -> MiningError:
        return MiningError(
            self._place,
            "a process that replayed a part of the history is gone.",
            "Run the command again, it goes on where it ended; with --workers 1 where memory is "
            "short.",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for connection in (*self._free, *self._busy):
            connection.close()
        for process in self._processes:
            if kind is not None:
                process.terminate()
        for process in self._processes:
            process.join(_TO_CLEAN_UP)
            if process.is_alive():
                process.kill()
                process.join()
            process.close()


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Hold interrupts back for a while, and from a process that starts meanwhile until it is ready.

    A terminal interrupts every process, one that still loads its modules too, which would tell.
    So would one whose parent is interrupted before it has told it what to do.
    """
    # It starts with the first process, and would let interrupts through again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(
    connection: Connection,
    repo: str | Path,
    place: str,
    detectors: Sequence[PairDetector[Any]],
    directory: str,
) -> None:
    """Replay what comes through a pipe until it is closed. Interrupts are the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    with suppress(EOFError, OSError):
        try:
            with stretch_replayer(repo, place, detectors, within=directory) as replayer:
                while True:
                    stretch = connection.recv()
                    connection.send(_replayed(replayer, stretch, connection.send))
        except TaskparError as error:
            connection.send(error)
    # Where the parent was killed, the last one to leave removes what they shared.
    with suppress(OSError):
        os.rmdir(directory)


def _end(signal_number: int, frame: object) -> NoReturn:
    """End in such a way that the scratch directory is removed."""
    sys.exit(1)
