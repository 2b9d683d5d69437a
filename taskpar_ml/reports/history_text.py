"""A mined history in numbers, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from taskpar_ml.domain.history_report import HistoryReport, PairCounts
from taskpar_ml.reports.text import counted, plain, printable

_TITLE: Final = 60
"""Longest title shown."""
_FILES: Final = 3
"""Files, and things without lines, of a pair that are named."""


def draw_history(report: HistoryReport) -> RenderableType:
    """Return how often tasks of the past would have collided, where, and when."""
    return Group(*_parts(report))


def _parts(report: HistoryReport) -> Iterator[RenderableType]:
    pairs = report.all_pairs
    yield plain(
        f"{report.name}: {counted(pairs.pairs, 'pair')} of {counted(report.mined, 'task')} "
        f"replayed, {pairs.positive:,} ({_share(pairs)}) would have conflicted, "
        f"{pairs.unknown:,} unknown.",
        style="bold",
    )
    yield plain(
        f"{counted(report.tasks, 'task')} in {counted(report.landings, 'landing')}; "
        f"{report.texts:,} with a text of a tracker; "
        f"{counted(report.outcomes, 'recorded outcome')}."
    )
    if not report.mined:
        yield plain(
            "There are no pairs yet: the first tasks of a history serve as memory only.",
            style="dim",
        )
        return
    yield _groups(report)
    if report.kinds:
        table = _table("kind", "pairs")
        for kind in report.kinds:
            table.add_row(kind.kind.value, f"{kind.pairs:,}")
        yield table
    if report.hot_spots:
        table = _table("file", "changed by both", "conflicts", "c(f)")
        for spot in report.hot_spots:
            counts = f"{spot.together:,}", f"{spot.conflicts:,}", f"{spot.rate:.2f}"
            table.add_row(plain(spot.path), *counts)
        yield table
    if report.growth:
        table = _table("year", "tasks", "pairs", "conflicts", "share")
        for period in report.growth:
            found = period.pairs
            numbers = (f"{each:,}" for each in (period.tasks, found.pairs, found.positive))
            table.add_row(str(period.year), *numbers, _share(found))
        yield table
    if report.worst:
        yield plain("Worth reading:", style="bold")
    for pair in report.worst:
        over = (*pair.files, *pair.items)
        more = len(over) - _FILES
        files = ", ".join(printable(each, most=_TITLE) for each in over[:_FILES])
        yield plain(f"{pair.earlier[:9]} {printable(pair.earlier_title, most=_TITLE)}")
        yield plain(f"{pair.later[:9]} {printable(pair.later_title, most=_TITLE)}")
        line = plain(f"{files}{f' and {more} more' if more > 0 else ''}", style="dim")
        yield Text("    ") + line


def _groups(report: HistoryReport) -> Table:
    table = _table("pairs", "pairs", "conflicts", "unknown", "share")
    for name, counts in (
        ("that changed a file in common", report.sharing),
        ("in which mapped hunks decided", report.by_hunks),
        ("of one author", report.same_author),
        ("of different authors", report.different_authors),
        ("done at the same time, by replay", report.concurrent),
        ("done at the same time, by their tips", report.tips),
    ):
        numbers = (f"{each:,}" for each in (counts.pairs, counts.positive, counts.unknown))
        table.add_row(name, *numbers, _share(counts))
    return table


def _share(counts: PairCounts) -> str:
    return "-" if counts.rate is None else f"{counts.rate:.2%}"


def _table(first: str, *columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column(first, overflow="fold")
    for name in columns:
        table.add_column(name, justify="right")
    return table
