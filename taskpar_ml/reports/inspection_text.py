"""What is seen of a repository, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table

from taskpar_ml.domain.inspection import Inspection
from taskpar_ml.reports.text import counted, plain

_MOST_ROWS = 40
"""Rows of a table on a terminal; JSON has them all."""
_MOST_FILES = 3
"""Files named in one cell."""


def draw_inspection(inspection: Inspection) -> RenderableType:
    """Return counts first, then a table for each part that was asked for and holds something."""
    return Group(*_parts(inspection))


def _parts(seen: Inspection) -> Iterator[RenderableType]:
    yield plain(
        f"{seen.looked_at:,} of {counted(seen.files, 'file')} hold something.", style="bold"
    )
    counts = [f"{count:,} {name}" for name, count in seen.counts.items() if count]
    if counts:
        yield plain(", ".join(counts) + ".")
    yield from _table(
        "endpoints",
        ("method", "path", "handler", "file"),
        [
            (each.method, each.path, each.handler, f"{each.file}:{each.line}")
            for each in seen.endpoints or ()
        ],
    )
    yield from _table(
        "tables",
        ("table", "defined in", "written in", "read in"),
        [
            (each.name, _files(each.defined_in), _files(each.written_in), _files(each.read_in))
            for each in seen.tables or ()
        ],
    )
    yield from _table(
        "migrations",
        ("directory", "steps", "heads", "missing"),
        [
            (each.place, f"{each.steps:,}", ", ".join(each.heads), ", ".join(each.missing))
            for each in seen.migrations or ()
        ],
    )
    yield from _table(
        "resources",
        ("kind", "name", "defined in", "needed in"),
        [
            (each.kind, each.name, _files(each.defined_in), _files(each.needed_in))
            for each in seen.resources or ()
        ],
    )
    yield from _table(
        "contexts",
        ("context", "drawn by", "files", "layers", "imports within", "out", "in"),
        [
            (
                each.name,
                ", ".join(each.drawn_by),
                f"{each.files:,}",
                ", ".join(f"{layer} {count:,}" for layer, count in each.layers.items()),
                f"{each.imports_within:,}",
                f"{each.imports_out:,}",
                f"{each.imports_in:,}",
            )
            for each in seen.contexts or ()
        ],
    )
    yield from _table(
        "files that most others build upon",
        ("file", "imported by", "tests"),
        [
            (each.path, f"{each.imported_by:,}", f"{each.tests:,}")
            for each in seen.most_imported or ()
        ],
    )
    yield from _table(
        "files that most tasks change",
        ("file", "tasks", "decayed by age", "imported by"),
        [
            (each.path, f"{each.landings:,}", f"{each.weight:.1f}", f"{each.imported_by:,}")
            for each in seen.hot_spots or ()
        ],
    )


def _table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> Iterator[RenderableType]:
    if not rows:
        return
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows[:_MOST_ROWS]:
        table.add_row(*map(plain, row))
    yield table
    if len(rows) > _MOST_ROWS:
        yield plain(f"  and {len(rows) - _MOST_ROWS:,} more; --json shows all.", style="dim")


def _files(paths: Sequence[str]) -> str:
    shown = ", ".join(paths[:_MOST_FILES])
    left = len(paths) - _MOST_FILES
    return f"{shown} and {left:,} more" if left > 0 else shown
