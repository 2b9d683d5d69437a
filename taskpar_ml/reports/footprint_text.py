"""Footprints as a person reads them: the likeliest items of every task, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table

from taskpar_ml.domain.footprint import Access, EvidenceSource, Surface, TouchedItem
from taskpar_ml.reports.text import plain

_QUOTED: Final = 70
_UNLIKELY: Final = 0.02
"""P(touch) below which an item is not worth a line."""


def draw_footprints(
    items: Iterable[TouchedItem],
    titles: Mapping[str, str],
    *,
    most: int,
    notices: Sequence[str] = (),
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
    notices
        What a person should know besides.
    """
    found = {task: list(own) for task, own in groupby(items, key=lambda item: item.task)}
    parts: list[RenderableType] = []
    for task, title in titles.items():
        parts.append(plain(f"{task}: {title}", style="bold"))
        parts.extend(_drawn(found.get(task, []), most))
    if not titles:
        parts.append(plain("No task is left."))
    parts.extend(plain(f"Notice: {notice}", style="dim") for notice in notices)
    return Group(*parts)


def _drawn(items: Sequence[TouchedItem], most: int) -> Iterator[RenderableType]:
    if not items:
        nothing = "Nothing says what it will touch. Name a file, or say more of what is to be done."
        yield Padding(plain(nothing, style="dim"), (0, 0, 1, 2))
        return
    table = Table(box=box.SIMPLE_HEAD, expand=True)
    table.add_column("P", no_wrap=True)
    table.add_column("item", overflow="fold", ratio=4)
    table.add_column("evidence", overflow="fold", ratio=2)
    table.add_column("why", overflow="fold", ratio=5)
    likely = [item for item in items if _is_shown(item)] or list(items[:1])
    for item in likely[:most]:
        table.add_row(
            f"{item.probability:.2f}",
            plain(_named(item)),
            plain(", ".join(source.value for source in item.sources)),
            plain(item.quotes[0] if item.quotes else "", style="dim", most=_QUOTED),
        )
    yield table
    if len(likely) > most:
        yield Padding(plain(f"and {len(likely) - most} more", style="dim"), (0, 0, 1, 2))


def _is_shown(item: TouchedItem) -> bool:
    """Whether an item is worth a line: it is likely, or somebody was asked and named it."""
    return item.probability >= _UNLIKELY or EvidenceSource.PROVIDER in item.sources


def _named(item: TouchedItem) -> str:
    """Return an item with its surface, unless it is a file, and with "read" where it is read."""
    kind = "" if item.surface == Surface.FILE else f"{item.surface.value} "
    return f"{kind}{item.item}{' (read)' if item.access == Access.READ else ''}"
