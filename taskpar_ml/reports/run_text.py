"""How a run stands, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table

from taskpar_ml.domain.run_report import AttemptStatus, RoundLog, RunStatus
from taskpar_ml.reports.text import counted, plain

_NEXT: Final = {
    "preparing": "gets a worktree",
    "running": "works",
    "stopped": "is looked at",
    "kept": "waits to land",
    "conflicting": "conflicts",
}


def draw_run(status: RunStatus) -> RenderableType:
    """Draw the attempts of a run, what they came to, and where work that did not land is kept."""
    return Group(*_parts(status))


def draw_progress(status: RunStatus, *, now: datetime, waiting: int) -> RenderableType:
    """Draw who is in flight, for a terminal.

    Parameters
    ----------
    now
        The time.
    waiting
        How many tasks have not begun.
    """
    busy = [each for each in status.attempts if each.ending is None]
    counts = [
        f"{len(status.landed)} landed",
        f"{len(busy)} in flight",
        f"{waiting} waiting",
        *([f"{len(status.given_up)} given up"] if status.given_up else []),
        *([f"{len(status.verifying)} verified"] if status.verifying else []),
    ]
    table = Table(box=None, padding=(0, 2, 0, 0), title_justify="left", show_header=False)
    table.add_column("task", no_wrap=True)
    table.add_column("doing", no_wrap=True)
    table.add_column("since", no_wrap=True, justify="right")
    for each in busy:
        table.add_row(plain(each.task, most=40), attempt_words(each), _lasting(now - each.since))
    return Group(plain(f"{status.run}: {', '.join(counts)}", style="bold"), table)


def _lasting(time: timedelta) -> str:
    """Say how long something has lasted.

    Examples
    --------
    >>> _lasting(timedelta(seconds=75)), _lasting(timedelta(hours=2, minutes=3))
    ('1:15', '2:03:00')
    """
    minutes, seconds = divmod(max(0, int(time.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def draw_log(log: RoundLog, *, lines: int) -> RenderableType:
    """Draw the end of what a round has printed.

    Parameters
    ----------
    lines
        How many lines of it.
    """
    how = log.how or "runs"
    head = f"Attempt {log.attempt}, round {log.round}: {log.role}, {how}. {log.path}"
    text = log.printed.decode("utf-8", "replace").splitlines()[-lines:]
    return Group(plain(head, style="bold"), *(plain(line) for line in text))


def attempt_words(each: AttemptStatus) -> str:
    """Say in a few words how an attempt stands."""
    if each.ending is None:
        if each.phase == "running" and each.asked_for == "land":
            return "is landed"
        if each.waits_for:
            return f"waits for {', '.join(each.waits_for)}"
        doing = each.asked_for if each.phase == "running" and each.asked_for != "work" else ""
        return _NEXT.get(each.phase, each.phase) + (f" ({doing})" if doing else "")
    landed = f" as {each.landed_as[:10]}" if each.landed_as else ""
    return f"{each.ending.value}{landed}"


def _parts(status: RunStatus) -> Iterator[RenderableType]:
    on = f"from {status.base[:10]} onto {status.target}, now {status.tip[:10]}"
    yield plain(f"Run {status.run}: {counted(len(status.landed), 'task')} landed, {on}.")
    if status.rolled_back:
        yield plain(f"It was rolled back; {status.rolled_back[:10]} is kept.", style="bold")
    if status.is_paused:
        yield plain("It is paused: nothing starts until `taskpar runs continue`.", style="bold")
    if status.attempts:
        table = Table(box=box.SIMPLE_HEAD)
        for name in ("task", "attempt", "", "why"):
            table.add_column(name, overflow="fold")
        for each in status.attempts:
            told = plain(each.why.partition("\n")[0], most=100, style="dim")
            table.add_row(plain(each.task), str(each.attempt), attempt_words(each), told)
        yield table
    for each in status.attempts:
        if each.task in status.given_up and each.ending is not None and each.work:
            yield plain(
                f"{each.task} is given up. Its work: git switch --create {each.task} {each.work}; "
                f"`taskpar runs retry {each.task}` lets it start again."
            )
