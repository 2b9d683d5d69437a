"""Replaying stretches on several cores, results in the order of the stretches."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from pathlib import Path
from typing import Final

from taskpar_ml.domain.mined import MinedTask
from taskpar_ml.errors import MiningError
from taskpar_ml.history.replay.stretches import Stretch, replay_stretch

_AHEAD: Final = 2
"""Stretches per worker that are handed out before the oldest result is back."""


def replay_stretches(
    repo: str | Path, place: str, stretches: Iterable[Stretch], *, workers: int
) -> Iterator[tuple[Stretch, list[MinedTask]]]:
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

    Raises
    ------
    RepositoryError
        If what a task changed cannot be read.
    MiningError
        If a worker process is gone, killed for want of memory perhaps.

    Notes
    -----
    Workers are started anew, not forked, so a program that calls this must guard its own start by
    ``if __name__ == "__main__"``. When the iteration ends early, by an interrupt too, stretches
    that wait are dropped and those under way are finished. Workers whose parent is killed end.
    """
    waiting = iter(stretches)
    first = list(islice(waiting, 2))
    if workers == 1 or len(first) < 2:
        for stretch in chain(first, waiting):
            yield stretch, replay_stretch(repo, place, stretch)
        return
    pool = ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=_settle_in
    )
    handed_out: deque[tuple[Stretch, Future[list[MinedTask]]]] = deque()
    try:
        for stretch in chain(first, waiting):
            handed_out.append((stretch, pool.submit(replay_stretch, repo, place, stretch)))
            if len(handed_out) > _AHEAD * workers:
                yield _result(*handed_out.popleft())
        while handed_out:
            yield _result(*handed_out.popleft())
    except BrokenProcessPool as error:
        raise MiningError(
            place,
            "a process that replayed a part of the history is gone.",
            "Run the command again, it goes on where it ended; with --workers 1 where memory is "
            "short.",
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _result(stretch: Stretch, future: Future[list[MinedTask]]) -> tuple[Stretch, list[MinedTask]]:
    return stretch, future.result()


def _settle_in() -> None:
    """Leave interrupts to the parent, and end when it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    # The scratch directory stays behind: it is empty but for contents that are very large.
    os._exit(1)
