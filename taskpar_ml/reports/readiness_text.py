"""What may start now, as a person reads it."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table

from taskpar_ml.domain.readiness import Readiness
from taskpar_ml.reports.text import plain, printable


def draw_readiness(readiness: Readiness) -> RenderableType:
    """Draw the tasks that may start, those that wait, and why."""
    running = ", ".join(printable(task) for task in readiness.running) or "nothing"
    parts: list[RenderableType] = [
        plain(f"Running: {running}. Workers: {readiness.workers}.", style="dim")
    ]
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("", "task", "what", "why not now"):
        table.add_column(name, overflow="fold")
    for task in readiness.ready:
        how = "start" if task.attempt is None else f"started, attempt {task.attempt}"
        table.add_row(how, plain(task.id), plain(task.title, most=60), "")
    for waiting in readiness.waiting:
        why = plain(waiting.why, style="dim")
        table.add_row("wait", plain(waiting.id), plain(waiting.title, most=60), why)
    if readiness.ready or readiness.waiting:
        parts.append(table)
    if not readiness.waiting and not readiness.ready:
        parts.append(plain("No task is left to start."))
    elif readiness.is_blocked:
        parts.append(plain("No task may start now.", style="bold"))
    parts.extend(plain(f"Notice: {notice}", style="dim") for notice in readiness.notices)
    return Group(*parts)
