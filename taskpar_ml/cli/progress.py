"""Showing on a terminal how far something has come, how fast, and how long it will take."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

if TYPE_CHECKING:
    from taskpar_ml.domain.mining import MiningProgress

_READING: Final = "Reading"


@contextmanager
def showing_progress(what: str) -> Iterator[Callable[[MiningProgress], None]]:
    """Yield what is to be called with the progress; it shows nothing where there is no terminal.

    Until it is called for the first time, it says that something is read.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda progress: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), _Pace())
    with Progress(*columns, console=Console(stderr=True)) as shown:
        line = shown.add_task(_READING, total=None, pairs=0)

        def update(progress: MiningProgress) -> None:
            shown.update(
                line,
                description=what,
                completed=progress.done,
                total=progress.total,
                pairs=progress.pairs,
            )

        yield update


class _Pace(ProgressColumn):
    """What is known of it so far: share, pairs, pairs per second, time left."""

    def render(self, task: Task) -> Text:
        """Return nothing at first."""
        return Text(", ".join(_pace(task)))


def _pace(task: Task) -> Iterator[str]:
    if task.total is None:
        return
    yield f"{task.percentage:.0f}%"
    pairs = task.fields["pairs"]
    if pairs:
        yield f"{pairs:,} pairs"
    if pairs and task.elapsed:
        yield f"{pairs / task.elapsed:,.0f}/s"
    if task.time_remaining and not task.finished:
        yield f"{timedelta(seconds=int(task.time_remaining))} left"
