"""How well a model predicts, as a person reads it: on a terminal, or as GitHub Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from taskpar_ml.domain.evaluation import Evaluation
from taskpar_ml.reports.evaluation_cases import case_section
from taskpar_ml.reports.evaluation_tables import ReportSection, evaluation_sections
from taskpar_ml.reports.report_tables import Cell, ReportTable
from taskpar_ml.reports.text import plain, printable

_MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>|~#&$@])")


def draw_evaluation(found: Evaluation) -> RenderableType:
    """Return all tables, of the cases the first; intervals stand below their numbers."""
    return Group(*_parts(found))


def markdown(found: Evaluation, *, level: int = 2, with_cases: bool = False) -> Iterator[str]:
    """Yield the lines of the same tables as GitHub Markdown.

    Parameters
    ----------
    level
        Of the headings, 1 for the highest.
    with_cases
        Whether the pairs worth reading are among them.
    """
    cases = case_section(found) if with_cases else None
    for section in _with(found, cases):
        yield f"{'#' * level} {_escaped(section.title)}"
        yield ""
        for sentence in section.said:
            yield _escaped(sentence)
            yield ""
        for table in section.tables:
            if table.title:
                yield f"**{_escaped(table.title)}**"
                yield ""
            yield _line([_escaped(each) for each in table.columns])
            yield _line(["---" if n < table.texts else "---:" for n in range(len(table.columns))])
            for row in table.rows:
                yield _line([_escaped(str(cell)) for cell in row])
            yield ""


def _with(found: Evaluation, cases: ReportSection | None) -> Iterator[ReportSection]:
    yield from evaluation_sections(found)
    if cases is not None:
        yield cases


def _parts(found: Evaluation) -> Iterator[RenderableType]:
    for section in _with(found, case_section(found, is_short=True)):
        yield plain(section.title, style="bold")
        for sentence in section.said:
            yield plain(sentence, style="dim")
        for table in section.tables:
            if table.title:
                yield Text()
                yield plain(table.title)
            yield _table(table)


def _table(table: ReportTable) -> Table:
    drawn = Table(box=box.SIMPLE_HEAD)
    for place, name in enumerate(table.columns):
        is_text = place < table.texts
        shown = plain(name)
        drawn.add_column(shown, justify="left" if is_text else "right", overflow="fold")
    for row in table.rows:
        drawn.add_row(*map(_shown, row))
    return drawn


def _shown(cell: Cell) -> Text:
    shown = plain(f"{cell.text} *" if cell.is_marked else cell.text)
    return shown + Text("\n") + plain(cell.interval, style="dim") if cell.interval else shown


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    """Return the text on one line, nothing of it taken for markup."""
    return _MARKUP.sub(r"\\\1", printable(text))
