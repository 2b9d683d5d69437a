"""Histories of a store, as a person and as a program reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rich import box
from rich.console import RenderableType
from rich.table import Table

from taskpar_ml.domain.history_summary import HistorySummary
from taskpar_ml.reports.text import plain

_SHOWN: Final = 12
"""Characters of a commit id that a person reads."""


def draw_histories(histories: Sequence[HistorySummary]) -> RenderableType:
    """Return a table of histories, or a sentence where there are none."""
    if not histories:
        return plain("The store holds no history yet.")
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("history", "landings", "tasks", "mined", "newest", "last written"):
        number = name in ("landings", "tasks", "mined")
        table.add_column(name, overflow="fold", justify="right" if number else "left")
    for each in histories:
        table.add_row(
            plain(each.name),
            f"{each.landings:,}",
            f"{each.tasks:,}",
            f"{each.mined:,}",
            plain((each.newest or "")[:_SHOWN]),
            f"{each.written_at:%Y-%m-%d %H:%M} UTC" if each.written_at else "never",
        )
    return table


def history_rows(histories: Sequence[HistorySummary]) -> list[dict[str, Any]]:
    """Return what JSON says of each history."""
    return [
        {
            "name": each.name,
            "landings": each.landings,
            "tasks": each.tasks,
            "mined": each.mined,
            "newest": each.newest,
            "written_at": each.written_at.isoformat() if each.written_at else None,
        }
        for each in histories
    ]
