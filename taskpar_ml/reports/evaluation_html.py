"""How well a model predicts, as one page that needs nothing else: no network, no scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator

from taskpar_ml.domain.evaluation import Evaluation
from taskpar_ml.reports.evaluation_cases import case_section
from taskpar_ml.reports.evaluation_plots import evaluation_plots
from taskpar_ml.reports.evaluation_tables import evaluation_sections
from taskpar_ml.reports.html_page import (
    figure_lines,
    folded_lines,
    heading_lines,
    html_page,
    safe,
    table_lines,
)


def evaluation_page(found: Evaluation) -> str:
    """Return the page as text; the same evaluation gives the same text."""
    return html_page(f"How well {found.model} predicts conflicts", _lines(found))


def _lines(found: Evaluation) -> Iterator[str]:
    for section in evaluation_sections(found):
        yield from heading_lines(section.title, section.said)
        for table in section.tables:
            yield from table_lines(table, named=table.title or section.title)
        if section.known is not None:
            for plot in evaluation_plots(found, section.known):
                yield from figure_lines(plot)
        yield "</section>"
    yield from _cases(found)
    if found.facts:
        facts = json.dumps(found.facts, indent=2, ensure_ascii=False)
        yield from heading_lines("What the model says of itself", ())
        yield "<pre>"
        for line in facts.splitlines():
            indent = len(line) - len(line.lstrip(" "))
            yield f"{' ' * indent}{safe(line)}"
        yield "</pre></section>"


def _cases(found: Evaluation) -> Iterator[str]:
    section = case_section(found)
    if section is None:
        return
    yield from heading_lines(section.title, section.said)
    for table in section.tables:
        yield from folded_lines(table)
    yield "</section>"
