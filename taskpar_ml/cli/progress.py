"""Showing on a terminal how far something has come, how fast, and how long it will take."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from taskpar_ml.domain.mining import MiningProgress


@contextmanager
def showing_progress(what: str) -> Iterator[Callable[[MiningProgress], None]]:
    """Yield what is to be called with the progress; it shows nothing where there is no terminal."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda progress: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[pairs]:,} pairs, {task.fields[rate]:,.0f}/s,"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    with Progress(*columns, console=Console(stderr=True)) as shown:
        line = shown.add_task(what, total=None, pairs=0, rate=0.0)

        def update(progress: MiningProgress) -> None:
            elapsed = shown.tasks[0].elapsed or 0.0
            shown.update(
                line,
                completed=progress.done,
                total=progress.total,
                pairs=progress.pairs,
                rate=progress.pairs / elapsed if elapsed else 0.0,
            )

        yield update
