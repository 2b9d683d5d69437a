"""Footprints as a person reads them: the likeliest items of every task, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table

from taskpar_ml.domain.footprint import Access, TouchedItem
from taskpar_ml.reports.text import plain

_QUOTED: Final = 120
_UNLIKELY: Final = 0.02
"""P(touch) below which an item is not worth a line."""


def draw_footprints(
    items: Iterable[TouchedItem], titles: Mapping[str, str], *, most: int
) -> RenderableType:
    """Draw what tasks touch, task by task.

    Parameters
    ----------
    items
        The items, those of a task together and its likeliest first.
    titles
        Title of every task to be drawn, also of those that have no items.
    most
        Items shown per task.
    """
    found = {task: list(own) for task, own in groupby(items, key=lambda item: item.task)}
    parts: list[RenderableType] = []
    for task, title in titles.items():
        parts.append(plain(f"{task}: {title}", style="bold"))
        parts.extend(_drawn(found.get(task, []), most))
    return Group(*parts)


def _drawn(items: Sequence[TouchedItem], most: int) -> Iterator[RenderableType]:
    if not items:
        yield plain(
            "  Nothing says what it will touch. Name a file, or say more of what is to be done.",
            style="dim",
        )
        return
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("P", "touches", "item", "how", "evidence", "why"):
        table.add_column(name, overflow="fold")
    shown = [item for item in items[:most] if item.probability >= _UNLIKELY] or items[:1]
    for item in shown:
        table.add_row(
            f"{item.probability:.2f}",
            item.surface.value,
            plain(item.item),
            "reads" if item.access == Access.READ else "writes",
            ", ".join(source.value for source in item.sources),
            plain("; ".join(item.quotes), style="dim", most=_QUOTED),
        )
    yield table
    if len(items) > len(shown):
        yield plain(f"  and {len(items) - len(shown)} less likely", style="dim")
