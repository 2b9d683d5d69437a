"""How a run stands, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table

from taskpar_ml.domain.run_report import AttemptStatus, RunStatus
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


def attempt_words(each: AttemptStatus) -> str:
    """Say in a few words how an attempt stands."""
    if each.ending is None:
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
