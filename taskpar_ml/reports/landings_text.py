"""A history in numbers, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table

from taskpar_ml.domain.landing_overview import LandingOverview
from taskpar_ml.reports.text import counted, plain, printable

_TITLE: Final = 40
"""Longest title shown as an example."""


def draw_landings(overview: LandingOverview) -> RenderableType:
    """Return what landed, what of it was work, and which files change most."""
    return Group(*_parts(overview))


def _parts(overview: LandingOverview) -> Iterator[RenderableType]:
    share = f"{overview.tasks / overview.landings:.0%}" if overview.landings else "0%"
    yield plain(
        f"{counted(overview.tasks, 'task')} in {counted(overview.landings, 'landing')} ({share}), "
        f"out of {counted(overview.commits, 'first-parent commit')}.",
        style="bold",
    )
    if overview.first_at and overview.last_at:
        yield plain(
            f"{overview.first_at:%Y-%m-%d} to {overview.last_at:%Y-%m-%d}; "
            f"{counted(overview.authors, 'author')}; {counted(overview.joined, 'task')} joined "
            "from direct pushes."
        )
    if overview.shapes:
        table = _table("came in as", "landings", "tasks")
        for shape in overview.shapes:
            table.add_row(shape.shape, f"{shape.landings:,}", f"{shape.tasks:,}")
        yield table
    if overview.automation:
        table = _table("automation", "landings", "for example")
        for rule in overview.automation:
            examples = "; ".join(printable(title, most=_TITLE) for title in rule.examples)
            table.add_row(rule.rule, f"{rule.landings:,}", plain(examples, style="dim"))
        yield table
    if overview.hot_files:
        table = _table("changes most", "tasks", "decayed")
        for file in overview.hot_files:
            table.add_row(plain(file.path), f"{file.tasks:,}", f"{file.weight:.1f}")
        yield table
    for notice in overview.notices:
        yield plain(notice, style="dim")


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for name in columns:
        number = name in ("landings", "tasks", "decayed")
        table.add_column(name, overflow="fold", justify="right" if number else "left")
    return table
